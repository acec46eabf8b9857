using System.CommandLine;
using Tandem.Server.Http;
using Tandem.Server.Rest;
using Tandem.Storage.Extensions;

namespace Tandem.Server.Cli;

/// <summary><c>tandem extensions set</c>: one option for each property, any of them at once. All are read before the first is written.</summary>
internal static class ExtensionSetCommand
{
    public static Command Create(CliContext context, string numberHelp)
    {
        var command = new Command("set", "Changes an extension: whether it may call, its digest algorithms, its media.");
        var number = new Argument<string>("NUMBER") { Description = numberHelp };
        var enabled = new Option<bool?>("--enabled") { Description = "false: it can neither register nor call" };
        var algorithms = new Option<string>("--algorithms") { Description = "MD5, SHA-256 or both in the order of the challenge; default for the installation's" };
        var srtp = new Option<string>("--srtp") { Description = "never, offered, required or dtls; default for the installation's" };
        var codecs = new Option<string>("--codecs") { Description = "what it is offered, in this order, for example opus,G722,PCMA; default for the installation's" };
        var recorded = new Option<bool?>("--recorded") { Description = "true: its calls are recorded from the answer on" };
        command.Add(number);
        command.Add(enabled);
        command.Add(algorithms);
        command.Add(srtp);
        command.Add(codecs);
        command.Add(recorded);
        var tenants = new TenantOption(command);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunInAsync(context, settings.Read(result), tenants, result, async (storage, tenant, _) =>
        {
            var digits = result.GetValue(number)!;
            if (Read(context, "--algorithms", result.GetValue(algorithms), ExtensionRules.ReadAlgorithms, ExtensionRules.AlgorithmsAccepted) is not { } digest
                || Read(context, "--srtp", result.GetValue(srtp), ExtensionRules.ReadSrtp, ExtensionRules.SrtpAccepted) is not { } policy
                || Read(context, "--codecs", result.GetValue(codecs), ExtensionRules.ReadCodecs, ExtensionRules.CodecsAccepted) is not { } list)
                return ExitCodes.Failed;

            var change = new ExtensionChange(null, result.GetValue(enabled), digest.Value, policy.Value, list.Value, result.GetValue(recorded));
            if (!await storage.Extensions.ChangeAsync(tenant, digits, change))
                return ExtensionsCommand.Unknown(context, digits);

            await storage.Audit.WriteCommandAsync(tenant, "extension.change", digits);
            return ExitCodes.Done;
        }));
        return command;
    }

    // Nothing given stays as it is, and is not the same as something that is not accepted.
    private static Given? Read(CliContext context, string option, string? text, Func<string, string?> read, string accepted)
    {
        if (text is null)
            return new Given(null);
        if (read(text) is { } value)
            return new Given(value);

        context.Complain($"{option} {Logging.LogSafe.OneLine(text, 80)} is not accepted: {accepted}");
        return null;
    }

    private sealed record Given(string? Value);
}
