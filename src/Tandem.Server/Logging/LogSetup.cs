using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using Tandem.Core.Privacy;
using Tandem.Server.Options;

namespace Tandem.Server.Logging;

/// <summary>Builds the logger from the options.</summary>
public static class LogSetup
{
    /// <summary>An event with this property is not shown on standard error: the operator was told already.</summary>
    public const string FileOnly = "fileOnly";

    /// <summary>
    /// JSON lines to LOG_FILE with rotation by size, errors to error.log beside it, and what is worth a look to standard error.
    /// </summary>
    /// <exception cref="IOException">The folder of the file cannot be made or written.</exception>
    /// <exception cref="UnauthorizedAccessException">As above, for want of rights.</exception>
    public static Logger Create(LogOptions options, TextWriter console)
    {
        PersonalText.PrintInFull = !options.Redact;
        ITextFormatter formatter = options.Format == LogFormat.Text ? new TextLineFormatter() : new JsonLineFormatter(options.Service);
        var lowest = options.Level < options.ConsoleLevel ? options.Level : options.ConsoleLevel;
        var configuration = new LoggerConfiguration()
            .MinimumLevel.Is(lowest)
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("System", LogEventLevel.Warning)
            // A start that fails is told by us, in one line.
            .MinimumLevel.Override("Microsoft.Extensions.Hosting", LogEventLevel.Fatal)
            .Enrich.FromLogContext()
            .WriteTo.Conditional(e => !e.Properties.ContainsKey(FileOnly), to => to.Sink(new LineSink(console, new ConsoleLineFormatter()), options.ConsoleLevel));

        if (options.File == "-")
            return configuration.WriteTo.Sink(new LineSink(Console.Out, formatter), options.Level).CreateLogger();

        var path = Path.GetFullPath(options.File);
        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        ProbeWritable(path);
        return configuration
            .WriteTo.File(formatter, path, options.Level, options.MaxSize, rollOnFileSizeLimit: true, retainedFileCountLimit: options.MaxFiles, flushToDiskInterval: null)
            .WriteTo.File(
                formatter, Path.Combine(folder, "error.log"), LogEventLevel.Error, options.MaxSize, rollOnFileSizeLimit: true, retainedFileCountLimit: options.MaxFiles)
            .CreateLogger();
    }

    // The file sink swallows what it cannot write; a start without a log should say so instead.
    private static void ProbeWritable(string path)
    {
        using var probe = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
    }
}
