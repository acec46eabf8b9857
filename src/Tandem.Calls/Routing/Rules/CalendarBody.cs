namespace Tandem.Calls.Routing.Rules;

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
