using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Routing;
using Tandem.Core.Time;

namespace Tandem.Calls.Queues;

/// <summary>
/// A caller waits in a queue: music, his place now and then, and the phones of agents as the desk gives them, until one answers, or he goes on. Whatever ends the call, the desk
/// is told.
/// </summary>
internal sealed class QueueProgram(string name, int priority) : ICallProgram
{
    // Nothing but a wake, a key or hanging up ends this wait.
    private static readonly TimeSpan Long = TimeSpan.FromHours(24);

    private bool _mayCallBack;
    private string _callback = "";

    public async ValueTask<CallEnding?> RunAsync(ServedCall person)
    {
        var call = person.Call;
        var desk = call.Environment.Queues;
        if (desk.Find(person.Tenant, name)?.Settings is not { } settings)
            return CallEnding.For(EndReason.NotFound, CallSide.Exchange, call.IsAnswered, "There is no such queue");

        var snapshot = call.Model.Snapshot;
        var number = snapshot.CallerNumber;
        _mayCallBack = desk.CallBack is not null && CallbackDialogue.IsOpen(person, settings);
        var outcome = desk.Join(person.Tenant, new QueueEntry(settings.Name, snapshot.Id, number, priority), person.Wake, call.Now, out var seat);
        if (seat is null)
            return await GoOnAsync(person, settings, outcome == JoinOutcome.Full ? "queue-full" : "queue-no-agents");

        person.AtEnd(() =>
        {
            // His place stays, so that the end of this call does not give it up.
            if (_callback.Length > 0 && desk.AskCallback(seat.Tenant, seat.Ticket, _callback, call.Now))
                return;

            desk.Leave(seat.Tenant, seat.Ticket, person.IsTransferred ? LeaveReason.Transferred : LeaveReason.Abandoned, call.Now);
            desk.Hangup(seat.Tenant, seat.Ticket, call.Now);
        });
        return await WaitAsync(person, desk, settings, seat);
    }

    private async ValueTask<CallEnding?> WaitAsync(ServedCall person, QueueDesk desk, QueueSettings settings, QueueSeat seat)
    {
        var call = person.Call;
        var end = settings.MaxWait > TimeSpan.Zero ? call.Now + settings.MaxWait : Moment.Never;
        bool HasNews() => seat.Offer is not null || seat.IsClosed;

        var key = settings.Greeting.Length > 0 ? await person.ListenAsync(Prompt.Sounds(settings.Greeting), TimeSpan.Zero, HasNews) : null;
        var voice = new QueueVoice(person, desk, settings, seat, _mayCallBack);
        voice.GoOn(call.Now);
        while (!person.IsGone && !seat.IsClosed)
        {
            if (key is { } pressed && await PressedAsync(person, desk, settings, seat, voice, pressed) is var (isOver, ending) && isOver)
                return ending;

            key = null;

            // First of all, or offers that nobody takes would follow each other for ever.
            if (call.Now >= end)
            {
                desk.Leave(seat.Tenant, seat.Ticket, LeaveReason.Overflow, call.Now);
                return await GoOnAsync(person, settings, "queue-closed");
            }

            if (seat.TakeOffer() is { } offer)
            {
                var outcome = await RingAsync(person, desk, settings, offer, voice, end);
                if (outcome.IsConnected)
                    return await person.TalkAsync();

                key = outcome.Key;
            }
            else if (person.IsSpokenTo)
            {
                key = await person.HearOutAsync(HasNews);
                voice.GoOn(call.Now);
            }
            else if (call.Now >= voice.Due)
            {
                key = await person.ListenAsync(voice.Next(call.Now), TimeSpan.Zero, HasNews);
                voice.GoOn(call.Now);
            }
            else
            {
                var next = Moment.Earlier(end, voice.Due);
                key = await person.ListenAsync(null, next == Moment.Never ? Long : next - call.Now, HasNews);
            }
        }

        return seat.IsClosed ? await GoOnAsync(person, settings, "queue-closed") : null;
    }

