using System.Buffers;
using System.Text;

namespace Tandem.Sip.Messages;

/// <summary>The <c>%HH</c> escapes of URIs (RFC 3261 §19.1.2).</summary>
public static class SipEscaping
{
    private static readonly SearchValues<byte> PlainUserBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()&=+$,;?/"u8);

    private static readonly SearchValues<byte> PlainParameterBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()[]/:&+$"u8);

    private static readonly SearchValues<byte> PlainHeaderBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()[]/?:+$"u8);

    private static readonly SearchValues<byte> Reserved = SearchValues.Create(";/?:@&=+$,"u8);

    /// <summary>True when every <c>%</c> is followed by two hexadecimal digits.</summary>
    public static bool AreEscapesComplete(ReadOnlySpan<byte> text)
    {
        while (true)
        {
            var percent = text.IndexOf((byte)'%');
            if (percent < 0)
                return true;
            if (percent + 2 >= text.Length || !SipText.IsHex(text[percent + 1]) || !SipText.IsHex(text[percent + 2]))
                return false;

            text = text[(percent + 3)..];
        }
    }

    /// <summary>The text with its escapes resolved, read as UTF-8; an incomplete escape stays as it is.</summary>
    public static string Unescape(ReadOnlySpan<byte> text)
    {
        if (!text.Contains((byte)'%'))
            return Encoding.UTF8.GetString(text);

        var bytes = ArrayPool<byte>.Shared.Rent(text.Length);
        var length = 0;
        while (TryNext(ref text, out var value))
            bytes[length++] = value;

        var result = Encoding.UTF8.GetString(bytes, 0, length);
        ArrayPool<byte>.Shared.Return(bytes);
        return result;
    }

    /// <summary>
    /// True when both components are equivalent (RFC 3261 §19.1.4): <c>%61lice</c> is <c>alice</c>, but an escaped reserved
    /// character is not the plain one.
    /// </summary>
    public static bool AreEquivalent(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, bool ignoreCase)
    {
        while (true)
        {
            var leftLength = a.Length;
            var rightLength = b.Length;
            var more = TryNext(ref a, out var left);
            if (more != TryNext(ref b, out var right))
                return false;
            if (!more)
                return true;
            if (!SameByte(left, right, ignoreCase))
                return false;

            var bothPlainOrEscaped = leftLength - a.Length == rightLength - b.Length;
            if (!bothPlainOrEscaped && Reserved.Contains(left))
                return false;
        }
    }

    /// <summary>True when the component, its escapes resolved, is this plain text.</summary>
    public static bool EqualsText(ReadOnlySpan<byte> escaped, ReadOnlySpan<byte> plain, bool ignoreCase)
    {
        foreach (var expected in plain)
        {
            if (!TryNext(ref escaped, out var value) || !SameByte(value, expected, ignoreCase))
                return false;
        }

        return escaped.Length == 0;
    }

    /// <summary>Escapes what may not stand in the user part of a URI.</summary>
    public static string EscapeUser(string text) => Escape(text, PlainUserBytes);

    /// <summary>Escapes what may not stand in the name or the value of a URI parameter.</summary>
    public static string EscapeParameter(string text) => Escape(text, PlainParameterBytes);

    /// <summary>Escapes what may not stand in the name or the value of a URI header.</summary>
    public static string EscapeHeader(string text) => Escape(text, PlainHeaderBytes);

    /// <summary>True for the separators of a telephone number that mean nothing (RFC 3966 §3).</summary>
    internal static bool IsVisualSeparator(byte value) => value is (byte)'-' or (byte)'.' or (byte)'(' or (byte)')';

    /// <summary>Takes one byte, escaped or not, from the front.</summary>
    internal static bool TryNext(scoped ref ReadOnlySpan<byte> text, out byte value)
    {
        value = 0;
        if (text.Length == 0)
            return false;

        if (text[0] == '%' && text.Length > 2 && SipText.IsHex(text[1]) && SipText.IsHex(text[2]))
        {
            value = (byte)((SipText.HexValue(text[1]) << 4) | SipText.HexValue(text[2]));
            text = text[3..];
            return true;
        }

        value = text[0];
        text = text[1..];
        return true;
    }

    private static bool SameByte(byte a, byte b, bool ignoreCase) => a == b || (ignoreCase && SipText.IsAlpha(a) && (a | 0x20) == (b | 0x20));

    private static string Escape(string text, SearchValues<byte> plain)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.AsSpan().IndexOfAnyExcept(plain) < 0)
            return text;

        var builder = new StringBuilder(bytes.Length + 16);
        foreach (var b in bytes)
        {
            if (plain.Contains(b))
                builder.Append((char)b);
            else
                builder.Append('%').Append(b.ToString("X2", null));
        }

        return builder.ToString();
    }
}
