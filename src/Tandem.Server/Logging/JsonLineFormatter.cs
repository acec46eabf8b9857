using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Serilog.Events;
using Serilog.Formatting;

namespace Tandem.Server.Logging;

/// <summary>
/// One JSON object a line, as document 5's server wrote it: <c>timestamp</c> (local time, <c>YYYY-MM-DD HH:mm:ss</c>), <c>level</c>,
/// <c>message</c>, <c>service</c>, <c>component</c>, then the properties of the event, <c>callId</c> and <c>traceId</c> among them.
/// </summary>
public sealed class JsonLineFormatter(string service) : ITextFormatter
{
    private const int MaxTextLength = 4_000;

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    /// <summary>The word for a level: error, warn, info, debug.</summary>
    public static string LevelWord(LogEventLevel level) => level switch
    {
        LogEventLevel.Fatal or LogEventLevel.Error => "error",
        LogEventLevel.Warning => "warn",
        LogEventLevel.Information => "info",
        _ => "debug",
    };

    public void Format(LogEvent logEvent, TextWriter output)
    {
        var buffer = _buffer ??= new ArrayBufferWriter<byte>(1_024);
        buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(buffer, WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("timestamp", logEvent.Timestamp.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture));
            json.WriteString("level", LevelWord(logEvent.Level));
            json.WriteString("message", Bounded(logEvent.RenderMessage(CultureInfo.InvariantCulture)));
            json.WriteString("service", service);
            json.WriteString("component", LogComponents.Of(logEvent));
            foreach (var (name, value) in logEvent.Properties)
            {
                if (name is "component" or "SourceContext" or "EventId" or "Scope" or LogSetup.FileOnly)
                    continue;

                json.WritePropertyName(JsonNamingPolicy.CamelCase.ConvertName(name));
                Write(json, value, 0);
            }

            if (logEvent.Exception is { } exception)
                json.WriteString("error", Bounded(exception.ToString()));

            json.WriteEndObject();
        }

        output.Write(Encoding.UTF8.GetString(buffer.WrittenSpan));
        output.Write('\n');
    }

    private static void Write(Utf8JsonWriter json, LogEventPropertyValue value, int depth)
    {
        switch (value)
        {
            case ScalarValue scalar:
                WriteScalar(json, scalar.Value);
                break;
            case SequenceValue sequence when depth < 4:
                json.WriteStartArray();
                foreach (var element in sequence.Elements)
                    Write(json, element, depth + 1);
                json.WriteEndArray();
                break;
            default:
                json.WriteStringValue(Bounded(value.ToString(null, CultureInfo.InvariantCulture)));
                break;
        }
    }

    private static void WriteScalar(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null: json.WriteNullValue(); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case int number: json.WriteNumberValue(number); break;
            case long number: json.WriteNumberValue(number); break;
            case double number when double.IsFinite(number): json.WriteNumberValue(number); break;
            case TimeSpan span: json.WriteNumberValue(span.TotalSeconds); break;
            case DateTimeOffset at: json.WriteStringValue(at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)); break;
            case IFormattable formattable: json.WriteStringValue(Bounded(formattable.ToString(null, CultureInfo.InvariantCulture))); break;
            default: json.WriteStringValue(Bounded(value.ToString() ?? "")); break;
        }
    }

    // The relaxed encoder leaves U+2028 and the like alone; what came from the network must not steer a terminal either.
    private static string Bounded(string text) => text.Length > MaxTextLength ? string.Concat(text.AsSpan(0, MaxTextLength), "…") : text;
}
