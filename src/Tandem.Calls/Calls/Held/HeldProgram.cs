using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Events;
using Tandem.Calls.Routing;

namespace Tandem.Calls.Calls.Held;

/// <summary>
/// A caller is connected to the exchange, and a program of the tenant deals with them by commands until it sends them on, or somebody hangs up.
/// A caller who comes here answered already (from a menu, by a transfer) waits for the first command no longer than the limit of the service.
/// </summary>
internal sealed class HeldProgram(ExchangeService.Api service) : ICallProgram
{
    private static readonly TimeSpan Forever = TimeSpan.FromDays(1);
    private static readonly Prompt Sorry = Prompt.Sounds("cannot-complete");

    public async ValueTask<CallEnding?> RunAsync(ServedCall person)
    {
        var call = person.Call;
        var limit = service.LimitOf(call.Environment.Routing);
        var due = call.Now + limit;
        var control = call.Control ??= new CallControl(call);
        if (control.Wait is null)
        {
            control.Wait = new ProgramWait(call, service.Name);
            Announce(call, service.Name, limit);
        }

        var wait = control.Wait;
        wait.Person = person;
        person.AfterHold = static () => { };
        wait.Answering?.End(CommandOutcome.Done, 200);
        if (service.IsLate)
            return await GoOnAsync(person, control);

        while (!person.IsGone)
        {
            if (wait.TakeOrder() is { } order)
            {
                control.IsOnTheWay = true;
                var (isOver, ending) = await GoAsync(person, control, order);
                if (isOver)
                    return ending;
                control.Wait = wait;
                control.IsOnTheWay = false;
                person.AfterHold = static () => { };
                continue;
            }

            var isTaken = wait.IsTaken;
            if (!isTaken && call.Now >= due)
                return await GoOnAsync(person, control);

            await person.ListenAsync(null, isTaken ? Forever : due - call.Now, () => wait.HasOrder || wait.IsTaken != isTaken);
        }

        // An order that came just before the hang-up is not carried out: whom it named is free again.
        wait.TakeOrder()?.Target?.Release();
        return null;
    }

    /// <summary>Tells the world that a call waits for a program.</summary>
    public static void Announce(LiveCall call, string name, TimeSpan limit)
    {
        IReadOnlyDictionary<string, string> headers = call.Origin is InboundLeg { Request: { } invite } ? WaitingHeaders.Of(invite) : new Dictionary<string, string>();
        call.Model.Tell((snapshot, at) => new CallWaiting(snapshot, name, limit, headers, at), call.Now);
    }

    // Not over when nobody took the caller: they wait on.
    private static async ValueTask<(bool IsOver, CallEnding? Ending)> GoAsync(ServedCall person, CallControl control, HeldOrder order)
    {
        // What commands play ends here, and who gives more of them is told that the caller is on the way.
        control.Wait = null;
        person.AfterHold = null;
        control.Sounds.Stop(person.Side, person.Sound, "The caller goes on");
        if (control.FindHold(person.Side) is { } hold && !await hold.LiftAsync())
        {
            order.Target?.Release();
            if (!person.IsGone)
                order.Command.End(CommandOutcome.Failed, detail: "The phone of the caller stays on hold");
            return (person.IsGone, null);
        }

        var snapshot = person.Call.Model.Snapshot;
        var shown = order.To?.AsNumber() ?? order.Target!.Number;
        CallPlan plan;
        Stories.CalleeAddressing? addressing = null;
        if (order.Target is { } target)
        {
            (var place, addressing) = person.Call.Environment.Transfers.TakePlace(person.Tenant, person.Leg.Number, target.Number, target.Leaving);
            if (target.Fetches is { } waiting)
                waiting.Into = person.Call.Model.Id;
            plan = CallPlan.Of(place);
        }
        else
        {
            plan = person.Call.Environment.Router.Plan(new RouteRequest(person.Tenant, snapshot.CallerNumber, order.To is Destination.Number ? shown : "") { To = order.To });
        }

        var outcome = await person.ConnectAsync(plan, new ConnectOrder { Number = shown, Timeout = person.Call.Options.SetupTimeout, Addressing = addressing });
        if (!outcome.IsConnected)
            order.Target?.Release();
        switch (outcome.End)
        {
            case ConnectEnd.Connected:
                control.IsOnTheWay = false;
                order.Command.End(CommandOutcome.Done, 200);
                return (true, await person.TalkAsync());
            case ConnectEnd.Service:
                control.IsOnTheWay = false;
                order.Command.End(CommandOutcome.Done, 200);
                person.IsSentOn = true;
                return (true, await person.ServeAsync(outcome.Service!));
            case ConnectEnd.Gone:
                return (true, null);
            default:
                person.Silence();
                order.Command.End(CommandOutcome.Failed, outcome.Status, outcome.Text);
                return (false, null);
        }
    }

    // No program took the caller: what stands behind in the plan is tried.
    private async ValueTask<CallEnding?> GoOnAsync(ServedCall person, CallControl control)
    {
        control.Wait = null;
        person.AfterHold = null;
        control.Sounds.Stop(person.Side, person.Sound, "The caller goes on");
        if (service.Otherwise is { Count: > 0 } steps)
        {
            var outcome = await person.ConnectAsync(CallPlan.Of(steps), new ConnectOrder { Number = person.Call.Model.Snapshot.CalleeNumber, Timeout = person.Call.Environment.Routing.MaxRinging });
            if (outcome.IsConnected)
                return await person.TalkAsync();
            if (outcome.Service is { } next)
                return await person.ServeAsync(next);
        }

        await person.PlayAsync(Sorry);
        return null;
    }
}
