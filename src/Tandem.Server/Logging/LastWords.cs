using Serilog.Core;

namespace Tandem.Server.Logging;

/// <summary>A fault that nothing caught is logged before the process ends.</summary>
public static class LastWords
{
    private static Logger? s_log;
    private static int s_isAttached;

    /// <summary>Logs what is thrown on any thread from here on to <paramref name="log"/>.</summary>
    public static void Attach(Logger log)
    {
        s_log = log;
        if (Interlocked.Exchange(ref s_isAttached, 1) != 0)
            return;

        AppDomain.CurrentDomain.UnhandledException += (_, e) =>
        {
            s_log?.Fatal(e.ExceptionObject as Exception, "A fault that nothing caught ends the process");
            s_log?.Dispose();
            Environment.Exit(Cli.ExitCodes.Internal);
        };
        TaskScheduler.UnobservedTaskException += (_, e) =>
        {
            s_log?.Error(e.Exception, "A task failed and nobody looked");
            e.SetObserved();
        };
    }
}
