using System.CommandLine;
using System.Globalization;
using Tandem.Calls.Events;
using Tandem.Calls.Routing;
using Tandem.Calls.Security.Toll;
using Tandem.Calls.Shards;
using Tandem.Calls.Tenants;
using Tandem.Server.Logging;
using Tandem.Server.Options;
using Tandem.Sip.Authentication;
using Tandem.Sip.Transport;
using Tandem.Storage;

namespace Tandem.Server.Cli;

/// <summary><c>tandem explain FROM TO</c>: why a call would go where it would go. It asks the same planner as the server, over the same database, and places no call.</summary>
public static class ExplainCommand
{
    public static Command Create(CliContext context)
    {
        var command = new Command("explain", "Says step by step where a call would go, and why, without placing it.");
        var from = new Argument<string>("FROM") { Description = "The number that calls" };
        var to = new Argument<string>("TO") { Description = "The number that is dialled, or a destination such as group:sales" };
        var at = new Option<string?>("--at") { Description = "When, as 2026-12-25T10:00:00Z or with an offset; now unless said", HelpName = "TIME" };
        var trunk = new Option<string>("--trunk") { Description = "The id of the SIP profile that the call comes by", HelpName = "ID", DefaultValueFactory = _ => "" };
        command.Add(from);
        command.Add(to);
        command.Add(at);
        command.Add(trunk);
        var tenants = new TenantOption(command);
        var settings = new SettingOptions(command, all: false);
        command.SetAction(result => CommandStorage.RunInAsync(context, settings.Read(result), tenants, result, async (storage, tenant, options) =>
        {
            var when = context.Time.GetUtcNow();
            if (result.GetValue(at) is { } text && !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out when))
            {
                context.Complain($"--at {LogSafe.OneLine(text, 40)} is no time: 2026-12-25T10:00:00Z is accepted");
                return ExitCodes.Failed;
            }

            if (!Destination.TryParse(result.GetValue(to), out _, out var problem))
            {
                context.Complain($"TO: {problem}");
                return ExitCodes.Failed;
            }

            var explanation = await ExplainAsync(context, storage, options, new RouteInquiry(tenant, result.GetValue(from)!, result.GetValue(to)!, when, result.GetValue(trunk)!));
            foreach (var line in explanation.Why)
                context.Output.WriteLine($"  {LogSafe.OneLine(line, 400)}");
            context.Output.WriteLine("The call would:");
            Write(context.Output, explanation.Steps, "  ");
            return ExitCodes.Done;
        }));
        return command;
    }

    // An exchange without loops and sockets, over the data of the real one: its registrations are those in the database.
    private static Task<RouteExplanation> ExplainAsync(CliContext context, TandemStorage storage, TandemOptions options, RouteInquiry inquiry)
    {
        storage.LoadRouting();
        var clock = new Core.Time.Clock(context.Time);
        var events = new EventBus([]);
        var exchange = new Exchange(
            new ExchangeOptions { Shards = 1, Calls = options.Calls, Registrar = options.Registrar, Trunks = options.Trunks, Routing = options.Routing, Parking = options.Parking },
            new ExchangeServices
            {
                Extensions = storage.Directory,
                Bindings = storage.Bindings,
                Media = new NoMedia(),
                Events = events,
                Profiles = storage.ProfileDirectory,
                Routing = storage.RoutingDirectory,
                Toll = new TollGuard(storage.TollPolicies, storage.Toll, events),
                Tenants = storage.TenantDirectory,
                Digest = new DigestAuthenticator(options.Digest),
                Bans = new BanList(options.Guard),
                WallClock = clock,
                Random = _ => new Random(),
            });
        exchange.RestoreBindings(clock.Now);
        var answer = exchange.ExplainAsync(inquiry);
        exchange.Shards[0].Advance(clock.Now);
        return answer;
    }

    private static void Write(TextWriter output, IReadOnlyList<ExplainedStep> steps, string indent)
    {
        var number = 0;
        foreach (var step in steps)
        {
            number++;
            var target = step.Target is { } name ? $"{LogSafe.OneLine(name, 200)}: " : "";
            var time = step.RingSeconds > 0 ? string.Create(CultureInfo.InvariantCulture, $", {step.RingSeconds} s") : "";
            var by = step.ForwardedBy.Length > 0 ? $" (sent on by {step.ForwardedBy})" : "";
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{indent}{number}. {target}{LogSafe.OneLine(step.Does, 300)}{time}{by}"));
            if (step.Toll is { } toll)
                output.WriteLine($"{indent}   the toll guard refuses: {LogSafe.OneLine(toll, 300)}");
            Branch(output, "when busy", step.OnBusy, indent);
            Branch(output, "when nobody answers", step.OnNoAnswer, indent);
            Branch(output, "when it cannot be reached", step.OnUnreachable, indent);
        }

        if (number == 0)
            output.WriteLine($"{indent}be refused");
    }

    private static void Branch(TextWriter output, string title, IReadOnlyList<ExplainedStep>? steps, string indent)
    {
        if (steps is null)
            return;

        output.WriteLine($"{indent}   {title}:");
        Write(output, steps, indent + "     ");
    }
}