    // The phones of the agents ring while he hears what he hears. What became of each is told to the desk; of somebody who is gone, by the end of his call.
    private async ValueTask<ConnectOutcome> RingAsync(ServedCall person, QueueDesk desk, QueueSettings settings, QueueOffer offer, QueueVoice voice, Moment end)
    {
        var call = person.Call;
        var snapshot = call.Model.Snapshot;
        var step = new PlanStep(new DialDecision.Reject(480, EndReason.NotRegistered, "No agent has a phone")) { Numbers = offer.Agents };
        var decision = call.Environment.Router.Refresh(new RouteRequest(person.Tenant, snapshot.CallerNumber, snapshot.CalleeNumber), step);

        // With their numbers, so that everybody sees that their phones ring, and who of them talks.
        var plan = decision is DialDecision.Ring ? CallPlan.Of([step with { Decision = decision }]) : CallPlan.Of(decision);
        var outcome = await person.ConnectAsync(
            plan,
            new ConnectOrder
            {
                Number = settings.Number.Length > 0 ? settings.Number : snapshot.CalleeNumber,
                Timeout = TimeSpan.FromTicks(Math.Min(offer.RingTime.Ticks, (end - call.Now).Ticks)),
                Meanwhile = null,
                Voice = voice,
                MayBePickedUp = false, // the queue counts on its agents
                Queue = settings.Name,
                StopKeys = (_mayCallBack ? settings.CallbackKey : "") + settings.ExitKey,
            });
        if (outcome.IsConnected)
        {
            var agent = (call.Callee as OutboundLeg)?.Contact.Number ?? offer.Agents[0];
            desk.Answer(person.Tenant, offer.Ticket, agent, call.Now);
            call.Environment.Router.MarkIdle(person.Tenant, agent);
            person.AtEnd(() => call.Environment.Router.MarkIdle(person.Tenant, agent));
            return outcome;
        }

        if (outcome.End == ConnectEnd.Gone)
            return outcome;

        // The waiting time of the caller was over first, or there were more phones than may ring at once: nobody has missed what did not ring to its end.
        var isCut = outcome.End == ConnectEnd.NoAnswer && call.Now >= end;
        foreach (var agent in offer.Agents)
        {
            var rang = decision is not DialDecision.Ring ring || ring.Contacts.Any(contact => contact.Number == agent);
            desk.Report(person.Tenant, offer.Ticket, agent, isCut || !rang ? RingResult.Cancelled : ResultOf(outcome.End), call.Now);
        }

        return outcome;
    }

    private static RingResult ResultOf(ConnectEnd end) => end switch
    {
        ConnectEnd.NoAnswer => RingResult.NoAnswer,
        ConnectEnd.Unreachable => RingResult.Unreachable,
        ConnectEnd.Busy or ConnectEnd.Refused or ConnectEnd.Service => RingResult.Rejected,
        _ => RingResult.Cancelled,
    };

    private async ValueTask<(bool IsOver, CallEnding? Ending)> PressedAsync(ServedCall person, QueueDesk desk, QueueSettings settings, QueueSeat seat, QueueVoice voice, char key)
    {
        var text = key.ToString();
        if (text == settings.ExitKey)
        {
            desk.Leave(seat.Tenant, seat.Ticket, LeaveReason.Overflow, person.Call.Now);
            return (true, await GoOnAsync(person, settings, "queue-closed"));
        }

        if (text != settings.CallbackKey || !_mayCallBack || !desk.Hold(seat.Tenant, seat.Ticket, isHeld: true, person.Call.Now))
            return (false, null);

        if (await CallbackDialogue.RunAsync(person, settings) is not { } callback)
        {
            desk.Hold(seat.Tenant, seat.Ticket, isHeld: false, person.Call.Now);
            voice.Music();
            return (false, null);
        }

        _callback = callback;
        await person.PlayAsync(Prompt.Sounds("queue-callback-confirmed", "goodbye"), keysStop: false);
        return (true, null);
    }

    private static async ValueTask<CallEnding?> GoOnAsync(ServedCall person, QueueSettings settings, string sorry)
    {
        if (Destination.TryParse(settings.Overflow, out var to, out _))
            return await SendOnward.RunAsync(person, to);

        await person.PlayAsync(Prompt.Sounds(sorry));
        return null;
    }
}
