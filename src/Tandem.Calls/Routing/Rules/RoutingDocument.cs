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

/// <summary>How numbers are written where the tenant is.</summary>
public sealed record NumberingBody
{
    /// <summary>For example <c>44</c>.</summary>
    public string CountryCode { get; set; } = "";

    /// <summary>Before a national number, for example <c>0</c>.</summary>
    public string NationalPrefix { get; set; } = "0";

    /// <summary>Before a country code, for example <c>00</c>.</summary>
    public string InternationalPrefix { get; set; } = "00";
}

/// <summary>A rule: when all that it names fits, its actions are tried in order. What it does not name fits always.</summary>
public sealed record RuleBody
{
    /// <summary>Its name: 1 to 64 letters, digits, dots, underlines and dashes.</summary>
    public string Id { get; set; } = "";

    public string Description { get; set; } = "";

    public bool Enabled { get; set; } = true;

    /// <summary>Whose calls: <c>inside</c> phones of the tenant, <c>outside</c> its providers, or the name that an extension or a profile was given.</summary>
    public string Context { get; set; } = RuleContexts.Inside;

    /// <summary>0 to 9999; lower ones are looked at first.</summary>
    public int Priority { get; set; } = 100;

    /// <summary>Patterns of the dialled number (<see cref="NumberPattern"/>); those that begin with <c>+</c> are compared with the number in E.164 too.</summary>
    public IReadOnlyList<string>? Numbers { get; set; }

    /// <summary>Patterns of who calls.</summary>
    public IReadOnlyList<string>? Callers { get; set; }

    /// <summary>Ids of the SIP profiles that the call may come by.</summary>
    public IReadOnlyList<string>? Trunks { get; set; }

    /// <summary>Hours at which the rule holds, in <see cref="TimeZone"/>.</summary>
    public IReadOnlyList<HoursBody>? Hours { get; set; }

    /// <summary>Where these hours are: <c>Europe/London</c>. UTC unless said.</summary>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>A calendar, and <see cref="During"/> what it must say.</summary>
    public string? Calendar { get; set; }

    /// <summary><c>open</c>, <c>closed</c> (holidays included) or <c>holiday</c>.</summary>
    public string During { get; set; } = "open";

    /// <summary>Header fields of the INVITE, and a pattern or text that one of their values must be; empty: the field must be there.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; set; }

    /// <summary>What is tried, in order, until one answers.</summary>
    public IReadOnlyList<ActionBody> Actions { get; set; } = [];

    internal RuleBody Normalized() => this with
    {
        Id = Id ?? "",
        Description = Description ?? "",
        Context = Context ?? "",
        TimeZone = TimeZone ?? "",
        During = During ?? "",
        Numbers = Numbers?.Select(static one => one ?? "").ToList(),
        Callers = Callers?.Select(static one => one ?? "").ToList(),
        Trunks = Trunks?.Select(static one => one ?? "").ToList(),
        Hours = Hours?.Select(static one => one ?? new HoursBody()).ToList(),
        Actions = [.. (Actions ?? []).Select(static one => (one ?? new ActionBody()) is var action ? action with { To = action.To ?? "", Prefix = action.Prefix ?? "" } : action)],
    };
}

/// <summary>One thing that a rule tries.</summary>
public sealed record ActionBody
{
    /// <summary>A destination. <c>{number}</c> in it is the dialled number after <see cref="Strip"/> and <see cref="Prefix"/>, <c>{e164}</c> the dialled number in E.164.</summary>
    public string To { get; set; } = "";

    /// <summary>How long it rings before the next one; null for what the installation says.</summary>
    public int? RingSeconds { get; set; }

    /// <summary>Digits that are taken from the front of the dialled number.</summary>
    public int Strip { get; set; }

    /// <summary>Digits that are put before it then.</summary>
    public string Prefix { get; set; } = "";

    /// <summary>The number that a called provider shows; null for that of its profile.</summary>
    public string? CallerId { get; set; }

    /// <summary>Only for trunks: ids of profiles with weights, instead of all profiles of the tenant.</summary>
    public IReadOnlyDictionary<string, int>? Profiles { get; set; }
}

/// <summary>Extensions that ring for one destination.</summary>
public sealed record GroupBody
{
    public string Name { get; set; } = "";

    public string Description { get; set; } = "";

    /// <summary><c>all</c>, <c>inTurn</c>, <c>random</c> or <c>longestIdle</c>.</summary>
    public string Strategy { get; set; } = "all";

    /// <summary>Numbers of extensions, 1 to 64.</summary>
    public IReadOnlyList<string> Members { get; set; } = [];

    /// <summary>How long each rings, or all together.</summary>
    public int RingSeconds { get; set; } = 20;

    /// <summary>Members that are in a call do not ring.</summary>
    public bool SkipBusy { get; set; } = true;

    /// <summary>Where the call goes when nobody answers; null for nowhere.</summary>
    public string? Otherwise { get; set; }

    internal GroupBody Normalized() => this with { Name = Name ?? "", Description = Description ?? "", Strategy = Strategy ?? "", Members = [.. (Members ?? []).Select(static one => one ?? "")] };
}

/// <summary>When people are there.</summary>
public sealed record CalendarBody
{
    public string Name { get; set; } = "";

    public string TimeZone { get; set; } = "UTC";

    /// <summary>The hours of a normal week.</summary>
    public IReadOnlyList<HoursBody> Open { get; set; } = [];

    public IReadOnlyList<HolidayBody> Holidays { get; set; } = [];

    internal CalendarBody Normalized() => this with
    {
        Name = Name ?? "",
        TimeZone = TimeZone ?? "",
        Open = [.. (Open ?? []).Select(static one => one ?? new HoursBody())],
        Holidays = [.. (Holidays ?? []).Select(static one => (one ?? new HolidayBody()) is var day ? day with { Date = day.Date ?? "", Name = day.Name ?? "" } : day)],
    };
}

/// <summary>Hours of some days of the week.</summary>
public sealed record HoursBody
{
    /// <summary>Names of days, <c>Monday</c>; null for every day.</summary>
    public IReadOnlyList<string>? Days { get; set; }

    /// <summary><c>09:00</c></summary>
    public string From { get; set; } = "00:00";

    /// <summary><c>18:00</c>, not included; <c>24:00</c> for the end of the day. Before <see cref="From"/>: on the next day.</summary>
    public string To { get; set; } = "24:00";
}

/// <summary>A day that is not like the others.</summary>
public sealed record HolidayBody
{
    /// <summary><c>2026-12-25</c>, or <c>12-25</c> for every year.</summary>
    public string Date { get; set; } = "";

    /// <summary>The last day, where there are several.</summary>
    public string? Until { get; set; }

    public string Name { get; set; } = "";
}
