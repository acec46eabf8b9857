using Tandem.Calls.Ivr;

namespace Tandem.Fuzz.Targets;

/// <summary>Documents of menus: one is read to a flow or to problems, each with its field, and every step of a flow leads to steps of it.</summary>
internal static class FlowTarget
{
    public static int Run(byte[] input)
    {
        var (flow, problems) = IvrFlowReader.Read("main", input, IvrOptions.Default);
        Check.That(flow is null == problems.Count > 0, "neither a flow nor a reason");
        if (flow is null)
        {
            foreach (var problem in problems)
                Check.That(problem.Field.Length > 0 && problem.Accepted.Length > 0, "a problem without a field");
            return HashCode.Combine(Math.Min(problems.Count, 10), problems[0].Field.Split('.')[^1].GetHashCode(StringComparison.Ordinal));
        }

        Check.That(flow.Steps.ContainsKey(flow.Start), "no first step");
        foreach (var step in flow.Steps.Values)
        {
            foreach (var (_, to) in step.Links)
                Check.That(flow.Steps.ContainsKey(to), "a way that leads nowhere");
        }

        return HashCode.Combine(flow.Steps.Count, string.Concat(flow.Steps.Values.Select(step => step.Kind).Order(StringComparer.Ordinal)).GetHashCode(StringComparison.Ordinal));
    }
}
