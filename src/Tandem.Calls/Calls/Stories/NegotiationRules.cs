using Tandem.Calls.Calls.Headers;
using Tandem.Calls.Calls.Legs;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Calls.Calls.Stories;

/// <summary>What re-INVITE and UPDATE have in common before they may pass.</summary>
internal static class NegotiationRules
{
    /// <summary>How often a request is tried whose session interval the phone finds too small: twice with a longer one.</summary>
    public const int MostIntervalAttempts = 3;

    /// <summary>
    /// Answers and returns true when the request cannot pass now: a session interval that is too small (422, RFC 4028 §9), a body
    /// that must be understood and is no SDP (415), or another negotiation under way: from the same phone 500 with Retry-After (RFC 3261 §14.2), from
    /// the other one or from us glare, 491.
    /// </summary>
    public static bool Refuses(LiveCall call, Leg from, SipMessage request, ServerTransaction server)
    {
        if (SessionTimer.RefusalOf(request, call.Options) is var least and > 0)
        {
            from.Respond(server, 422, w => w.Header(HeaderName.MinSE, least));
            return true;
        }

        if (RefusesBody(from, request, server))
            return true;

        if (call.Negotiation is not { } current)
            return false;

        if (current.From == from)
            from.Respond(server, 500, w => w.Header(HeaderName.RetryAfter, call.Environment.Random.Next(0, 11)));
        else
            from.Respond(server, 491);
        return true;
    }

    /// <summary>Answers with 415 and returns true when the body must be understood and is not (RFC 5621 §8.4).</summary>
    public static bool RefusesBody(Leg from, SipMessage request, ServerTransaction server)
    {
        if (request.ReadSession(out _) != SessionBody.Unknown)
            return false;

        from.Respond(server, 415, w => w.Header(HeaderName.Accept, Capabilities.SessionBodies));
        return true;
    }

    /// <summary>Gives the offer to the media; answers and returns false when it is refused.</summary>
    public static bool TryOffer(LiveCall call, Leg from, ReadOnlyMemory<byte> sdp, ServerTransaction server, out ReadOnlyMemory<byte> offer)
    {
        var result = call.Model.Media!.Offer(from.Side, sdp);
        offer = result.Sdp;
        if (result.IsAccepted)
            return true;

        from.Respond(server, MediaRefusals.Status(result.Refusal));
        return false;
    }

    /// <summary>How long to wait after a 491 to our own re-INVITE (RFC 3261 §14.1): the owner of the Call-ID longer.</summary>
    public static TimeSpan GlarePause(Leg leg, Random random) =>
        leg.Dialog is { IsCaller: true }
            ? TimeSpan.FromMilliseconds(2_100 + (10 * random.Next(0, 191)))
            : TimeSpan.FromMilliseconds(10 * random.Next(0, 201));
}
