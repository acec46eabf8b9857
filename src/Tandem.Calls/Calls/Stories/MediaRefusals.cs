using Tandem.Calls.Ports;

namespace Tandem.Calls.Calls.Stories;

/// <summary>What a refused SDP means in SIP.</summary>
internal static class MediaRefusals
{
    /// <summary>The status for who sent it; for a re-INVITE or UPDATE the session goes on (RFC 3261 §14.2).</summary>
    public static int Status(MediaRefusal refusal) => refusal switch
    {
        MediaRefusal.Malformed => 400,
        MediaRefusal.NoPorts => 503,
        MediaRefusal.WrongState => 491,
        _ => 488,
    };

    /// <summary>The end of a call whose first offer or answer was refused.</summary>
    public static CallEnding Ending(in MediaResult result) => result.Refusal switch
    {
        MediaRefusal.NoPorts => CallEnding.For(EndReason.NoPorts, CallSide.Exchange, answered: false, result.Text),
        MediaRefusal.Malformed => new CallEnding(
            new Verdict(ResultClass.Client, EndReason.NotAcceptable, 400, CallSide.Exchange, Cause.FromStatus(400), result.Text)),
        _ => CallEnding.For(EndReason.NotAcceptable, CallSide.Exchange, answered: false, result.Text),
    };
}
