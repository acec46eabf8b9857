namespace Tandem.Media.Ice;

/// <summary>Limits and times of ICE. A value that is out of range is named by <see cref="Problem"/>.</summary>
public sealed record IceOptions
{
    /// <summary>
    /// Addresses of a peer that are remembered for one transport. Default 16: a browser has two to six; a new one beyond them takes the
    /// place of the one that was silent longest.
    /// </summary>
    public int MaxPairs { get; init; } = 16;

    /// <summary>
    /// Signed checks answered a second on one transport, and as many at once. Default 100: a browser that begins sends 20 to 50.
    /// Further ones are dropped and counted; the peer sends them again.
    /// </summary>
    public int MaxChecksPerSecond { get; init; } = 100;

    /// <summary>Errors that unsigned or wrongly signed checks get a second on one transport. Default 10: a hint for people who look for a fault.</summary>
    public int MaxRefusalsPerSecond { get; init; } = 10;

    /// <summary>Without a sign of consent for so long nothing is sent to an address any more. Default 30 s (RFC 7675 §5.1).</summary>
    public TimeSpan ConsentTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Silence of the peer's own checks after which we send checks to see that it still consents. Default 8 s: browsers check each 2 to
    /// 6 s, older phones never again once ICE is done. Zero: we never check, as a lite agent may (RFC 7675 §4).
    /// </summary>
    public TimeSpan CheckAfter { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Time between two checks of ours, within 20 %. Default 5 s, at least 4 s (RFC 7675 §5.1).</summary>
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// A nomination of lower priority so soon after one of higher priority moves nothing: the peer nominates every pair that works
    /// (RFC 5245 §8.1.1.2). Default 500 ms; later it means that the peer has changed its mind.
    /// </summary>
    public TimeSpan NominationSettle { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Names the first value that cannot work, or null.</summary>
    public string? Problem()
    {
        if (MaxPairs is < 2 or > 256)
            return $"MaxPairs {MaxPairs}: 2 to 256 is expected";
        if (MaxChecksPerSecond < 1 || MaxRefusalsPerSecond < 0)
            return "MaxChecksPerSecond, MaxRefusalsPerSecond: 1 or more, 0 or more is expected";
        if (ConsentTimeout < TimeSpan.FromSeconds(5))
            return $"ConsentTimeout {ConsentTimeout}: 5 s or more is expected";
        if (CheckAfter < TimeSpan.Zero || NominationSettle < TimeSpan.Zero)
            return "CheckAfter, NominationSettle: a time of 0 or more is expected";
        if (CheckInterval < TimeSpan.FromSeconds(4))
            return $"CheckInterval {CheckInterval}: 4 s or more is expected (RFC 7675 §5.1)";
        return null;
    }
}
