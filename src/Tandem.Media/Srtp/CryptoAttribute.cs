using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Tandem.Media.Srtp;

/// <summary>
/// The value of <c>a=crypto</c> (RFC 4568 §9.1, §9.2): <c>1 AES_CM_128_HMAC_SHA1_80 inline:KEY||SALT|2^20|1:4</c>. The key is the one
/// that the writer of the SDP sends with. The lifetime is checked and not kept: no call comes near 2^48 packets, and phones that say
/// 2^20 do not change their key when it is over. Of the session parameters only those are taken that change nothing for us.
/// </summary>
/// <param name="Tag">Up to nine digits; an answer repeats the offer's.</param>
/// <param name="Profile">The crypto-suite.</param>
/// <param name="Key">Master key, salt and identifier.</param>
public sealed record CryptoAttribute(int Tag, SrtpProfile Profile, SrtpKey Key)
{
    private const int MaxTag = 999_999_999;
    private const int MaxIdentifierLength = 128;
    private const int MaxKeyAndSalt = 44;

    /// <summary>Reads what stands behind <c>a=crypto:</c>.</summary>
    /// <param name="value">The value, without the line end.</param>
    /// <param name="attribute">The attribute when it is one that we can use.</param>
    /// <param name="problem">Otherwise why not, without anything of the key.</param>
    public static bool TryParse(ReadOnlySpan<byte> value, [NotNullWhen(true)] out CryptoAttribute? attribute, [NotNullWhen(false)] out string? problem)
    {
        attribute = null;
        var tagText = Next(ref value);
        if (!TryParseNumber(tagText, MaxTag, out var tag))
        {
            problem = "a=crypto: the tag is not a number of up to nine digits";
            return false;
        }

        if (!TryParseSuite(Next(ref value), out var profile))
        {
            problem = "a=crypto: the suite is not known";
            return false;
        }

        if (!TryParseKey(Next(ref value), profile, out var key, out problem))
            return false;

        for (var parameter = Next(ref value); parameter.Length > 0; parameter = Next(ref value))
        {
            if (!IsHarmless(parameter))
            {
                problem = "a=crypto: a session parameter that is not supported";
                return false;
            }
        }

        attribute = new CryptoAttribute((int)tag, profile, key);
        problem = null;
        return true;
    }

    /// <summary>The value for <c>a=crypto:</c>, with the key: for an SDP and nothing else.</summary>
    public string Write()
    {
        Span<byte> keyAndSalt = stackalloc byte[Key.Key.Length + Key.Salt.Length];
        Key.Key.Span.CopyTo(keyAndSalt);
        Key.Salt.Span.CopyTo(keyAndSalt[Key.Key.Length..]);
        var identifier = string.Empty;
        if (!Key.Identifier.IsEmpty)
        {
            Span<byte> number = stackalloc byte[SrtpKey.MaxIdentifierLength];
            number.Clear();
            Key.Identifier.Span.CopyTo(number[^Key.Identifier.Length..]);
            identifier = string.Create(CultureInfo.InvariantCulture, $"|{BinaryPrimitives.ReadUInt64BigEndian(number[^8..])}:{Key.Identifier.Length}");
        }

        return string.Create(CultureInfo.InvariantCulture, $"{Tag} {Profile.SuiteName()} inline:{Convert.ToBase64String(keyAndSalt)}{identifier}");
    }

