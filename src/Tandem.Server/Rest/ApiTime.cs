using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tandem.Server.Rest;

/// <summary>Times in JSON: ISO 8601, UTC, always with milliseconds and Z, as document 5 writes them.</summary>
internal sealed class ApiTime : JsonConverter<DateTimeOffset>
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture));

    /// <summary>Seconds as the API writes durations: a number with at most three decimals.</summary>
    public static double Seconds(TimeSpan span) => Math.Round(span.TotalSeconds, 3);
}
