using System.Text;

namespace Tandem.Storage.Security;

/// <summary>Base32 (RFC 4648 §6) without padding, as authenticators take their secrets.</summary>
public static class Base32
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(((bytes.Length * 8) + 4) / 5);
        var bits = 0;
        var value = 0;
        foreach (var b in bytes)
        {
            value = ((value << 8) | b) & 0xFFF;
            bits += 8;
            while (bits >= 5)
            {
                bits -= 5;
                text.Append(Alphabet[(value >> bits) & 31]);
            }
        }

        if (bits > 0)
            text.Append(Alphabet[(value << (5 - bits)) & 31]);
        return text.ToString();
    }

    /// <summary>The bytes; null when a character is none of the alphabet. Bits that make no whole byte are left out.</summary>
    public static byte[]? Decode(string text)
    {
        var bytes = new byte[text.Length * 5 / 8];
        var bits = 0;
        var value = 0;
        var at = 0;
        foreach (var c in text)
        {
            var digit = Alphabet.IndexOf(c, StringComparison.Ordinal);
            if (digit < 0)
                return null;

            value = ((value << 5) | digit) & 0xFFF;
            bits += 5;
            if (bits >= 8)
            {
                bits -= 8;
                bytes[at++] = (byte)(value >> bits);
            }
        }

        return bytes;
    }
}
