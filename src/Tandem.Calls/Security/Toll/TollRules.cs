namespace Tandem.Calls.Security.Toll;

/// <summary>
/// What a tenant, or one profile of it, may spend on calls to outside. The defaults let a small office work and end an abuse within
/// minutes: who needs more says so.
/// </summary>
public sealed record TollRules
{
    public static readonly TollRules Default = new();

    /// <summary>The most entries of a list. A rule set is looked at for every call.</summary>
    public const int MostEntries = 1_000;

    private const int MostAlways = 20;

    /// <summary>
    /// Where calls may go: ISO 3166 codes (<c>GB</c>), E.164 prefixes (<c>4420</c>), <c>home</c> for the country of the profile's own
    /// number, <c>*</c> for everywhere. The longest entry that fits decides; default: home.
    /// </summary>
    public IReadOnlyList<string> Allowed { get; init; } = ["home"];

    /// <summary>What is closed although <see cref="Allowed"/> has it, in the same words; the longer of both decides, and this one where they are equal.</summary>
    public IReadOnlyList<string> Closed { get; init; } = [];

    /// <summary>E.164 prefixes of premium or satellite numbers that may be called. Default: none.</summary>
    public IReadOnlyList<string> OpenPremium { get; init; } = [];

    /// <summary>Short codes as they are dialled that nothing here stops, no cap and no block: those of help. Default 112, 911 and 999.</summary>
    public IReadOnlyList<string> AlwaysAllowed { get; init; } = ["112", "911", "999"];

    /// <summary>Calls to outside at once. Default 20: a small office; 0 closes the way out.</summary>
    public int MaxConcurrent { get; init; } = 20;

    /// <summary>New calls to outside in 60 seconds. Default 30. One more blocks the way out for <see cref="BlockFor"/>.</summary>
    public int MaxPerMinute { get; init; } = 30;

    /// <summary>Refused destinations in 60 seconds after which the way out is blocked. Default 10: a person gives up earlier, a program does not.</summary>
    public int MaxRefusedPerMinute { get; init; } = 10;

    /// <summary>How long a trip blocks, unless it is lifted. Default one hour; zero: until it is lifted.</summary>
    public TimeSpan BlockFor { get; init; } = TimeSpan.FromHours(1);

    /// <summary>What may be spent in a day of <see cref="TimeZone"/>, in the currency of the price list; null for no cap. Counts only where there are prices.</summary>
    public decimal? MaxSpendPerDay { get; init; }

    /// <summary>The longest call to outside. Default 4 hours: a line that nobody hung up costs no more. Null for no end.</summary>
    public TimeSpan? LongestCall { get; init; } = TimeSpan.FromHours(4);

    /// <summary>When the office is closed; null for never.</summary>
    public ClosedHours? Hours { get; init; }

    /// <summary>IANA name of the time zone of <see cref="Hours"/> and of the day of <see cref="MaxSpendPerDay"/>.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>What is wrong with these rules, or null: names the value and what is accepted.</summary>
    public string? Problem()
    {
        foreach (var (name, list) in new[] { ("allowed", Allowed), ("closed", Closed) })
        {
            if (list.Count > MostEntries)
                return $"{name} has {list.Count} entries; accepted: at most {MostEntries}";
            if (list.FirstOrDefault(entry => !Destinations.IsEntry(entry)) is { } bad)
                return $"{name} has '{bad}'; accepted: ISO codes of countries (GB), E.164 prefixes of 1 to 15 digits (4420), home, *";
        }

        if (OpenPremium.Count > MostEntries || OpenPremium.FirstOrDefault(entry => !Destinations.IsPrefix(entry)) is not null)
            return $"openPremium: accepted are at most {MostEntries} E.164 prefixes of 1 to 15 digits, without a plus sign";
        if (AlwaysAllowed.Count > MostAlways || AlwaysAllowed.FirstOrDefault(entry => entry.Length is < 2 or > 6 || entry.AsSpan().ContainsAnyExceptInRange('0', '9')) is not null)
            return $"alwaysAllowed: accepted are at most {MostAlways} numbers of 2 to 6 digits";
        if (MaxConcurrent is < 0 or > 1_000_000 || MaxPerMinute is < 0 or > 1_000_000 || MaxRefusedPerMinute is < 1 or > 1_000_000)
            return "maxConcurrent and maxPerMinute: accepted are 0 to 1000000; maxRefusedPerMinute: 1 to 1000000";
        if (BlockFor < TimeSpan.Zero || BlockFor > TimeSpan.FromDays(365))
            return "blockFor: accepted are 0 (until lifted) to 365 days";
        if (MaxSpendPerDay is < 0)
            return $"maxSpendPerDay is {MaxSpendPerDay}; accepted: 0 or more";
        if (LongestCall is { } longest && (longest < TimeSpan.FromSeconds(1) || longest > TimeSpan.FromDays(7)))
            return "longestCall: accepted are 1 second to 7 days";
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _))
            return $"timeZone is '{TimeZone}'; accepted: IANA names as Europe/Berlin";

        return Hours?.Problem();
    }
}
