using System.CommandLine;
using System.Globalization;
using Tandem.Calls.Voicemail;
using Tandem.Server.Http;
using Tandem.Server.Logging;

namespace Tandem.Server.Cli;

/// <summary><c>tandem voicemail</c>: messages of an extension, and its PIN.</summary>
public static class VoicemailCommand
{
    public static Command Create(CliContext context) => new("voicemail", "Messages that were left for extensions, and their PINs.")
    {
        List(context),
        SetPin(context),
    };

    private static Command List(CliContext context)
    {
        var command = new Command("list", "Lists the messages of an extension, the oldest first.");
        var number = Number(command);
        var tenants = new TenantOption(command);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunInAsync(context, settings.Read(result), tenants, result, async (storage, tenant, _) =>
        {
            var messages = await storage.Voicemail.MessagesAsync(tenant, result.GetValue(number)!);
            Table.Write(context.Output, ["ID", "RECEIVED", "CALLER", "SECONDS", "STATE"], messages.Select(message => new[]
            {
                message.Id, message.ReceivedAt.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), message.Caller,
                message.Duration.TotalSeconds.ToString("0", CultureInfo.InvariantCulture), message.IsHeard ? "heard" : "new",
            }));
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Command SetPin(CliContext context)
    {
        var command = new Command("pin", "Sets the PIN of a voicemail to a line of standard input, or takes it away.");
        var number = Number(command);
        var none = new Option<bool>("--none") { Description = "Takes the PIN away; nothing is read" };
        command.Add(none);
        var tenants = new TenantOption(command);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunInAsync(context, settings.Read(result), tenants, result, async (storage, tenant, options) =>
        {
            var extension = result.GetValue(number)!;
            if ((await storage.Extensions.FindAsync(tenant, extension)) is null)
            {
                context.Complain($"there is no extension {LogSafe.OneLine(extension, 32)}");
                return ExitCodes.Failed;
            }

            var pin = result.GetValue(none) ? "" : CommandStorage.ReadSecret(context.Input);
            if (pin is null || (pin.Length > 0 && !Pin.IsGood(pin, options.Voicemail.MinPin)))
            {
                context.Complain(string.Create(
                    CultureInfo.InvariantCulture,
                    $"the PIN on standard input is not accepted: one line of {options.Voicemail.MinPin} to {Pin.MostDigits} digits that are not all the same; --none takes the PIN away"));
                return ExitCodes.Failed;
            }

            await storage.Voicemail.SetPinAsync(tenant, extension, pin.Length > 0 ? Pin.Hash(pin) : "");
            await storage.Audit.WriteCommandAsync(tenant, "voicemail.pin", extension, pin.Length > 0 ? "set" : "taken away");
            context.Output.WriteLine(pin.Length > 0 ? "The PIN is set." : "The PIN is taken away.");
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Argument<string> Number(Command command)
    {
        var number = new Argument<string>("EXTENSION");
        command.Add(number);
        return number;
    }
}
