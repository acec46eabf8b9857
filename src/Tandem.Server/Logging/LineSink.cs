using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;

namespace Tandem.Server.Logging;

/// <summary>Writes each event as one piece to a text writer that others use too.</summary>
public sealed class LineSink(TextWriter output, ITextFormatter formatter) : ILogEventSink
{
    private readonly Lock _gate = new();

    public void Emit(LogEvent logEvent)
    {
        using var line = new StringWriter();
        formatter.Format(logEvent, line);
        lock (_gate)
        {
            output.Write(line.ToString());
            output.Flush();
        }
    }
}
