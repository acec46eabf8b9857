namespace Tandem.Calls.Calls;

/// <summary>How a call ends: its verdict, and the Reason header values (RFC 3326) that both legs are told.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Reason">What a phone gave as its reason, passed on as it came; empty: the exchange writes the cause of the verdict.</param>
internal readonly record struct CallEnding(Verdict Verdict, string Reason = "")
{
    /// <summary>The Reason header to send.</summary>
    public string ReasonHeader => Reason.Length > 0 ? Reason : ReasonHeaders.ForCause(Verdict.Cause);

    public static CallEnding For(EndReason reason, CallSide by, bool answered, string text = "") => new(Verdicts.For(reason, by, answered, text));
}
