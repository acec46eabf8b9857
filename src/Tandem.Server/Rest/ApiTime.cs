using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tandem.Server.Rest;

/// <summary>Times in JSON: ISO 8601, UTC, always with milliseconds and Z, as document 5 writes them.</summary>
internal sealed class ApiTime : JsonConverter<DateTimeOffset>
{
    private const int Length = 24;

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    // By hand: a list of calls has a thousand of them, and a format string is read anew for each.
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
    {
        var at = value.UtcDateTime;
        Span<byte> text = stackalloc byte[Length];
        "0000-00-00T00:00:00.000Z"u8.CopyTo(text);
        Digits(text[..4], at.Year);
        Digits(text[5..7], at.Month);
        Digits(text[8..10], at.Day);
        Digits(text[11..13], at.Hour);
        Digits(text[14..16], at.Minute);
        Digits(text[17..19], at.Second);
        Digits(text[20..23], at.Millisecond);
        writer.WriteStringValue(text);
    }

    /// <summary>Seconds as the API writes durations: a number with at most three decimals.</summary>
    public static double Seconds(TimeSpan span) => Math.Round(span.TotalSeconds, 3);

    private static void Digits(Span<byte> into, int value)
    {
        for (var i = into.Length - 1; i >= 0; i--, value /= 10)
            into[i] = (byte)('0' + (value % 10));
    }
}
