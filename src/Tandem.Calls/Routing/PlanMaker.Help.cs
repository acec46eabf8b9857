namespace Tandem.Calls.Routing;

/// <content>Calls for help.</content>
internal sealed partial class PlanMaker
{
    private bool _isForHelp;

    // Who dials for help gets it: outside, unless a rule names just that number, and never what else may have it, an extension, a queue, a slot.
    private IReadOnlyList<PlanStep> ForHelp(string number, string context, in Way way)
    {
        why?.Say($"{number} is a number for help (alwaysAllowed of the toll guard): nothing of the tenant goes before");
        if (table is null || FindRule(number, context) is not { } rule)
            return [Outside(number, "", way)];

        var before = _isForHelp;
        _isForHelp = true;
        var steps = Follow(rule, number, context, way);
        _isForHelp = before;
        return WithWayOut(steps, number, way);
    }

    // A mailbox or a queue answers, and that would be the end: who is at the desk has said so for those who want him, the rule has not for those who want help. Null when nothing is left.
    private IReadOnlyList<PlanStep>? WithoutServices(string number, IReadOnlyList<PlanStep> steps)
    {
        if (!_isForHelp || !steps.Any(step => step.Decision is DialDecision.Serve))
            return steps;

        why?.Say($"extension {number} forwards nobody who calls for help to what answers by itself");
        var people = steps.Where(step => step.Decision is not DialDecision.Serve).ToList();
        return people.Count > 0 ? people : null;
    }

    // Whatever a rule says, and however it fails (a desk at night, a profile that is switched off, reject:480), the last thing that is tried is any profile.
    private IReadOnlyList<PlanStep> WithWayOut(IReadOnlyList<PlanStep> steps, string number, in Way way)
    {
        var outside = Outside(number, "", way with { Action = null });
        if (steps.Count == 0)
            return [outside];
        if (outside.Decision is not DialDecision.Trunk all || steps.Any(step => step.Decision is DialDecision.Trunk some && HasAll(some, all)))
            return steps;

        why?.Say($"{number} is for help: where all of that fails it goes outside");
        return [.. steps.SkipLast(1), steps[^1].Decision is DialDecision.Ring ? Timed(steps[^1], TimeSpan.Zero, isLast: false) : steps[^1], outside];
    }

    private static bool HasAll(DialDecision.Trunk some, DialDecision.Trunk all) =>
        all.Routes.All(route => some.Routes.Any(other => other.Profile.Id == route.Profile.Id && other.Number == route.Number));
}
