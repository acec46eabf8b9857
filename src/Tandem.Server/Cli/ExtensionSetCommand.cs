using System.CommandLine;
using Tandem.Calls.Tenants;
using Tandem.Media.Srtp;
using Tandem.Sip.Authentication;
using Tandem.Storage;

namespace Tandem.Server.Cli;

/// <summary><c>tandem extensions set</c>: one option for each property, any of them at once. All are read before the first is written.</summary>
internal static class ExtensionSetCommand
{
    private const string Default = "default";
    private const int LongestCodecs = 200;

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
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunAsync(context, settings.Read(result), async (storage, _) =>
        {
            var digits = result.GetValue(number)!;
            var changes = new List<Func<Task<bool>>>();
            if (!TryAlgorithms(context, result.GetValue(algorithms), storage, digits, changes)
                || !TrySrtp(context, result.GetValue(srtp), storage, digits, changes)
                || !TryCodecs(context, result.GetValue(codecs), storage, digits, changes))
                return ExitCodes.Failed;

            if (result.GetValue(enabled) is { } on)
                changes.Add(() => storage.Extensions.SetEnabledAsync(TenantId.Default, digits, on));
            if (result.GetValue(recorded) is { } record)
                changes.Add(() => storage.Extensions.SetRecordedAsync(TenantId.Default, digits, record));
            foreach (var change in changes)
            {
                if (!await change())
                    return ExtensionsCommand.Unknown(context, digits);
            }

            return await storage.Extensions.FindAsync(TenantId.Default, digits) is null ? ExtensionsCommand.Unknown(context, digits) : ExitCodes.Done;
        }));
        return command;
    }

    private static bool TryAlgorithms(CliContext context, string? text, TandemStorage storage, string number, List<Func<Task<bool>>> changes)
    {
        if (text is null)
            return true;

        var list = "";
        if (!IsDefault(text))
        {
            if (!DigestAlgorithms.TryParse(text, out var parsed))
                return Refuse(context, "--algorithms", text, "MD5, SHA-256, both separated by a comma, or default");

            list = parsed.ToString();
        }

        changes.Add(() => storage.Extensions.SetAlgorithmsAsync(TenantId.Default, number, list));
        return true;
    }

    private static bool TrySrtp(CliContext context, string? text, TandemStorage storage, string number, List<Func<Task<bool>>> changes)
    {
        if (text is null)
            return true;

        SrtpPolicy? policy = null;
        if (!IsDefault(text))
        {
            if (char.IsAsciiDigit(text.Length > 0 ? text[0] : '0') || !Enum.TryParse<SrtpPolicy>(text, ignoreCase: true, out var parsed))
                return Refuse(context, "--srtp", text, "never, offered, required, dtls, or default");

            policy = parsed;
        }

        changes.Add(() => storage.Extensions.SetSrtpAsync(TenantId.Default, number, policy));
        return true;
    }

    private static bool TryCodecs(CliContext context, string? text, TandemStorage storage, string number, List<Func<Task<bool>>> changes)
    {
        if (text is null)
            return true;

        var list = IsDefault(text) ? "" : text.Replace(" ", "", StringComparison.Ordinal);
        if (list.Length > LongestCodecs || list.Split(',').Any(name => list.Length > 0 && !IsName(name)))
            return Refuse(context, "--codecs", text, "SDP names separated by commas (opus, G722, PCMU, PCMA, G729, GSM, L16), or default");

        changes.Add(() => storage.Extensions.SetCodecsAsync(TenantId.Default, number, list));
        return true;
    }

    private static bool IsName(string name) => name.Length is > 0 and <= 20 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '/');

    private static bool IsDefault(string text) => text.Equals(Default, StringComparison.OrdinalIgnoreCase);

    private static bool Refuse(CliContext context, string option, string text, string accepted)
    {
        context.Complain($"{option} {Logging.LogSafe.OneLine(text, 80)} is not accepted: {accepted}");
        return false;
    }
}
