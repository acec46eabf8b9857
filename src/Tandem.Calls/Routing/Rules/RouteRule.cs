using Tandem.Calls.Trunks;

namespace Tandem.Calls.Routing.Rules;

/// <summary>A rule, ready to be asked. Immutable.</summary>
internal sealed class RouteRule
{
    public required string Id { get; init; }

    public required string Context { get; init; }

    public required int Priority { get; init; }

    public IReadOnlyList<NumberPattern>? Numbers { get; init; }

    public IReadOnlyList<NumberPattern>? Callers { get; init; }

    public IReadOnlyList<string>? Trunks { get; init; }

    public IReadOnlyList<WeekHours>? Hours { get; init; }

    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    public Calendar? Calendar { get; init; }

    public string During { get; init; } = "open";

    public IReadOnlyList<HeaderCondition>? Headers { get; init; }

    public required IReadOnlyList<RouteAction> Actions { get; init; }

    /// <summary>True when nothing but the number decides whether it fits.</summary>
    public bool IsUnconditional => Callers is null && Trunks is null && Hours is null && Calendar is null && Headers is null;

    /// <summary>Null when the rule fits, else what does not, in words.</summary>
    public string? WhyNot(in RuleSubject subject)
    {
        if (Numbers is { } numbers && !Any(numbers, subject.Number) && (subject.E164.Length == 0 || !Any(numbers, subject.E164)))
            return "the number does not fit";
        if (Callers is { } callers && !Any(callers, subject.Caller))
            return "the caller does not fit";
        if (Trunks is { } trunks && (subject.Trunk is not { } trunk || !trunks.Contains(trunk.Id.Value, StringComparer.Ordinal)))
            return "the call does not come by one of these trunks";
        if (Hours is { } hours)
        {
            var local = TimeZoneInfo.ConvertTime(subject.At, Zone).DateTime;
            if (!hours.Any(one => one.Has(local)))
                return $"it is {local:dddd HH:mm} in {Zone.Id}";
        }

        if (Calendar is { } calendar && WhyNot(calendar, subject.At) is { } closed)
            return closed;
        foreach (var header in Headers ?? [])
        {
            if (!header.Fits(subject))
                return $"header {header.Name} does not fit";
        }

        return null;
    }

    private string? WhyNot(Calendar calendar, DateTimeOffset at)
    {
        var state = calendar.At(at, out var local, out var holiday);
        var fits = During switch
        {
            "open" => state == CalendarState.Open,
            "holiday" => state == CalendarState.Holiday,
            _ => state != CalendarState.Open,
        };
        return fits ? null : $"calendar {calendar.Name} says {(state == CalendarState.Holiday ? holiday : state.ToString())} ({local:dddd HH:mm})";
    }

    private static bool Any(IReadOnlyList<NumberPattern> patterns, string number)
    {
        for (var i = 0; i < patterns.Count; i++)
        {
            if (patterns[i].Matches(number))
                return true;
        }

        return false;
    }
}

/// <summary>What rules are asked about.</summary>
/// <param name="Context">Whose call it is.</param>
/// <param name="Number">What was dialled.</param>
/// <param name="E164">The same in E.164; empty when it is no such number.</param>
/// <param name="Caller">Who calls.</param>
/// <param name="Trunk">The profile that the call comes by; null for a phone.</param>
/// <param name="At">When.</param>
/// <param name="Headers">Gives the values of a header field of the INVITE; null when there is no INVITE.</param>
internal readonly record struct RuleSubject(
    string Context, string Number, string E164, string Caller, SipProfile? Trunk, DateTimeOffset At, Func<string, IReadOnlyList<string>>? Headers);