    public override string ToString() => $"{Tag} {Profile.SuiteName()}";

    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> rest)
    {
        rest = rest.TrimStart(" \t"u8);
        var end = rest.IndexOfAny((byte)' ', (byte)'\t');
        var word = end < 0 ? rest : rest[..end];
        rest = rest[word.Length..];
        return word;
    }

    // §4.1, §6.1: leading zeros are forbidden.
    private static bool TryParseNumber(ReadOnlySpan<byte> text, ulong max, out ulong number) =>
        Utf8Parser.TryParse(text, out number, out var used) && used == text.Length && text[0] is >= (byte)'0' and <= (byte)'9'
        && (text[0] != '0' || text.Length == 1) && number <= max;

    private static bool TryParseSuite(ReadOnlySpan<byte> text, out SrtpProfile profile)
    {
        profile = default;
        Span<char> name = stackalloc char[32];
        return text.Length <= name.Length && System.Text.Ascii.ToUtf16(text, name, out var length) == System.Buffers.OperationStatus.Done
            && SrtpProfiles.TryFromSuiteName(name[..length], out profile);
    }

    // §6.1: "inline:" <key||salt> ["|" lifetime] ["|" MKI ":" length]
    private static bool TryParseKey(ReadOnlySpan<byte> text, SrtpProfile profile, [NotNullWhen(true)] out SrtpKey? key, [NotNullWhen(false)] out string? problem)
    {
        key = null;
        if (!text.StartsWith("inline:"u8))
        {
            problem = "a=crypto: the key method is not inline";
            return false;
        }

        text = text["inline:"u8.Length..];
        if (text.Contains((byte)';'))
        {
            problem = "a=crypto: more than one master key is not supported";
            return false;
        }

        var bar = text.IndexOf((byte)'|');
        var rest = bar < 0 ? default : text[(bar + 1)..];
        Span<byte> keyAndSalt = stackalloc byte[MaxKeyAndSalt];
        var length = profile.KeyLength() + profile.SaltLength();
        if (!TryDecode(bar < 0 ? text : text[..bar], keyAndSalt[..length]))
        {
            problem = "a=crypto: the key has not the length of the suite";
            return false;
        }

        byte[] identifier = [];
        problem = "a=crypto: lifetime or MKI is not valid";
        if (bar >= 0)
        {
            if (!rest.Contains((byte)':'))
            {
                if (!IsLifetime(rest))
                    return false;
            }
            else
            {
                bar = rest.IndexOf((byte)'|');
                if (bar >= 0 && !IsLifetime(rest[..bar]))
                    return false;
                if (!TryParseIdentifier(rest[(bar + 1)..], out identifier))
                    return false;
            }
        }

        key = new SrtpKey(keyAndSalt[..profile.KeyLength()].ToArray(), keyAndSalt[profile.KeyLength()..length].ToArray()) { Identifier = identifier };
        return true;
    }

    // Padding may be missing (§6.1).
    private static bool TryDecode(ReadOnlySpan<byte> text, Span<byte> bytes)
    {
        text = text.TrimEnd((byte)'=');
        Span<byte> padded = stackalloc byte[((MaxKeyAndSalt + 2) / 3 * 4) + 4];
        if (text.Length != ((bytes.Length * 4) + 2) / 3)
            return false;

        padded.Fill((byte)'=');
        text.CopyTo(padded);
        Span<byte> decoded = stackalloc byte[MaxKeyAndSalt + 3];
        var status = Base64.DecodeFromUtf8(padded[..((text.Length + 3) / 4 * 4)], decoded, out _, out var length);
        if (status != System.Buffers.OperationStatus.Done || length != bytes.Length)
            return false;

        decoded[..length].CopyTo(bytes);
        return true;
    }

    private static bool IsLifetime(ReadOnlySpan<byte> text) =>
        text.StartsWith("2^"u8) ? TryParseNumber(text[2..], 48, out _) : TryParseNumber(text, 1UL << 48, out var packets) && packets > 0;

    // §6.1: a length over 128 makes the attribute invalid; over 32 bytes it is one that we do not support.
    private static bool TryParseIdentifier(ReadOnlySpan<byte> text, out byte[] identifier)
    {
        identifier = [];
        var colon = text.IndexOf((byte)':');
        if (colon < 0 || !TryParseNumber(text[..colon], ulong.MaxValue, out var number) || !TryParseNumber(text[(colon + 1)..], MaxIdentifierLength, out var length))
            return false;
        if (length is 0 or > SrtpKey.MaxIdentifierLength || (length < 8 && number >> (8 * (int)length) != 0))
            return false;

        Span<byte> bytes = stackalloc byte[SrtpKey.MaxIdentifierLength];
        bytes.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(bytes[^8..], number);
        identifier = bytes[^(int)length..].ToArray();
        return true;
    }

    // §6.3. The window size is a hint, the order of FEC matters only with FEC; parameters with a dash may be ignored. All else would
    // weaken or change the protection: UNENCRYPTED_SRTP, UNENCRYPTED_SRTCP, UNAUTHENTICATED_SRTP, a key derivation rate, FEC keys.
    private static bool IsHarmless(ReadOnlySpan<byte> parameter) =>
        parameter[0] == '-'
        || parameter.SequenceEqual("KDR=0"u8)
        || parameter.SequenceEqual("FEC_ORDER=FEC_SRTP"u8)
        || (parameter.StartsWith("WSH="u8) && TryParseNumber(parameter[4..], int.MaxValue, out _));
}
