namespace Tandem.Calls.Calls;

/// <summary>How a call ends: its verdict, and the Reason header values (RFC 3326) that both legs are told.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Reason">What a phone gave as its reason, passed on as it came (a provider's without what it repeats of our credentials); empty: the exchange writes the cause of the verdict.</param>
/// <param name="WarnCode">The code of the Warning header (RFC 3261 §20.43) of a refusal; 0 for none.</param>
/// <param name="WarnText">Its text.</param>
internal readonly record struct CallEnding(Verdict Verdict, string Reason = "", int WarnCode = 0, string WarnText = "")
{
    /// <summary>The Reason header to send.</summary>
    public string ReasonHeader => Reason.Length > 0 ? Reason : ReasonHeaders.ForCause(Verdict.Cause);

    public static CallEnding For(EndReason reason, CallSide by, bool answered, string text = "") => new(Verdicts.For(reason, by, answered, text));
}
