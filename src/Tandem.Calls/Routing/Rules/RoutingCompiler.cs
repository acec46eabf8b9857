using System.Globalization;

namespace Tandem.Calls.Routing.Rules;

/// <summary>Makes a table of a document, and names everything that is wrong with it.</summary>
public static class RoutingCompiler
{
    private const int MostProblems = 100;
    private const int MostPatterns = 200;
    private const int MostActions = 16;

    /// <summary>The table, and what is wrong; null when anything of it is fatal.</summary>
    /// <param name="document">What people wrote.</param>
    /// <param name="exists">Whether a destination outside of the document exists; null for no word of that. Default: all do.</param>
    public static (RoutingTable? Table, IReadOnlyList<RoutingProblem> Problems) Compile(RoutingDocument document, Func<Destination, bool>? exists = null)
    {
        var problems = new List<RoutingProblem>();
        if (document.Rules.Count > RoutingDocument.MostRules || document.Groups.Count > RoutingDocument.MostGroups || document.Calendars.Count > RoutingDocument.MostCalendars)
        {
            problems.Add(new RoutingProblem("", $"up to {RoutingDocument.MostRules} rules, {RoutingDocument.MostGroups} groups and {RoutingDocument.MostCalendars} calendars are accepted", true));
            return (null, problems);
        }

        if (document.Numbering is { } numbering && NumberingProblem(numbering) is { } wrong)
            Fatal(problems, "numbering", wrong);

        var calendars = Calendars(document, problems);
        var groups = Groups(document, problems);
        var rules = new List<RouteRule>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var body in document.Rules)
        {
            var where = $"rules[{body.Id}]";
            if (!DestinationText.IsName(body.Id) || !names.Add(body.Id))
                Fatal(problems, where, "id: a name of its own is needed, 1 to 64 letters, digits, dots, underlines and dashes");
            else if (Rule(body, calendars, where, problems) is { } rule && body.Enabled)
                rules.Add(rule);
        }

        if (problems.Exists(problem => problem.IsFatal))
            return (null, problems);

