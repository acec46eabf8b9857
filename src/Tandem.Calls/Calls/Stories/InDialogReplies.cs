using Tandem.Calls.Calls.Legs;

namespace Tandem.Calls.Calls.Stories;

/// <summary>How the reply of one phone is told to the other, whose request was passed on.</summary>
internal static class InDialogReplies
{
    /// <summary>
    /// Most pass as they are. What concerns only the leg between us and the phone that answered does not: a redirection, a
    /// wish for credentials, 422 or 503 (RFC 3261 §16.7 item 6) become 500; a dead dialog is 487, for the call ends.
    /// </summary>
    public static int Status(in Reply reply) => reply.Status switch
    {
        408 or 481 => 487,
        401 or 407 or 422 or 503 => 500,
        >= 300 and < 400 => 500,
        < 200 or > 699 => 500,
        _ => reply.Status,
    };

    /// <summary>RFC 3261 §12.2.1.2: 408 and 481 mean that the dialog is gone, so the call ends.</summary>
    public static void EndIfGone(LiveCall call, Leg leg, in Reply reply)
    {
        if (reply.DialogIsGone)
            call.Post(new CallSignal(CallSignalKind.LegLost, leg, Reason: leg.LostReason));
        else if (reply is { Status: 503, Message: null })
            call.Post(new CallSignal(CallSignalKind.LegLost, leg, Reason: EndReason.TransportFailed));
    }
}
