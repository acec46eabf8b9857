namespace Tandem.Calls.Routing.Rules;

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
