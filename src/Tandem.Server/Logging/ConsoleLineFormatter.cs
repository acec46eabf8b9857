using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;

namespace Tandem.Server.Logging;

/// <summary>One plain line for the person at the terminal: time, level, message, and the exception's message.</summary>
public sealed class ConsoleLineFormatter : ITextFormatter
{
    public void Format(LogEvent logEvent, TextWriter output)
    {
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{logEvent.Timestamp:HH:mm:ss} {JsonLineFormatter.LevelWord(logEvent.Level)} {LogSafe.OneLine(logEvent.RenderMessage(CultureInfo.InvariantCulture))}");
        output.Write(line);
        if (logEvent.Exception is { } exception)
            output.Write(": " + LogSafe.OneLine(exception.Message));

        output.Write('\n');
    }
}
