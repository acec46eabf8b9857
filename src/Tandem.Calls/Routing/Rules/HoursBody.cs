namespace Tandem.Calls.Routing.Rules;

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
