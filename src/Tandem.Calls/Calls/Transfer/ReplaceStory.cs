using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Calls.Stories;
using Tandem.Calls.Parking;
using Tandem.Calls.Ports;

namespace Tandem.Calls.Calls.Transfer;

/// <summary>
/// The call that an INVITE with Replaces makes (RFC 3891 §3): the new caller takes the place of <paramref name="leaving"/>, whose
/// partner comes over from their call. When that does not work, the caller hears why and their call stays as it is.
/// </summary>
/// <param name="call">The new call.</param>
/// <param name="caller">The new caller.</param>
/// <param name="leaving">Which side of their call leaves.</param>
/// <param name="staying">The leg that comes over.</param>
/// <param name="callerIdentity">How the new caller is shown to it.</param>
/// <param name="waiting">The person of that leg, when he waits for this call alone; null for the partner of somebody.</param>
internal sealed class ReplaceStory(LiveCall call, InboundLeg caller, CallSide leaving, Leg staying, string callerIdentity, WaitingPerson? waiting = null)
{
    private LiveCall? _from = staying.Call;
    private WaitingPerson? _waiting = waiting;

    /// <summary>Runs on the call's shard until the call has its verdict. It never throws.</summary>
    public async void Run()
    {
        try
        {
            var ending = await LiveAsync();
            _waiting?.Fail();
            call.End(ending);
        }
        catch (Exception e)
        {
            call.Fault(e);
        }
    }

    private async ValueTask<CallEnding> LiveAsync()
    {
        if (MediaOpening.Open(call) is { } refused)
            return refused;

        LegTakeover.Announce(call, CallSide.Callee, staying);
        ReadOnlyMemory<byte> offer = default;
        if (caller.HasOffer)
        {
            var result = call.Model.Media!.Offer(CallSide.Caller, caller.LastSdp);
            if (!result.IsAccepted)
                return MediaRefusals.Ending(result);
            offer = result.Sdp;
        }

        call.SetDeadline(call.Options.SetupTimeout);
        var takeover = new LegTakeover(call, staying, CallSide.Callee, Moved);
        return await new ConnectStory(call, caller, takeover).RunAsync(offer, callerIdentity);
    }

    private void Moved(ReadOnlyMemory<byte> sdp, OutgoingInvite invite)
    {
        var from = _from!;
        from.Model.TransferTo(_waiting?.Into ?? call.Model.Id, leaving, call.Now);
        (_from, _waiting) = (null, null); // this lives as long as the new call, the old one is over
        from.Post(new CallSignal(CallSignalKind.HandedOver));
        var ack = caller.Answer(sdp);
        if (!caller.HasOffer)
            call.Start(() => new DelayedAnswerStory(call, invite.Ack).RunAsync(ack));
    }
}
