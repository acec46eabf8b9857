using Tandem.Core.Net;

namespace Tandem.Sip.Transport;

/// <summary>The guard against floods and guessing of secrets.</summary>
public sealed record SourceGuardOptions
{
    /// <summary>Failed authentications of one source within <see cref="FailureWindow"/> that ban it. Default 10: a phone with a wrong secret tries once in a while. 0: never ban.</summary>
    public int MaxFailures { get; init; } = 10;

    /// <summary>The time in which failures are counted together. Default 60 s.</summary>
    public TimeSpan FailureWindow { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a ban lasts. Default 10 minutes: it makes guessing hopeless, and a wrong ban ends by itself.</summary>
    public TimeSpan BanDuration { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Sources with failures that are counted at the same time. Default 65,536. When full, the count that is oldest is
    /// forgotten; a ban never is.
    /// </summary>
    public int MaxTrackedSources { get; init; } = 65_536;

    /// <summary>
    /// Bans at the same time. Default 65,536. When full, a new offender is not banned (and counted as such) rather than
    /// that an old one is let in.
    /// </summary>
    public int MaxBans { get; init; } = 65_536;

    /// <summary>
    /// Messages per second and source that are taken. Default 5,000, which a sipp at 400 calls/s behind one address does
    /// not reach; 0: no limit.
    /// </summary>
    public int MessagesPerSecond { get; init; } = 5_000;

    /// <summary>Messages that a source may send at once after a pause. Default 10,000, two seconds of the rate.</summary>
    public int MessageBurst { get; init; } = 10_000;

    /// <summary>
    /// Sources whose rate is followed at the same time. Default 16,384 (about 0.8 MB). When full, the source that used
    /// least of its allowance makes room.
    /// </summary>
    public int MaxMeteredSources { get; init; } = 16_384;

    /// <summary>Leading bits of an IPv6 address that make one source. Default 64: one subscriber has a whole /64 to choose from.</summary>
    public int Ipv6PrefixBits { get; init; } = 64;

    /// <summary>Networks that are neither banned nor limited, for example those of trunks. Default none: loopback is treated like everyone else.</summary>
    public IReadOnlyList<NetPrefix> ExemptNetworks { get; init; } = [];
}
