namespace Tandem.Calls.Routing.Rules;

/// <summary>A day that is not like the others.</summary>
public sealed record HolidayBody
{
    /// <summary><c>2026-12-25</c>, or <c>12-25</c> for every year.</summary>
    public string Date { get; set; } = "";

    /// <summary>The last day, where there are several.</summary>
    public string? Until { get; set; }

    public string Name { get; set; } = "";
}
