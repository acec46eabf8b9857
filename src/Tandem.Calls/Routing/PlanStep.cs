using Tandem.Calls.Calls.Headers;

namespace Tandem.Calls.Routing;

/// <summary>
/// One thing that a plan tries. When nobody answers, the steps for that outcome are tried, where there are any, and after them whatever
/// stands behind this step.
/// </summary>
/// <param name="Decision">What is done, as of the moment of planning; the phones of <see cref="Numbers"/> are looked up anew when a later step begins.</param>
public sealed record PlanStep(DialDecision Decision)
{
    /// <summary>What the step is for, in words that explain it; null for what was dialled.</summary>
    public Destination? Target { get; init; }

    /// <summary>The extensions whose phones ring; null for anything but <see cref="DialDecision.Ring"/>, and for phones that are given.</summary>
    public IReadOnlyList<string>? Numbers { get; init; }

    /// <summary>The extensions are members of a group.</summary>
    public bool IsGroup { get; init; }

    /// <summary>How long it rings; zero: as long as a call without a plan does.</summary>
    public TimeSpan RingTime { get; init; }

    /// <summary>The phone is asked to answer by itself (RFC 5373).</summary>
    public bool AnswersByItself { get; init; }

    /// <summary>The number whose forward or failover led here; empty for the first step of a call.</summary>
    public string DivertedBy { get; init; } = "";

    /// <summary>Why it led here (RFC 5806, RFC 7044).</summary>
    internal DiversionReason Diversion { get; init; }

    /// <summary>The way here, for headers; empty for a call that was not sent on.</summary>
    internal CallHistory History { get; init; } = CallHistory.Empty;

    /// <summary>What is tried next when this is busy; null for what stands behind.</summary>
    public IReadOnlyList<PlanStep>? OnBusy { get; init; }

    /// <summary>What is tried next when nobody answers; null for what stands behind.</summary>
    public IReadOnlyList<PlanStep>? OnNoAnswer { get; init; }

    /// <summary>What is tried next when it cannot be reached; null for what stands behind.</summary>
    public IReadOnlyList<PlanStep>? OnUnreachable { get; init; }

    /// <summary>The steps for an outcome; null for none of its own.</summary>
    public IReadOnlyList<PlanStep>? After(StepOutcome outcome) => outcome switch
    {
        StepOutcome.Busy => OnBusy,
        StepOutcome.NoAnswer => OnNoAnswer,
        StepOutcome.Unreachable => OnUnreachable,
        _ => null,
    };
}
