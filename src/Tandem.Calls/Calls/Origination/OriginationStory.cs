using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Calls.Stories;
using Tandem.Calls.Routing;

namespace Tandem.Calls.Calls.Origination;

/// <summary>
/// The life of a call that a program wants: its first party is rung and becomes the caller; once it answers, it is served with what it was rung for. When
/// it does not, the order has failed.
/// </summary>
/// <param name="call">The call.</param>
/// <param name="order">Who is rung.</param>
/// <param name="command">The order, for its outcome.</param>
/// <param name="toFirst">How the other side is shown to who is rung.</param>
/// <param name="onward">How who is rung is shown to the other side.</param>
/// <param name="program">What the first party gets.</param>
internal sealed class OriginationStory(LiveCall call, OriginationOrder order, CommandContext command, CalleeAddressing toFirst, CalleeAddressing onward, ICallProgram program)
{
    /// <summary>Runs on the call's shard until the call has its verdict. It never throws.</summary>
    public async void Run()
    {
        try
        {
            call.End(await LiveAsync());
        }
        catch (Exception e)
        {
            call.Fault(e);
        }
    }

    private async ValueTask<CallEnding> LiveAsync()
    {
        var request = new RouteRequest(call.Model.Tenant, order.ToNumber, order.FromNumber);
        var decision = order.Phones is { } phones ? call.Environment.Router.Ring(request, phones) : call.Environment.Router.Plan(request with { To = order.From }).First;
        call.Environment.Traces?.Decided(call.Model.Id, decision, call.Now);
        if (decision.Phones is not { Count: > 0 } contacts)
            return Fail(CallStory.Refusal(decision as DialDecision.Reject ?? new DialDecision.Reject(404, EndReason.NotFound, "A service cannot be rung")));

        // A command may end the call while this waits: then it never comes back here.
        var ringing = new FirstRinging(call, toFirst);
        var before = call.Ended;
        call.Ended = ending =>
        {
            ringing.Release(ending);
            command.End(CommandOutcome.Cancelled, detail: "The call ended");
            before?.Invoke(ending);
        };
        if (order.Phones is { Count: > 1 } several)
            call.SetRinging(several);
        var (leg, refusal) = await ringing.RunAsync(contacts, order.RingTimeout);
        if (leg is null)
            return Fail(refusal);

        call.SetDeadline(call.Options.MaximumDuration);
        call.Model.Answer(call.Now);
        call.UpdateMedia();
        return await new ServedCall(call, leg, onward).ServeAsync(program);
    }

    private CallEnding Fail(in CallEnding ending)
    {
        var isOurs = ending.Verdict.EndedBy == CallSide.Exchange && ending.Verdict.Reason is EndReason.ClearedByOperator or EndReason.Cancelled;
        command.End(isOurs ? CommandOutcome.Cancelled : CommandOutcome.Failed, ending.Verdict.SipStatus, ending.Verdict.Text);
        return ending;
    }
}
