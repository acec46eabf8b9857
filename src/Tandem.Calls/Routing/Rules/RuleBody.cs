namespace Tandem.Calls.Routing.Rules;

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
