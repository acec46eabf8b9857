using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Tandem.Calls.Routing.Features;
using Tandem.Server.Http;
using Tandem.Server.Logging;
using Tandem.Server.Rest;

namespace Tandem.Server.Cli;

/// <summary><c>tandem extensions features</c>: shows what an extension has set about its calls, or changes any of it; what is not named stays as it is.</summary>
internal static class ExtensionFeaturesCommand
{
    private const string Nothing = "none";
    private const int DefaultFollowSeconds = 20;

    private static readonly JsonSerializerOptions AsInApi = new(CliJson.Options) { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static Command Create(CliContext context, string numberHelp)
    {
        var command = new Command("features", "Shows forwards, do not disturb and limits of an extension, or sets those that are given; a running server follows within a second.");
        var number = new Argument<string>("NUMBER") { Description = numberHelp };
        var always = Text(command, "--forward-always", "DESTINATION", "All calls go there, as 102, +442079460000, queue:sales or voicemail:100; none to take it back");
        var busy = Text(command, "--forward-busy", "DESTINATION", "Calls go there while it is busy or declines; none to take it back");
        var noAnswer = Text(command, "--forward-no-answer", "DESTINATION", "Calls go there that nobody takes; none to take it back");
        var unreachable = Text(command, "--forward-unreachable", "DESTINATION", "Calls go there while no phone is registered; none to take it back");
        var follow = Text(command, "--follow-me", "LIST", "Where a call that nobody takes goes on its way, with seconds: 102:15,+442079460000:20; none to take it back");
        var ring = Number(command, "--ring-seconds", "How long it rings before a call goes on, 1 to 600; 0 for what the installation says");
        var calls = Number(command, "--max-calls", "Calls at the same time, 1 to 1000; 0 for no limit");
        var disturb = new Option<bool?>("--do-not-disturb") { Description = "true: callers hear busy" };
        var waiting = Text(command, "--call-waiting", "true|false|default", "false: busy while in a call");
        var allow = Text(command, "--allowed-destinations", "PATTERNS", "What it may dial, as _1XX,prefix:+44; all for everything that its tenant may");
        var callerId = Text(command, "--caller-id", "NUMBER", "The number that providers show for its calls; none for that of the profile");
        var hide = new Option<bool?>("--hide-caller-id") { Description = "true: its calls to outside show no number" };
        var rules = Text(command, "--context", "NAME", "The rules that its calls are for; none for those of the inside");
        var group = Text(command, "--pickup-group", "NAME", "Who may pick up each other's calls; none for nobody's");
        var clear = new Option<bool>("--clear") { Description = "Takes all of them back first" };
        var json = new Option<bool>("--json") { Description = "Prints JSON" };
        command.Add(number);
        command.Add(disturb);
        command.Add(hide);
        command.Add(clear);
        command.Add(json);
        var tenants = new TenantOption(command);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunInAsync(context, settings.Read(result), tenants, result, async (storage, tenant, _) =>
        {
            var digits = result.GetValue(number)!;
            if (await storage.Extensions.FindAsync(tenant, digits) is null)
                return ExtensionsCommand.Unknown(context, digits);

            var found = await storage.Routing.FeaturesAsync(tenant);
            var before = result.GetValue(clear) ? new ExtensionFeatures() : found.GetValueOrDefault(digits) ?? new ExtensionFeatures();
            var features = before with
            {
                ForwardAlways = Given(result.GetValue(always), before.ForwardAlways),
                ForwardBusy = Given(result.GetValue(busy), before.ForwardBusy),
                ForwardNoAnswer = Given(result.GetValue(noAnswer), before.ForwardNoAnswer),
                ForwardUnreachable = Given(result.GetValue(unreachable), before.ForwardUnreachable),
                FollowMe = result.GetValue(follow) is { } list ? ReadFollowMe(list) : before.FollowMe,
                RingSeconds = result.GetValue(ring) ?? before.RingSeconds,
                MaxCalls = result.GetValue(calls) ?? before.MaxCalls,
                DoNotDisturb = result.GetValue(disturb) ?? before.DoNotDisturb,
                CallWaiting = result.GetValue(waiting) switch
                {
                    null => before.CallWaiting,
                    "true" => true,
                    "false" => false,
                    _ => null,
                },
                AllowedDestinations = result.GetValue(allow) is { } patterns ? patterns == "all" ? null : patterns.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : before.AllowedDestinations,
                CallerId = Given(result.GetValue(callerId), before.CallerId),
                HidesCallerId = result.GetValue(hide) ?? before.HidesCallerId,
                Context = Given(result.GetValue(rules), before.Context),
                PickupGroup = Given(result.GetValue(group), before.PickupGroup),
            };
            if (result.GetValue(waiting) is not (null or "true" or "false" or "default"))
            {
                context.Complain("--call-waiting: true, false or default are accepted");
                return ExitCodes.Failed;
            }

            if (features.Problem() is { } problem)
            {
                context.Complain(LogSafe.OneLine(problem, 300));
                return ExitCodes.Failed;
            }

            if (Json(features) != Json(found.GetValueOrDefault(digits) ?? new ExtensionFeatures()))
            {
                await storage.Routing.SetFeaturesAsync(tenant, digits, features);
                await storage.Audit.WriteCommandAsync(tenant, "extension.features", digits, FeaturesResource.Describe(features));
            }

            Print(context, features, result.GetValue(json));
            return ExitCodes.Done;
        }));
        return command;
    }

