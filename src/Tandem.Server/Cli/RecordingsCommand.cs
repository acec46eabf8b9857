using System.CommandLine;
using Tandem.Calls.Tenants;
using Tandem.Server.Http;

namespace Tandem.Server.Cli;

/// <summary><c>tandem recordings</c>: the master key of recordings.</summary>
public static class RecordingsCommand
{
    public static Command Create(CliContext context) => new("recordings", "The keys that recordings are encrypted with.")
    {
        RotateKey(context),
    };

    private static Command RotateKey(CliContext context)
    {
        var command = new Command(
            "rotate-key",
            "Wraps the keys of all recordings with a new master key: RECORDING_MASTER_KEY where it is set (and RECORDING_MASTER_KEY_OLD the one before), else a new file in DATA_DIR/keys.");
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunAsync(context, settings.Read(result), async (storage, options) =>
        {
            var report = await storage.RecordingKeys.RotateAsync();
            var place = report.File ?? "RECORDING_MASTER_KEY";

            // One master key wraps those of all tenants: the entry is the operator's.
            await storage.Audit.WriteCommandAsync(
                TenantId.Default, "recording-key.rotate", "", $"{report.Wrapped} wrapped anew, {report.Kept} were already, {report.Unreadable} cannot be read");
            context.Output.WriteLine($"{report.Wrapped} keys are wrapped anew with {place}, {report.Kept} were already.");
            foreach (var file in report.Removed)
                context.Output.WriteLine($"{file} is removed.");
            if (report.File is not null)
                context.Output.WriteLine("Back the new file up now: without it the recordings cannot be read.");
            else if (report.Wrapped == 0)
                context.Output.WriteLine("For another key set RECORDING_MASTER_KEY to the new one and RECORDING_MASTER_KEY_OLD to the one so far.");

            if (report.Unreadable == 0)
                return ExitCodes.Done;

            context.Complain($"{report.Unreadable} keys are of a master key that is not at hand, and were left as they are: RECORDING_MASTER_KEY_OLD takes it");
            return ExitCodes.Failed;
        }));
        return command;
    }
}
