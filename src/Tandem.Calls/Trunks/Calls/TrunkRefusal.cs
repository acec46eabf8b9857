using Tandem.Calls.Calls;

namespace Tandem.Calls.Trunks.Calls;

/// <summary>Why a call may not go out by a profile.</summary>
/// <param name="Reason">The reason of the verdict.</param>
/// <param name="Status">The status for the caller.</param>
/// <param name="Text">For people: what was refused, and how to lift it.</param>
internal readonly record struct TrunkRefusal(EndReason Reason, int Status, string Text)
{
    // RFC 3261 §20.43: 399 is a warning in words.
    private const int Miscellaneous = 399;

    /// <summary>The end of a call that went by no profile.</summary>
    public CallEnding Ending
    {
        get
        {
            var (result, _, cause) = Verdicts.Row(Reason);
            return new CallEnding(new Verdict(result, Reason, Status, CallSide.Exchange, cause, Text), "", Miscellaneous, Text);
        }
    }
}
