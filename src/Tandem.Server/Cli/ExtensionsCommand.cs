using System.CommandLine;
using System.Text.Json;
using Tandem.Calls.Ports;
using Tandem.Core.Privacy;
using Tandem.Server.Http;
using Tandem.Server.Options;
using Tandem.Sip.Authentication;

namespace Tandem.Server.Cli;

/// <summary>
/// <c>tandem extensions</c>: list, add, reset a secret, change, remove. Whoever can read the data folder may see the secrets: the
/// key to them lies there.
/// </summary>
public static class ExtensionsCommand
{
    private const string NumberHelp = "The number of the extension";

    public static Command Create(CliContext context) => new("extensions", "Lists and changes the extensions; a running server follows within a second.")
    {
        List(context),
        Add(context),
        ResetSecret(context),
        ExtensionSetCommand.Create(context, NumberHelp),
        ExtensionFeaturesCommand.Create(context, NumberHelp),
        Remove(context),
    };

    private static Command List(CliContext context)
    {
        var command = new Command("list", "Lists the extensions.");
        var secrets = new Option<bool>("--secrets") { Description = "Shows the secrets as well" };
        var json = JsonOption();
        command.Add(secrets);
        command.Add(json);
        var tenants = new TenantOption(command);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunInAsync(context, settings.Read(result), tenants, result, async (storage, tenant, _) =>
        {
            var extensions = await storage.Extensions.ListAsync(tenant);
            var shown = result.GetValue(secrets);
            if (result.GetValue(json))
            {
                context.Output.WriteLine(JsonSerializer.Serialize(extensions.Select(e => Row(e, shown)), CliJson.Options));
                return ExitCodes.Done;
            }

            Table.Write(context.Output, shown ? ["NUMBER", "SECRET", "STATE", "NAME"] : ["NUMBER", "STATE", "NAME"], extensions.Select(e =>
            {
                var state = State(e);
                return shown ? new[] { e.Number, e.Secret.Reveal(), state, e.DisplayName } : [e.Number, state, e.DisplayName];
            }));
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Command Add(CliContext context)
    {
        var command = new Command("add", "Adds an extension and prints its secret.");
        var number = new Argument<string>("NUMBER") { Description = NumberHelp };
        var name = new Option<string>("--name") { Description = "The name that is shown for it", DefaultValueFactory = _ => "" };
        var stdin = StdinOption();
        var json = JsonOption();
        command.Add(number);
        command.Add(name);
        command.Add(stdin);
        command.Add(json);
        var tenants = new TenantOption(command);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunInAsync(context, settings.Read(result), tenants, result, async (storage, tenant, options) =>
        {
            var digits = result.GetValue(number)!;
            if (!ExtensionNumbers.IsAccepted(options, tenant, digits))
            {
                context.Complain($"{Logging.LogSafe.OneLine(digits, 40)} is not accepted: {ExtensionNumbers.Accepted(options, tenant)}; others cannot register");
                return ExitCodes.Failed;
            }

            if (!TryReadSecret(context, result.GetValue(stdin), out var secret))
                return ExitCodes.Failed;

            ReservedNumbers.CheckExtension(options, storage, tenant, digits);
            if (await storage.Extensions.AddAsync(tenant, digits, secret, result.GetValue(name)!) is not { } extension)
            {
                context.Complain($"{digits} exists already");
                return ExitCodes.Failed;
            }

            await storage.Audit.WriteCommandAsync(tenant, "extension.create", digits);
            Print(context, extension, result.GetValue(json));
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Command ResetSecret(CliContext context)
    {
        var command = new Command("reset-secret", "Gives an extension another secret and prints it.");
        var number = new Argument<string>("NUMBER") { Description = NumberHelp };
        var stdin = StdinOption();
        var json = JsonOption();
        command.Add(number);
        command.Add(stdin);
        command.Add(json);
        var tenants = new TenantOption(command);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunInAsync(context, settings.Read(result), tenants, result, async (storage, tenant, _) =>
        {
            if (!TryReadSecret(context, result.GetValue(stdin), out var secret))
                return ExitCodes.Failed;

            var digits = result.GetValue(number)!;
            if (await storage.Extensions.ResetSecretAsync(tenant, digits, secret) is null
                || await storage.Extensions.FindAsync(tenant, digits) is not { } extension)
            {
                return Unknown(context, digits);
            }

            await storage.Audit.WriteCommandAsync(tenant, "extension.secret", digits);
            Print(context, extension, result.GetValue(json));
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Command Remove(CliContext context)
    {
        var command = new Command("remove", "Removes an extension; it can no longer register or call.");
        var number = new Argument<string>("NUMBER") { Description = NumberHelp };
        command.Add(number);
        var tenants = new TenantOption(command);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunInAsync(context, settings.Read(result), tenants, result, async (storage, tenant, _) =>
        {
            var digits = result.GetValue(number)!;
            if (!await storage.Extensions.RemoveAsync(tenant, digits))
                return Unknown(context, digits);

            await storage.Audit.WriteCommandAsync(tenant, "extension.remove", digits);
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Option<bool> JsonOption() => new("--json") { Description = "Prints JSON" };

    private static Option<bool> StdinOption() => new("--secret-stdin") { Description = "Takes the secret from one line of standard input instead of a random one" };

    private static bool TryReadSecret(CliContext context, bool fromInput, out Secret? secret)
    {
        secret = null;
        if (!fromInput)
            return true;

        if (CommandStorage.ReadSecret(context.Input) is not { } text)
        {
            context.Complain("the secret on standard input is not accepted: one line of 1 to 128 characters");
            return false;
        }

        secret = new Secret(text);
        return true;
    }

    private static string State(Extension extension)
    {
        var words = new List<string> { extension.Enabled ? "enabled" : "disabled" };
        if (extension.Algorithms.Length > 0)
            words.Add(extension.Algorithms);
        if (extension.Srtp is { } srtp)
            words.Add("srtp=" + srtp.ToString().ToLowerInvariant());
        if (extension.Codecs.Length > 0)
            words.Add("codecs=" + extension.Codecs);
        if (extension.IsRecorded)
            words.Add("recorded");
        return string.Join(' ', words);
    }

    internal static int Unknown(CliContext context, string number)
    {
        context.Complain($"there is no extension {Logging.LogSafe.OneLine(number, 40)}");
        return ExitCodes.Failed;
    }

    private static void Print(CliContext context, Extension extension, bool json) =>
        context.Output.WriteLine(json ? JsonSerializer.Serialize(Row(extension, true), CliJson.Options) : $"{extension.Number}  {extension.Secret.Reveal()}");

    private static Dictionary<string, object> Row(Extension extension, bool withSecret)
    {
        var row = new Dictionary<string, object>
        {
            ["number"] = extension.Number,
            ["displayName"] = extension.DisplayName,
            ["enabled"] = extension.Enabled,
            ["algorithms"] = extension.Algorithms,
            ["srtp"] = extension.Srtp?.ToString().ToLowerInvariant() ?? "",
            ["codecs"] = extension.Codecs,
            ["recorded"] = extension.IsRecorded,
        };
        if (withSecret)
            row["secret"] = extension.Secret.Reveal();

        return row;
    }
}
