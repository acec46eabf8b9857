using System.Text.Json;
using System.Text.Json.Serialization;
using Tandem.Core.Text;

namespace Tandem.Server.Rest;

/// <summary>Times in JSON: ISO 8601, UTC, always with milliseconds and Z, as document 5 writes them.</summary>
internal sealed class ApiTime : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
    {
        Span<byte> text = stackalloc byte[IsoTime.Length];
        IsoTime.Write(text, value);
        writer.WriteStringValue(text);
    }

    /// <summary>Seconds as the API writes durations: a number with at most three decimals.</summary>
    public static double Seconds(TimeSpan span) => Math.Round(span.TotalSeconds, 3);
}
