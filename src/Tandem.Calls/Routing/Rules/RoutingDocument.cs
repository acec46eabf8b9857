namespace Tandem.Calls.Routing.Rules;

/// <summary>
/// What a tenant says about the ways of its calls: one document, which is checked and takes effect as a whole. Its members are those of the API,
/// of the database and of exported files.
/// </summary>
/// <remarks>The members can be set: what reads JSON would give those of <c>init</c> no default.</remarks>
public sealed record RoutingDocument
{
    public const int MostRules = 1_000;
    public const int MostGroups = 500;
    public const int MostCalendars = 100;

    public static readonly RoutingDocument Empty = new();

    /// <summary>How people of the tenant write numbers; null: a number is taken as it is dialled.</summary>
    public NumberingBody? Numbering { get; set; }

    /// <summary>The rules; of a context the one with the lowest priority that fits decides, and of equal ones the first.</summary>
    public IReadOnlyList<RuleBody> Rules { get; set; } = [];

    public IReadOnlyList<GroupBody> Groups { get; set; } = [];

    public IReadOnlyList<CalendarBody> Calendars { get; set; } = [];

    /// <summary>The same with nothing where somebody wrote null: what comes from outside may.</summary>
    public RoutingDocument Normalized() => this with
    {
        Rules = [.. (Rules ?? []).Select(static rule => (rule ?? new RuleBody()).Normalized())],
        Groups = [.. (Groups ?? []).Select(static group => (group ?? new GroupBody()).Normalized())],
        Calendars = [.. (Calendars ?? []).Select(static calendar => (calendar ?? new CalendarBody()).Normalized())],
    };
}
