using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Calls.Stories;
using Tandem.Calls.Routing;

namespace Tandem.Calls.Calls.Transfer;

/// <summary>
/// The call that a REFER makes: its target rings as in any call, and when it answers the leg of the transferee comes over
/// from the call that it is in.
/// </summary>
internal sealed class TransferStory(LiveCall call, Transfer transfer, CalleeAddressing addressing, string targetIdentity)
{
    /// <summary>Runs on the call's shard until the call has its verdict. It never throws.</summary>
    public async void Run(CallPlan plan)
    {
        try
        {
            call.End(await LiveAsync(plan));
        }
        catch (Exception e)
        {
            call.Fault(e);
        }
    }

    private async ValueTask<CallEnding> LiveAsync(CallPlan plan)
    {
        var (refused, service) = await RingAsync(plan);
        if (service is not null)
            return await new ServeTransferredStory(call, transfer, addressing).RunAsync(service, targetIdentity);
        if (refused is { } ending)
            return ending;

        // The target has answered an offer made of what the transferee said last. The transferee gets that answer as an offer.
        var target = call.Callee!;
        if (transfer.Transferee.Call.Model.Media is { } before)
            call.Model.Media!.ContinueOrigin(CallSide.Caller, before, transfer.Transferee.Side);

        var offer = call.Model.Media!.Offer(CallSide.Callee, target.LastSdp);
        if (!offer.IsAccepted)
            return MediaRefusals.Ending(offer);

        var takeover = new LegTakeover(call, transfer.Transferee, CallSide.Caller, (_, _) => transfer.Moved());
        return await new ConnectStory(call, target, takeover).RunAsync(offer.Sdp, targetIdentity);
    }

    // A service when the exchange itself is there, or comes after those who did not answer.
    private async ValueTask<(CallEnding? Refused, ExchangeService? Service)> RingAsync(CallPlan plan)
    {
        if (plan.Only is not { } decision)
        {
            var story = new PlanStory(call, addressing);
            return (await story.RingOrServeAsync(plan.Steps), story.Service);
        }

        call.Environment.Traces?.Decided(call.Model.Id, decision, call.Now);
        return decision switch
        {
            DialDecision.Serve serve => (null, serve.Service),
            { Phones: { } contacts } => (await new RingingStory(call, addressing).RunAsync(contacts), null),
            _ => (CallStory.Refusal((DialDecision.Reject)decision), null),
        };
    }
}
