using Tandem.Calls.Tenants;

namespace Tandem.Calls.Ivr;

/// <summary>What is wrong with a flow as a whole: steps that are not there, steps that nobody reaches, loops in which nobody is asked. Pure.</summary>
public static class IvrFlowChecker
{
    /// <summary>Adds the problems of a flow.</summary>
    public static void Check(IvrFlow flow, ICollection<FieldProblem> problems)
    {
        var isWhole = true;
        if (!flow.Steps.ContainsKey(flow.Start))
            Miss("start", flow.Start);
        if (flow.OnError is { } rescue && !flow.Steps.ContainsKey(rescue))
            Miss("onError", rescue);
        foreach (var step in flow.Steps.Values.OrderBy(step => step.Id, StringComparer.Ordinal))
        {
            foreach (var (field, to) in step.Links)
            {
                if (!flow.Steps.ContainsKey(to))
                    Miss($"steps.{step.Id}.{field}", to);
            }
        }

        if (!isWhole)
            return;

        var reached = Reached(flow);
        foreach (var id in flow.Steps.Keys.Order(StringComparer.Ordinal))
        {
            if (!reached.Contains(id))
                problems.Add(new FieldProblem($"steps.{id}", "nothing leads here: a step, start or onError must name it"));
        }

        foreach (var id in Loops(flow))
            problems.Add(new FieldProblem($"steps.{id}", "it leads back to itself and no step on the way waits for the caller: the flow would never end"));

        void Miss(string field, string step)
        {
            isWhole = false;
            problems.Add(new FieldProblem(field, $"there is no step '{step}'"));
        }
    }

    /// <summary>The flows that a flow goes into and <paramref name="find"/> does not know, by the step that does.</summary>
    public static IEnumerable<FieldProblem> MissingFlows(IvrFlow flow, Func<string, bool> find)
    {
        foreach (var step in flow.Steps.Values.OfType<IvrStep.SubFlow>().OrderBy(step => step.Id, StringComparer.Ordinal))
        {
            if (step.Flow != flow.Id && !find(step.Flow))
                yield return new FieldProblem($"steps.{step.Id}.flow", $"there is no flow '{step.Flow}'");
        }
    }

    private static HashSet<string> Reached(IvrFlow flow)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([flow.Start]);
        if (flow.OnError is { } rescue)
            open.Push(rescue);
        while (open.TryPop(out var id))
        {
            if (!reached.Add(id))
                continue;

            foreach (var (_, to) in flow.Steps[id].Links)
                open.Push(to);
        }

        return reached;
    }

    // A step that is on a circle of steps that do not ask: what is left after taking away, again and again, all that lead to none of the rest or that none of the rest leads to.
    private static IEnumerable<string> Loops(IvrFlow flow)
    {
        var left = flow.Steps.Values.Where(step => !step.Asks).ToDictionary(step => step.Id, StringComparer.Ordinal);
        bool changed;
        do
        {
            var targets = left.Values.SelectMany(step => step.Links).Select(link => link.Step).ToHashSet(StringComparer.Ordinal);
            var ends = left.Values.Where(step => !targets.Contains(step.Id) || !step.Links.Any(link => left.ContainsKey(link.Step))).Select(step => step.Id).ToList();
            foreach (var id in ends)
                left.Remove(id);
            changed = ends.Count > 0;
        }
        while (changed);

        return left.Keys.Order(StringComparer.Ordinal);
    }
}
