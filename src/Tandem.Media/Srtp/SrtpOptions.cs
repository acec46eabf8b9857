namespace Tandem.Media.Srtp;

/// <summary>Limits of the SRTP contexts.</summary>
public sealed record SrtpOptions
{
    /// <summary>The defaults.</summary>
    public static SrtpOptions Default { get; } = new();

    /// <summary>
    /// SSRCs that one direction of one transport remembers. Default 64: a browser's bundle of audio and several video streams with their
    /// repair streams. An authentic packet of one more SSRC takes the place of the one that was silent longest.
    /// </summary>
    public int MaxSsrcs { get; init; } = 64;

    /// <summary>
    /// Packets behind the newest one that are still taken, per SSRC; a multiple of 64. Default 1024, as browsers have it: a second of
    /// video. RFC 3711 §3.3.2 asks for 64 at least.
    /// </summary>
    public int ReplayWindow { get; init; } = 1024;

    /// <summary>How long packets under the previous key are taken after a new one came. Default 5 s: what was on its way during the answer (RFC 4568 §7.1.4).</summary>
    public TimeSpan KeyGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The first value that is out of range with what is expected, or null.</summary>
    public string? Problem()
    {
        if (MaxSsrcs is < 1 or > 4096)
            return $"MaxSsrcs {MaxSsrcs}: 1 to 4096 is expected";
        if (ReplayWindow is < 64 or > 32768 || ReplayWindow % 64 != 0)
            return $"ReplayWindow {ReplayWindow}: a multiple of 64 from 64 to 32768 is expected";
        if (KeyGrace < TimeSpan.Zero)
            return "KeyGrace: a time of 0 or more is expected";
        return null;
    }
}
