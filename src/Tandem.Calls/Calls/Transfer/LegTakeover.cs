using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Calls.Stories;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Calls.Transfer;

/// <summary>
/// Brings a leg from the call that it is in to another one on the same shard: a re-INVITE with the session of the new call, and only
/// when the phone has accepted it the leg changes its call. Before that nothing is lost: a phone that refuses keeps the session that it
/// has (RFC 3261 §14.1), and one that accepted too late is given its old session back by another re-INVITE.
/// </summary>
/// <param name="into">The new call; its media session is open.</param>
/// <param name="leg">The leg.</param>
/// <param name="side">Which side of the new call it becomes.</param>
/// <param name="moved">Runs at the moment the leg has changed its call, with the SDP for the other side of the new call.</param>
internal sealed class LegTakeover(LiveCall into, Leg leg, CallSide side, Action<ReadOnlyMemory<byte>, OutgoingInvite> moved)
{
    private const int MostAttempts = 5;
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    private LiveCall _donor = leg.Call;
    private OutgoingInvite? _invite;
    private bool _aborted;

    /// <summary>True once the leg is in the new call.</summary>
    public bool IsDone { get; private set; }

    /// <summary>
    /// Tells the media of a call, before its first SDP for a leg of another call that shall come to this side of it, what the session there knows of the phone: the origin, the
    /// encryption, the codecs, the networks in which its sound may be.
    /// </summary>
    public static void Announce(LiveCall into, CallSide side, Leg leg)
    {
        var media = into.Model.Media!;
        if (leg.Call.Model.Media is { } before)
            media.ContinueOrigin(side, before, leg.Side);
        if (leg.Dialog is { } dialog && leg.MediaPeerAt(dialog.Flow) is { } peer)
            media.Expect(side, peer);
    }

    /// <summary>The new call has no use for the leg any more.</summary>
    public void Abort()
    {
        _aborted = true;
        _invite?.Cancel();
    }

    /// <summary>
    /// Completes with 200 or with the status of the failure; 487 when either call ended first. An empty offer asks the phone for one
    /// (RFC 3261 §14.1): the session of the new call is then as the phone has it, and its INVITE waits for the answer.
    /// </summary>
    public async ValueTask<int> RunAsync(ReadOnlyMemory<byte> offer, string identity)
    {
        for (var attempt = 1; ; attempt++)
        {
            var reply = await ReinviteAsync(offer, identity);
            if (reply.IsSuccess)
                return Finish(offer.IsEmpty, reply);

            if (reply.Status == 487)
                return 487;

            InDialogReplies.EndIfGone(_donor, leg, reply);
            var again = attempt < MostAttempts && (reply.Status == 491 || (reply.Status == 422 && leg.Session.TryRaise(reply.Message!)));
            if (!again)
                return reply.Status;
            if (reply.Status == 491 && !await PauseAsync(NegotiationRules.GlarePause(leg, _donor.Environment.Random)))
                return 487;
        }
    }

    private async ValueTask<Reply> ReinviteAsync(ReadOnlyMemory<byte> offer, string identity)
    {
        while (_donor.Negotiation is not null)
        {
            if (!await PauseAsync(LookInterval))
                return Reply.CallOver;
        }

        if (!IsWanted)
            return Reply.CallOver;

        var negotiation = new Negotiation(null);
        _donor.Negotiation = negotiation;
        try
        {
            await leg.SettledAsync();
            if (!IsWanted)
                return Reply.CallOver;

            _invite = leg.Reinvite(offer, identity);
            return await _invite.ReplyAsync();
        }
        finally
        {
            if (_donor.Negotiation == negotiation)
                _donor.Negotiation = null;
        }
    }

    // The leg may have gone to a third call while this one waited for its turn: there it is nobody's to take.
    private bool IsWanted => !_aborted && !_donor.IsOver && !into.IsOver && !leg.IsOver && leg.Call == _donor;

    private async ValueTask<bool> PauseAsync(TimeSpan span) => await _donor.PauseAsync(span) && IsWanted;

    private int Finish(bool isRequestForOffer, Reply reply)
    {
        var invite = _invite!;
        if (_donor.IsOver)
        {
            invite.Ack(default);
            return 487;
        }

        leg.Learn(reply.Message!);
        leg.Session.Succeeded(reply.Message!);
        if (_aborted || into.IsOver)
        {
            Restore(invite);
            return 487;
        }

        var media = into.Model.Media!;
        if (_donor.Model.Media is { } before)
            media.ContinueStreams(side, before, leg.Side);
        var result = isRequestForOffer ? media.Offer(side, reply.Sdp) : media.Answer(side, reply.Sdp);
        if (!result.IsAccepted)
        {
            Restore(invite);
            return MediaRefusals.Status(result.Refusal);
        }

        if (!isRequestForOffer)
            invite.Ack(default);

        leg.LastSdp = reply.Sdp;
        leg.MoveTo(into, side);
        _donor = into; // lets go of the old call, which would else live as long as the new one
        if (side == CallSide.Caller)
            into.Caller = leg;
        else
            into.Callee = leg;

        IsDone = true;
        leg.Identify();
        leg.Peer?.Identify();
        into.SetDeadline(into.Options.MaximumDuration);
        moved(result.Sdp, invite);
        into.Model.Answer(into.Now);
        into.UpdateMedia();
        return 200;
    }

    // The phone is in the session of a call that does not come about: it gets back the one that it had.
    private void Restore(OutgoingInvite invite)
    {
        invite.Ack(default);
        _donor.Start(() => new RefreshStory(_donor, leg).RestoreAsync());
    }
}
