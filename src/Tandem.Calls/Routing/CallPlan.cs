namespace Tandem.Calls.Routing;

/// <summary>
/// What happens to a call: steps that are tried in order until one answers. A call keeps the plan that it began with. A plan of one plain
/// decision is that decision and nothing else.
/// </summary>
public readonly record struct CallPlan
{
    // One reference, so that a plain call costs no object: a DialDecision or a list of steps.
    private readonly object _what;

    private CallPlan(object what) => _what = what;

    /// <summary>A plan of one decision.</summary>
    public static CallPlan Of(DialDecision decision) => new(decision);

    /// <summary>A plan of steps, at least one.</summary>
    public static CallPlan Of(IReadOnlyList<PlanStep> steps)
    {
        ArgumentOutOfRangeException.ThrowIfZero(steps.Count);
        return new CallPlan(steps);
    }

    /// <summary>The decision of the first step.</summary>
    public DialDecision First => _what as DialDecision ?? Steps[0].Decision;

    /// <summary>The whole plan, when it is one decision; else null.</summary>
    public DialDecision? Only => _what as DialDecision;

    /// <summary>The steps, in order.</summary>
    public IReadOnlyList<PlanStep> Steps => _what as IReadOnlyList<PlanStep> ?? [new PlanStep((DialDecision)_what)];
}