        var table = new RoutingTable(document, rules, groups);
        RoutingChecks.Run(table, exists, problems);
        if (problems.Count > MostProblems)
            problems.RemoveRange(MostProblems, problems.Count - MostProblems);
        return (problems.Exists(problem => problem.IsFatal) ? null : table, problems);
    }

    private static RouteRule? Rule(RuleBody body, Dictionary<string, Calendar> calendars, string where, List<RoutingProblem> problems)
    {
        var before = problems.Count;
        if (!DestinationText.IsName(body.Context))
            Fatal(problems, $"{where}.context", "1 to 64 letters, digits, dots, underlines and dashes are accepted");
        if (body.Priority is < 0 or > 9_999)
            Fatal(problems, $"{where}.priority", "0 to 9999 are accepted");
        if (body.During is not ("open" or "closed" or "holiday"))
            Fatal(problems, $"{where}.during", "open, closed and holiday are accepted");
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(body.TimeZone, out var zone))
            Fatal(problems, $"{where}.timeZone", $"{body.TimeZone} is not known; names as Europe/London are accepted");
        Calendar? calendar = null;
        if (body.Calendar is { } name && !calendars.TryGetValue(name, out calendar))
            Fatal(problems, $"{where}.calendar", $"there is no calendar {name}");
        if (body.Actions.Count is 0 or > MostActions)
            Fatal(problems, $"{where}.actions", $"1 to {MostActions} are accepted");

        var rule = new RouteRule
        {
            Id = body.Id,
            Context = body.Context,
            Priority = body.Priority,
            Numbers = Patterns(body.Numbers, $"{where}.numbers", problems),
            Callers = Patterns(body.Callers, $"{where}.callers", problems),
            Trunks = body.Trunks,
            Hours = Hours(body.Hours, $"{where}.hours", problems),
            Zone = zone ?? TimeZoneInfo.Utc,
            Calendar = calendar,
            During = body.During,
            Headers = Headers(body.Headers, $"{where}.headers", problems),
            Actions = Actions(body.Actions, where, problems),
        };
        return problems.Count == before ? rule : null;
    }

    private static List<RouteAction> Actions(IReadOnlyList<ActionBody> bodies, string where, List<RoutingProblem> problems)
    {
        var actions = new List<RouteAction>(bodies.Count);
        foreach (var body in bodies)
        {
            var (action, problem) = RouteAction.Read(body);
            if (action is null)
                Fatal(problems, string.Create(CultureInfo.InvariantCulture, $"{where}.actions[{actions.Count}]"), problem);
            else
                actions.Add(action);
        }

        return actions;
    }

    private static List<NumberPattern>? Patterns(IReadOnlyList<string>? texts, string where, List<RoutingProblem> problems)
    {
        if (texts is null)
            return null;
        if (texts.Count is 0 or > MostPatterns)
            Fatal(problems, where, $"1 to {MostPatterns} patterns are accepted, or none at all for every number");

        var patterns = new List<NumberPattern>(texts.Count);
        foreach (var text in texts)
        {
            if (NumberPattern.TryParse(text, out var pattern, out var problem))
                patterns.Add(pattern);
            else
                Fatal(problems, where, problem);
        }

        return patterns;
    }

    private static List<WeekHours>? Hours(IReadOnlyList<HoursBody>? bodies, string where, List<RoutingProblem> problems)
    {
        if (bodies is null)
            return null;

        var list = new List<WeekHours>(bodies.Count);
        foreach (var body in bodies)
        {
            var (hours, problem) = WeekHours.Read(body);
            if (hours is null)
                Fatal(problems, where, problem);
            else
                list.Add(hours);
        }

        return list;
    }

    private static List<HeaderCondition>? Headers(IReadOnlyDictionary<string, string>? bodies, string where, List<RoutingProblem> problems)
    {
        if (bodies is null)
            return null;

        var list = new List<HeaderCondition>(bodies.Count);
        foreach (var (name, value) in bodies)
        {
            var (condition, problem) = HeaderCondition.Read(name, value ?? "");
            if (condition is null)
                Fatal(problems, where, problem);
            else
                list.Add(condition);
        }

        return list;
    }

    private static Dictionary<string, Calendar> Calendars(RoutingDocument document, List<RoutingProblem> problems)
    {
        var calendars = new Dictionary<string, Calendar>(StringComparer.Ordinal);
        foreach (var body in document.Calendars)
        {
            var (calendar, problem) = Calendar.Read(body);
            if (calendar is null)
                Fatal(problems, $"calendars[{body.Name}]", problem);
            else if (!calendars.TryAdd(body.Name, calendar))
                Fatal(problems, $"calendars[{body.Name}]", "there is another one of that name");
        }

        return calendars;
    }

    private static Dictionary<string, RingGroup> Groups(RoutingDocument document, List<RoutingProblem> problems)
    {
        var groups = new Dictionary<string, RingGroup>(StringComparer.Ordinal);
        foreach (var body in document.Groups)
        {
            var (group, problem) = RingGroup.Read(body);
            if (group is null)
                Fatal(problems, $"groups[{body.Name}]", problem);
            else if (!groups.TryAdd(body.Name, group))
                Fatal(problems, $"groups[{body.Name}]", "there is another one of that name");
        }

        return groups;
    }

    private static string? NumberingProblem(NumberingBody body)
    {
        if (body.CountryCode.Length > 3 || body.CountryCode.Any(c => !char.IsAsciiDigit(c)) || body.CountryCode.StartsWith('0'))
            return "countryCode: up to three digits are accepted, as 44";

        return body.NationalPrefix.Length > 4 || body.InternationalPrefix.Length > 5 || (body.NationalPrefix + body.InternationalPrefix).Any(c => !char.IsAsciiDigit(c))
            ? "nationalPrefix, internationalPrefix: digits are accepted, as 0 and 00"
            : null;
    }

    private static void Fatal(List<RoutingProblem> problems, string where, string text) => problems.Add(new RoutingProblem(where, text, true));
}
