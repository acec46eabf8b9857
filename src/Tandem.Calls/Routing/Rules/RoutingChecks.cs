namespace Tandem.Calls.Routing.Rules;

/// <summary>What a configuration that can be read does not do: rules that no call reaches, calls that go in a circle, targets that are not there.</summary>
internal static class RoutingChecks
{
    public static void Run(RoutingTable table, Func<Destination, bool>? exists, List<RoutingProblem> problems)
    {
        foreach (var context in table.Contexts)
            FindUnreachable(table.RulesOf(context), problems);
        FindUnknown(table, exists, problems);
        FindLoops(table, problems);
    }

    // A rule is never asked when one before it takes all its numbers and looks at nothing else.
    private static void FindUnreachable(IReadOnlyList<RouteRule> rules, List<RoutingProblem> problems)
    {
        for (var i = 1; i < rules.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (!rules[j].IsUnconditional || !Covers(rules[j].Numbers, rules[i].Numbers))
                    continue;

                problems.Add(new RoutingProblem($"rules[{rules[i].Id}]", $"no call reaches it: rule {rules[j].Id} takes all its numbers before", false));
                break;
            }
        }
    }

    private static bool Covers(IReadOnlyList<NumberPattern>? first, IReadOnlyList<NumberPattern>? second) =>
        first is null || (second is not null && second.All(theirs => first.Any(ours => ours.Covers(theirs))));

    private static void FindUnknown(RoutingTable table, Func<Destination, bool>? exists, List<RoutingProblem> problems)
    {
        foreach (var context in table.Contexts)
        {
            foreach (var rule in table.RulesOf(context))
            {
                for (var i = 0; i < rule.Actions.Count; i++)
                {
                    if (rule.Actions[i].Constant is { } destination)
                        Look(table, destination, $"rules[{rule.Id}].actions[{i}].to", exists, problems);
                }
            }
        }

        foreach (var group in table.Groups)
        {
            if (group.Otherwise is { } otherwise)
                Look(table, otherwise, $"groups[{group.Name}].otherwise", exists, problems);
            foreach (var member in group.Members)
                Look(table, new Destination.Extension(member), $"groups[{group.Name}].members", exists, problems);
        }
    }

    private static void Look(RoutingTable table, Destination destination, string where, Func<Destination, bool>? exists, List<RoutingProblem> problems)
    {
        if (destination is Destination.Group group)
        {
            if (table.FindGroup(group.Name) is null)
                problems.Add(new RoutingProblem(where, $"there is no group {group.Name}", true));
        }
        else if (exists is not null && !exists(destination))
        {
            problems.Add(new RoutingProblem(where, $"there is nothing at {destination} (yet)", false));
        }
    }

    // Only what always goes in a circle is refused; what does at some hours is ended by the limit of forwards when it happens.
    private static void FindLoops(RoutingTable table, List<RoutingProblem> problems)
    {
        foreach (var context in table.Contexts)
        {
            foreach (var rule in table.RulesOf(context))
            {
                var path = new List<string>();
                if (Circles(table, context, rule, path))
                    problems.Add(new RoutingProblem($"rules[{rule.Id}]", $"calls go in a circle: {string.Join(" → ", path)}", true));
            }
        }

        foreach (var group in table.Groups)
        {
            var path = new List<string>();
            if (Circles(table, group, path))
                problems.Add(new RoutingProblem($"groups[{group.Name}]", $"calls that nobody answers go in a circle: {string.Join(" → ", path)}", true));
        }
    }

    private static bool Circles(RoutingTable table, string context, RouteRule start, List<string> path)
    {
        var rule = start;
        while (true)
        {
            path.Add($"rule {rule.Id}");
            if (path.Count > 1 && rule == start)
                return true;
            if (path.Count > RoutingDocument.MostRules || rule.Actions[0].Constant is not Destination.Number { Digits: var digits })
                return false;
            if (table.RulesOf(context).FirstOrDefault(one => one.Numbers is null || one.Numbers.Any(pattern => pattern.Matches(digits))) is not { IsUnconditional: true } next)
                return false;

            rule = next;
        }
    }

    private static bool Circles(RoutingTable table, RingGroup start, List<string> path)
    {
        var group = start;
        while (true)
        {
            path.Add($"group {group.Name}");
            if (path.Count > 1 && group == start)
                return true;
            if (path.Count > RoutingDocument.MostGroups || group.Otherwise is not Destination.Group { Name: var name } || table.FindGroup(name) is not { } next)
                return false;

            group = next;
        }
    }
}
