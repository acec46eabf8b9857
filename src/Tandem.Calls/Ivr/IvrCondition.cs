using System.Globalization;
using System.Text.RegularExpressions;

namespace Tandem.Calls.Ivr;

/// <summary>When a case of a branch holds: all that is given must. Immutable, pure.</summary>
public sealed record IvrCondition
{
    /// <summary>The variable that is looked at; empty for none.</summary>
    public string Variable { get; init; } = "";

    /// <summary>It is one of these; null for any value.</summary>
    public IReadOnlyList<string>? OneOf { get; init; }

    /// <summary>It matches as a whole; null for any value.</summary>
    public Regex? Matches { get; init; }

    /// <summary>It is set and not empty, or it is not; null for either.</summary>
    public bool? IsSet { get; init; }

    /// <summary>It is a number of at least this; null for any value.</summary>
    public decimal? AtLeast { get; init; }

    /// <summary>It is a number of at most this; null for any value.</summary>
    public decimal? AtMost { get; init; }

    /// <summary>The caller is one of these; a star at the end stands for anything. Null for anybody.</summary>
    public IReadOnlyList<string>? Caller { get; init; }

    /// <summary>The dialled number is one of these. Null for any.</summary>
    public IReadOnlyList<string>? Called { get; init; }

    /// <summary>Hours of the day, from (included) to (not included), over midnight where the second is earlier; null for any.</summary>
    public (TimeOnly From, TimeOnly To)? Hours { get; init; }

    /// <summary>Days of the week; null for any.</summary>
    public IReadOnlySet<DayOfWeek>? Days { get; init; }

    /// <summary>Days of the calendar, first and last; null for any.</summary>
    public IReadOnlyList<(DateOnly First, DateOnly Last)>? Dates { get; init; }

    /// <summary>Whether it holds.</summary>
    /// <param name="variables">What the run knows.</param>
    /// <param name="caller">Who calls.</param>
    /// <param name="called">The number that was dialled.</param>
    /// <param name="local">The time where the tenant is.</param>
    public bool Holds(IvrVariables variables, string caller, string called, DateTime local) =>
        HoldsValue(variables) && IsAmong(Caller, caller) && IsAmong(Called, called) && HoldsTime(local);

    private bool HoldsValue(IvrVariables variables)
    {
        if (Variable.Length == 0)
            return true;

        var value = variables[Variable];
        if (OneOf is { } values && !values.Contains(value, StringComparer.Ordinal))
            return false;
        if (IsSet is { } isSet && isSet != value.Length > 0)
            return false;
        if (AtLeast is not null || AtMost is not null)
        {
            if (!decimal.TryParse(value, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) || number < AtLeast || number > AtMost)
                return false;
        }

        return Matches is null || IsMatch(Matches, value);
    }

    /// <summary>Whether a text matches; one for which the pattern takes too long does not.</summary>
    internal static bool IsMatch(Regex pattern, string text)
    {
        try
        {
            return pattern.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    private static bool IsAmong(IReadOnlyList<string>? patterns, string number) =>
        patterns is null || patterns.Any(pattern => pattern.EndsWith('*') ? number.StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal) : number == pattern);

    private bool HoldsTime(DateTime local)
    {
        var (day, time) = (DateOnly.FromDateTime(local), TimeOnly.FromDateTime(local));
        if (Hours is { } hours && !(hours.From <= hours.To ? time >= hours.From && time < hours.To : time >= hours.From || time < hours.To))
            return false;

        return (Days is null || Days.Contains(local.DayOfWeek)) && (Dates is null || Dates.Any(range => day >= range.First && day <= range.Last));
    }
}
