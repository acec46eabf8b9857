using System.Buffers.Text;
using System.Text;

namespace Tandem.Media.Dtmf;

/// <summary>
/// The two bodies in which SIP INFO carries a digit: <c>application/dtmf-relay</c> (lines <c>Signal=5</c> and <c>Duration=160</c>) and
/// <c>application/dtmf</c> (the digit alone). Neither has a standard; this reads what phones send.
/// </summary>
public static class DtmfInfo
{
    /// <summary>The type of a body with lines.</summary>
    public const string RelayType = "application/dtmf-relay";

    /// <summary>The type of a body that is the digit alone.</summary>
    public const string PlainType = "application/dtmf";

    /// <summary>The duration of a digit whose body names none, milliseconds: what most phones would have written.</summary>
    public const int UsualMilliseconds = 160;

    /// <summary>Most bytes that a body written here has.</summary>
    public const int MaxBytes = 32;

    private const int MaxBody = 256;
    private const int LongestMilliseconds = 60_000;

    /// <summary>Whether <paramref name="contentType"/> is one of the two, parameters and case aside.</summary>
    public static bool IsDtmf(ReadOnlySpan<byte> contentType) => IsRelay(contentType) || IsPlain(contentType);

    /// <summary>Whether <paramref name="contentType"/> is that of the digit alone.</summary>
    public static bool IsPlain(ReadOnlySpan<byte> contentType) => Ascii.EqualsIgnoreCase(TypeOf(contentType), "application/dtmf"u8);

    /// <summary>Reads a body; false when it holds no digit.</summary>
    /// <param name="contentType">The value of Content-Type.</param>
    /// <param name="body">The body.</param>
    /// <param name="digit">0 to 9, *, #, A to D or <see cref="DtmfDigits.Flash"/>.</param>
    /// <param name="milliseconds">Its duration, 1 to 60000; <see cref="UsualMilliseconds"/> when the body names none that makes sense.</param>
    public static bool TryParse(ReadOnlySpan<byte> contentType, ReadOnlySpan<byte> body, out char digit, out int milliseconds)
    {
        digit = default;
        milliseconds = UsualMilliseconds;
        if (body.Length > MaxBody)
            return false;
        if (IsRelay(contentType))
            return TryParseRelay(body, out digit, ref milliseconds);

        return IsPlain(contentType) && TryParseSignal(body, out digit);
    }

    /// <summary>Writes a body of <c>application/dtmf-relay</c>; returns its length, 0 when <paramref name="digit"/> is none or there is no room.</summary>
    public static int WriteRelay(char digit, int milliseconds, Span<byte> body)
    {
        if (DtmfDigits.CodeOf(digit) < 0 || body.Length < MaxBytes)
            return 0;

        "Signal="u8.CopyTo(body);
        body[7] = (byte)char.ToUpperInvariant(digit);
        "\r\nDuration="u8.CopyTo(body[8..]);
        Utf8Formatter.TryFormat(Math.Clamp(milliseconds, 1, LongestMilliseconds), body[19..], out var written);
        "\r\n"u8.CopyTo(body[(19 + written)..]);
        return 21 + written;
    }

    /// <summary>Writes a body of <c>application/dtmf</c>; returns its length, 0 when <paramref name="digit"/> is none or there is no room.</summary>
    public static int WritePlain(char digit, Span<byte> body)
    {
        if (DtmfDigits.CodeOf(digit) < 0 || body.IsEmpty)
            return 0;

        body[0] = (byte)char.ToUpperInvariant(digit);
        return 1;
    }

    private static bool IsRelay(ReadOnlySpan<byte> contentType) => Ascii.EqualsIgnoreCase(TypeOf(contentType), "application/dtmf-relay"u8);

    private static ReadOnlySpan<byte> TypeOf(ReadOnlySpan<byte> contentType)
    {
        var end = contentType.IndexOf((byte)';');
        return (end < 0 ? contentType : contentType[..end]).Trim(" \t"u8);
    }

    private static bool TryParseRelay(ReadOnlySpan<byte> body, out char digit, ref int milliseconds)
    {
        digit = default;
        var isKnown = false;
        while (body.Length > 0)
        {
            var end = body.IndexOfAny((byte)'\r', (byte)'\n');
            var line = end < 0 ? body : body[..end];
            body = end < 0 ? default : body[(end + 1)..];
            var equals = line.IndexOf((byte)'=');
            if (equals < 0)
                continue;

            var name = line[..equals].Trim(" \t"u8);
            var value = line[(equals + 1)..].Trim(" \t"u8);
            if (Ascii.EqualsIgnoreCase(name, "signal"u8))
            {
                if (!TryParseSignal(value, out digit))
                    return false;
                isKnown = true;
            }
            else if (Ascii.EqualsIgnoreCase(name, "duration"u8)
                && Utf8Parser.TryParse(value, out int duration, out var used) && used == value.Length && duration is > 0 and <= LongestMilliseconds)
            {
                milliseconds = duration;
            }
        }

        return isKnown;
    }

    // A digit, or the number of its event: 10 for *, 11 for #, 12 to 15 for A to D, 16 for the flash.
    private static bool TryParseSignal(ReadOnlySpan<byte> value, out char digit)
    {
        value = value.Trim(" \t\r\n"u8);
        digit = default;
        if (value.Length == 1)
        {
            digit = (char)value[0];
            digit = digit is >= 'a' and <= 'd' ? (char)(digit - 'a' + 'A') : digit;
            return DtmfDigits.CodeOf(digit) >= 0;
        }

        return value.Length == 2 && Utf8Parser.TryParse(value, out int code, out var used) && used == 2 && code >= 10 && DtmfDigits.TryFromCode(code, out digit);
    }
}
