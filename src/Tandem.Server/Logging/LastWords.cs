using Serilog.Core;

namespace Tandem.Server.Logging;

/// <summary>A fault that nothing caught is logged before the process ends.</summary>
public static class LastWords
{
    private static Logger? _log;
    private static int _isAttached;

    /// <summary>Logs what is thrown on any thread from here on to <paramref name="log"/>.</summary>
    public static void Attach(Logger log)
    {
        _log = log;
        if (Interlocked.Exchange(ref _isAttached, 1) != 0)
            return;

        AppDomain.CurrentDomain.UnhandledException += (_, e) =>
        {
            _log?.Fatal(e.ExceptionObject as Exception, "A fault that nothing caught ends the process");
            _log?.Dispose();
            Environment.Exit(Cli.ExitCodes.Internal);
        };
        TaskScheduler.UnobservedTaskException += (_, e) =>
        {
            _log?.Error(e.Exception, "A task failed and nobody looked");
            e.SetObserved();
        };
    }
}
