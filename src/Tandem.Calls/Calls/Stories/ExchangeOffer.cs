using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Ports;

namespace Tandem.Calls.Calls.Stories;

/// <summary>
/// A re-INVITE that neither phone asked for: the exchange wants a leg to have another session. Whatever becomes of it, the phone and the media agree afterwards: one that refuses keeps
/// the session that it has (RFC 3261 §14.1), one whose answer is of no use gets it back.
/// </summary>
internal static class ExchangeOffer
{
    /// <summary>There was nothing to offer.</summary>
    public const int None = 0;

    /// <param name="offer">Makes the offer.</param>
    /// <param name="undo">Takes back what was changed in the media for it, when the leg does not come to have it.</param>
    /// <returns>200; 487 when the call ended or the leg left it; 491 for what may go better later; <see cref="None"/>; else the status of the phone.</returns>
    public static async ValueTask<int> SendAsync(LiveCall call, Leg leg, Func<MediaResult> offer, Action? undo = null)
    {
        var media = call.Model.Media!;
        var negotiation = new Negotiation(null);
        call.Negotiation = negotiation;
        try
        {
            await leg.SettledAsync();
            if (call.IsOver || leg.Call != call)
                return 487;

            var made = offer();
            if (!made.IsAccepted)
            {
                undo?.Invoke();
                return None;
            }

            var invite = leg.Reinvite(made.Sdp);
            var reply = await invite.ReplyAsync();
            if (!reply.IsSuccess)
            {
                if (call.IsOver)
                    return 487;

                media.AbandonOffer();
                undo?.Invoke();
                InDialogReplies.EndIfGone(call, leg, reply);
                return leg.Session.IsRaisedBy(reply) ? 491 : reply.Status;
            }

            invite.Ack(default);
            if (call.IsOver || leg.Call != call)
                return 487;

            leg.Learn(reply.Message!);
            leg.Session.Succeeded(reply.Message!);
            if (media.Answer(leg.Side, reply.Sdp).IsAccepted)
            {
                leg.LastSdp = reply.Sdp;
                return 200;
            }

            media.AbandonOffer();
            undo?.Invoke();
        }
        finally
        {
            if (call.Negotiation == negotiation)
                call.Negotiation = null;
        }

        call.Start(() => new RefreshStory(call, leg).RestoreAsync());
        return 488;
    }
}
