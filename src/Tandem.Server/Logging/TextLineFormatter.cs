using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;

namespace Tandem.Server.Logging;

/// <summary>One plain line of a log file: time, level, component, message, the ids of the call, and the exception in one line.</summary>
public sealed class TextLineFormatter : ITextFormatter
{
    private static readonly string[] Ids = ["callId", "traceId", "tenant"];

    public void Format(LogEvent logEvent, TextWriter output)
    {
        output.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"{logEvent.Timestamp:yyyy-MM-dd HH:mm:ss} {JsonLineFormatter.LevelWord(logEvent.Level)} {LogComponents.Of(logEvent)} {LogSafe.OneLine(logEvent.RenderMessage(CultureInfo.InvariantCulture))}"));
        foreach (var id in Ids)
        {
            if (logEvent.Properties.TryGetValue(id, out var value) && value is ScalarValue { Value: string { Length: > 0 } text })
                output.Write($" {id}={LogSafe.OneLine(text, 128)}");
        }

        if (logEvent.Exception is { } exception)
            output.Write(": " + LogSafe.OneLine(exception.ToString(), 4_000));
        output.Write('\n');
    }
}