    private static Option<string?> Text(Command command, string name, string value, string help)
    {
        var option = new Option<string?>(name) { Description = help, HelpName = value };
        command.Add(option);
        return option;
    }

    private static Option<int?> Number(Command command, string name, string help)
    {
        var option = new Option<int?>(name) { Description = help };
        command.Add(option);
        return option;
    }

    private static string? Given(string? text, string? before) => text switch
    {
        null => before,
        Nothing => null,
        _ => text,
    };

    // The seconds stand behind the last colon: a destination may have one of its own.
    private static List<FollowMeBody> ReadFollowMe(string list)
    {
        var all = new List<FollowMeBody>();
        foreach (var part in list == Nothing ? [] : list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = part.LastIndexOf(':');
            var hasSeconds = int.TryParse(part.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && colon > 0;
            all.Add(new FollowMeBody { To = hasSeconds ? part[..colon] : part, RingSeconds = hasSeconds ? seconds : DefaultFollowSeconds });
        }

        return all;
    }

    private static string Json(ExtensionFeatures features) => JsonSerializer.Serialize(features, AsInApi);

    private static void Print(CliContext context, ExtensionFeatures features, bool json)
    {
        if (json)
        {
            context.Output.WriteLine(Json(features));
            return;
        }

        void Line(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                context.Output.WriteLine($"{name}: {LogSafe.OneLine(value, 2_000)}");
        }

        Line("do not disturb", features.DoNotDisturb ? "yes" : null);
        Line("forward always", features.ForwardAlways);
        Line("forward when busy", features.ForwardBusy);
        Line("forward when nobody answers", features.ForwardNoAnswer);
        Line("forward when unreachable", features.ForwardUnreachable);
        Line("follow me", string.Join(", ", features.FollowMe.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.To} for {one.RingSeconds} s"))));
        Line("rings", features.RingSeconds > 0 ? string.Create(CultureInfo.InvariantCulture, $"{features.RingSeconds} s") : null);
        Line("call waiting", features.CallWaiting switch { true => "yes", false => "no", _ => null });
        Line("calls at once", features.MaxCalls > 0 ? features.MaxCalls.ToString(CultureInfo.InvariantCulture) : null);
        Line("may dial", features.AllowedDestinations is { } allowed ? allowed.Count == 0 ? "nothing" : string.Join(", ", allowed) : null);
        Line("caller ID", features.CallerId);
        Line("hides its number", features.HidesCallerId ? "yes" : null);
        Line("rules of", features.Context);
        Line("pickup group", features.PickupGroup);
        if (features.IsEmpty)
            context.Output.WriteLine("nothing is set");
    }
}
