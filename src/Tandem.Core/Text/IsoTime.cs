using System.Text;

namespace Tandem.Core.Text;

/// <summary>Times as every answer, event and record has them: UTC with milliseconds, <c>2026-01-31T09:05:07.123Z</c> (RFC 3339). Written by hand, as a format string is read anew for each.</summary>
public static class IsoTime
{
    /// <summary>Bytes of a time.</summary>
    public const int Length = 24;

    /// <summary>Writes a time, <see cref="Length"/> bytes of ASCII.</summary>
    public static void Write(Span<byte> into, DateTimeOffset time)
    {
        var at = time.UtcDateTime;
        "0000-00-00T00:00:00.000Z"u8.CopyTo(into);
        Digits(into[..4], at.Year);
        Digits(into[5..7], at.Month);
        Digits(into[8..10], at.Day);
        Digits(into[11..13], at.Hour);
        Digits(into[14..16], at.Minute);
        Digits(into[17..19], at.Second);
        Digits(into[20..23], at.Millisecond);
    }

    /// <summary>The same as a string.</summary>
    public static string Text(DateTimeOffset time)
    {
        Span<byte> text = stackalloc byte[Length];
        Write(text, time);
        return Encoding.ASCII.GetString(text);
    }

    private static void Digits(Span<byte> into, int value)
    {
        for (var i = into.Length - 1; i >= 0; i--, value /= 10)
            into[i] = (byte)('0' + (value % 10));
    }
}
