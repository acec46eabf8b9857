using System.CommandLine;
using Serilog.Core;
using Tandem.Server.Certificates;
using Tandem.Server.Hosting;
using Tandem.Server.Logging;
using Tandem.Server.Options;

namespace Tandem.Server.Cli;

/// <summary><c>tandem serve</c>: the exchange itself, until it is asked to stop.</summary>
public static class ServeCommand
{
    public static Command Create(CliContext context)
    {
        var command = new Command("serve", "Starts the exchange and serves until Ctrl-C or SIGTERM.");
        var settings = new SettingOptions(command, all: true);
        command.SetAction(result => RunAsync(context, settings.Read(result)));
        return command;
    }

    private static async Task<int> RunAsync(CliContext context, IReadOnlyList<SettingInput> commandLine)
    {
        if (context.LoadOptions(commandLine, showWarnings: true) is not { } options)
            return ExitCodes.Failed;

        foreach (var warning in StartupChecks.Warnings(options).Concat(CertificateChecks.Warnings(options, context.Time.GetUtcNow())))
            context.Complain("warning: " + warning);

        using var signals = new StopSignals(context.Stop, context.TakesSignals);
        Logger log;
        try
        {
            log = LogSetup.Create(options.Log, context.Error);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            context.Complain($"LOG_FILE={options.Log.File} cannot be written: {e.Message}");
            return ExitCodes.Failed;
        }

        await using (log)
        {
            LastWords.Attach(log);
            try
            {
                return await ServeAsync(context, options, log, signals);
            }
            catch (StartException e)
            {
                context.Complain(e.Message);
                log.ForContext(LogSetup.FileOnly, true).Error("The start failed: {Reason:l}", e.Message);
                return ExitCodes.Failed;
            }
            catch (Exception e)
            {
                log.Fatal(e, "A fault ended the exchange");
                return ExitCodes.Internal;
            }
        }
    }

    private static async Task<int> ServeAsync(CliContext context, TandemOptions options, Logger log, StopSignals signals)
    {
        await using var collector = new CollectorWork(
            options.Server.CollectorStep, options.Server.CollectorOld, context.Time, (text, e) => log.Warning(e, "{What:l}", text));
        await using var host = await ExchangeHost.StartAsync(options, log, context.Time, signals.Stop);
        StartPage.Write(host.Report, context.Program, context.Output);
        await signals.WaitAsync();
        context.Output.WriteLine($"Stopping: calls in progress have {options.Server.DrainGrace.TotalSeconds:0.###} s to end (Ctrl-C again: at once).");
        context.Output.Flush();
        await host.StopAsync(signals.Hurry);
        return ExitCodes.Done;
    }
}
