namespace Tandem.Media.Rtcp;

/// <summary>Limits and times of our own RTCP. A value that is out of range is named by <see cref="Problem"/>.</summary>
public sealed record RtcpOptions
{
    /// <summary>The shortest mean time between two reports. Default 5 s (RFC 3550 §6.2); the first comes after half of it.</summary>
    public TimeSpan MinInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Bytes a second for the RTCP of all members of a session. Default 500: 5 % of a G.711 stream with its headers (RFC 3550 §6.2).</summary>
    public int BytesPerSecond { get; init; } = 500;

    /// <summary>Sources of one session that are remembered. Default 64; further ones are not counted, which only makes us report too often.</summary>
    public int MaxMembers { get; init; } = 64;

    /// <summary>Names the first value that cannot work, or null.</summary>
    public string? Problem()
    {
        if (MinInterval < TimeSpan.FromMilliseconds(100) || MinInterval > TimeSpan.FromMinutes(2))
            return $"MinInterval {MinInterval}: 100 ms to 2 min is expected";
        if (BytesPerSecond < 50)
            return $"BytesPerSecond {BytesPerSecond}: 50 or more is expected";
        if (MaxMembers is < 4 or > 10_000)
            return $"MaxMembers {MaxMembers}: 4 to 10,000 is expected";
        return null;
    }
}
