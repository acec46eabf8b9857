using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Calls.Origination;
using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Routing;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Queues;

/// <summary>
/// An agent answered who was rung for somebody who wants to be called back: he hears a tone, then the ring back while the caller's phone rings, and the two talk. The call is the
/// tenant's: its toll guard stands before the outside.
/// </summary>
internal sealed class CallbackProgram(TenantId tenant, QueueOffer offer, CallbackView callback, QueueSettings settings, CommandContext command) : ICallProgram
{
    private static readonly Prompt Busy = new(new PromptPart.Tone("busy"));
    private static readonly Prompt Congestion = new(new PromptPart.Tone("congestion"));

    /// <summary>The order to ring the agents of an offer.</summary>
    public static OriginationOrder Order(CallEnvironment environment, TenantId tenant, QueueOffer offer, CallbackView callback, QueueSettings settings) => new()
    {
        From = new Destination.Extension(offer.Agents[0]),
        Phones = offer.Agents,
        To = new Destination.Number(callback.Number),
        FromNumber = offer.Agents[0],
        ToNumber = callback.Number,
        RingTimeout = offer.RingTime,
        IsOurs = true,
        Program = context => new CallbackProgram(tenant, offer, callback, settings, context),
        Settled = (outcome, status, _) => Settled(environment, tenant, offer, outcome, status),
    };

    public async ValueTask<CallEnding?> RunAsync(ServedCall person)
    {
        var call = person.Call;
        var desk = call.Environment.Queues;
        var agent = (person.Leg as OutboundLeg)?.Contact.Number ?? offer.Agents[0];
        var isTaken = desk.Accept(tenant, offer.Ticket, agent, call.Now);
        command.End(CommandOutcome.Done, 200);
        if (!isTaken)
            return null;

        if (agent != call.Model.Snapshot.CallerNumber)
            call.Environment.Calls.Change(call, s => s with { CallerNumber = agent });
        call.SetRinging(null);
        person.AtEnd(() =>
        {
            // Nothing where it is over already.
            desk.NotReached(tenant, offer.Ticket, CallbackEnd.AgentGone, call.Now);
            desk.Hangup(tenant, offer.Ticket, call.Now);
        });
        await person.PlayAsync(Prompt.Beep, keysStop: false);
        if (person.IsGone)
            return null;

        var request = Request(tenant, settings, callback.Number);
        if (call.Environment.Router.LeadsToHelp(request))
        {
            desk.NotReached(tenant, offer.Ticket, CallbackEnd.Impossible, call.Now); // what was asked for before the number was one for help
            await person.PlayAsync(Congestion);
            return null;
        }

        var plan = call.Environment.Router.Plan(request);
        var outcome = await person.ConnectAsync(plan, new ConnectOrder { Number = callback.Number, Timeout = settings.CallbackRing, Queue = settings.Name });
        switch (outcome.End)
        {
            case ConnectEnd.Connected:
                desk.Reached(tenant, offer.Ticket, call.Now);
                call.Environment.Router.MarkIdle(tenant, agent);
                person.AtEnd(() => call.Environment.Router.MarkIdle(tenant, agent));
                return await person.TalkAsync();
            case ConnectEnd.Gone:
                return null;
            default:
                desk.NotReached(tenant, offer.Ticket, IsHopeless(outcome) ? CallbackEnd.Impossible : CallbackEnd.Missed, call.Now);
                await person.PlayAsync(outcome.End is ConnectEnd.Busy or ConnectEnd.NoAnswer ? Busy : Congestion);
                return null;
        }
    }

    /// <summary>True when a number can be called back: phones or a provider take it, and the toll guard lets it pass. A number for help is none: whoever shows or types it does not call for help, the queue would.</summary>
    public static bool IsPossible(CallEnvironment environment, TenantId tenant, QueueSettings settings, string number)
    {
        if (!DestinationText.IsDialled(number) || number.AsSpan().ContainsAny('*', '#'))
            return false;

        var request = Request(tenant, settings, number);
        if (environment.Router.LeadsToHelp(request))
            return false;

        var decision = environment.Router.Plan(request).First;
        return decision switch
        {
            DialDecision.Ring => true,
            DialDecision.Reject { Status: 480 or 486 } => true, // an extension whose phone is away, or that talks
            DialDecision.Trunk trunk => trunk.Routes.Any(route => environment.Trunks.WhyNot(settings.Number, route, environment.WallClock.ToUtc(environment.Now)) is null),
            _ => false,
        };
    }

    // As the queue calls: what an agent may dial himself is another matter.
    private static RouteRequest Request(TenantId tenant, QueueSettings settings, string number) => new(tenant, settings.Number, number) { To = new Destination.Number(number) };

    // A voicemail that takes the call in his place is none of these: he may be there the next time.
    private static bool IsHopeless(in ConnectOutcome outcome) => outcome.End == ConnectEnd.Refused && outcome.Status is 403 or 404 or 410 or 484 or 604;

    // The agents who were rung: nobody answered, or no call could be made at all.
    private static void Settled(CallEnvironment environment, TenantId tenant, QueueOffer offer, CommandOutcome outcome, int status)
    {
        if (outcome == CommandOutcome.Done)
            return;

        var result = outcome == CommandOutcome.Cancelled ? RingResult.Cancelled : status switch
        {
            486 or 600 or 603 or 403 => RingResult.Rejected,
            480 or 408 or 487 => RingResult.NoAnswer,
            _ => RingResult.Unreachable,
        };
        environment.Queues.NoAgent(tenant, offer.Ticket, result, environment.Now);
    }
}
