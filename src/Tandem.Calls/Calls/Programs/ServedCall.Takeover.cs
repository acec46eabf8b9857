using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Calls.Transfer;

namespace Tandem.Calls.Calls.Programs;

/// <summary>How a person is connected to somebody who is in another call.</summary>
internal sealed partial class ServedCall
{
    /// <summary>
    /// Brings a leg of another call of this shard to the other side of this one, by a re-INVITE: when its phone accepts, both are connected, and <see cref="TalkAsync"/> comes next. When it
    /// does not, both calls are as they were.
    /// </summary>
    /// <param name="leg">The leg.</param>
    /// <param name="moved">Runs at the moment the leg has changed its call.</param>
    /// <returns>200, or the status that says why not; 487 when either call ended first.</returns>
    public async ValueTask<int> TakeAsync(Leg leg, Action moved)
    {
        if (IsGone || Call.Model.Media is not { } media)
            return 487;

        await Leg.SettledAsync();
        if (IsGone || leg.Call.Model.Media is null)
            return 487;

        LegTakeover.Announce(Call, CallSide.Callee, leg);
        var offer = media.Offer(Side, Leg.LastSdp);
        if (!offer.IsAccepted)
            return 488;

        Silence();
        var status = await new LegTakeover(Call, leg, CallSide.Callee, (_, _) => moved()).RunAsync(offer.Sdp, "");
        if (status != 200)
        {
            if (!IsGone)
                media.AbandonOffer();
            return status;
        }

        await StopPumpAsync();
        return 200;
    }
}
