namespace Tandem.Calls.Security.Toll;

/// <summary>The hours at which nobody should be at work: then calls go only where <see cref="Allowed"/> says.</summary>
/// <param name="From">The office closes, local time.</param>
/// <param name="To">It opens again; before <paramref name="From"/> when that is on the next morning.</param>
/// <param name="ClosedDays">Days on which it does not open at all.</param>
/// <param name="Allowed">Entries as in <see cref="TollRules.Allowed"/>; empty: nowhere.</param>
public sealed record ClosedHours(TimeOnly From, TimeOnly To, IReadOnlyList<DayOfWeek> ClosedDays, IReadOnlyList<string> Allowed)
{
    /// <summary>Whether it is closed at that local time.</summary>
    public bool Has(DateTime local)
    {
        if (ClosedDays.Contains(local.DayOfWeek))
            return true;

        var time = TimeOnly.FromDateTime(local);
        return From <= To ? time >= From && time < To : time >= From || time < To;
    }

    /// <summary>What is wrong, or null.</summary>
    public string? Problem()
    {
        if (From == To && ClosedDays.Count == 0)
            return "hours: from and to are equal; accepted: two different times of a day, as 19:00 and 07:00";
        if (Allowed.Count > TollRules.MostEntries || Allowed.FirstOrDefault(entry => !Destinations.IsEntry(entry)) is not null)
            return "hours.allowed: accepted are ISO codes of countries (GB), E.164 prefixes (4420), home, *";

        return null;
    }
}
