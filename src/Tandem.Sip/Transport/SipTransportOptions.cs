using Tandem.Sip.Parsing;

namespace Tandem.Sip.Transport;

/// <summary>The sockets of SIP and their limits.</summary>
public sealed record SipTransportOptions
{
    /// <summary>Where to listen. Each address should be there for UDP and for TCP (RFC 3261 §18.2.1). Default none.</summary>
    public IReadOnlyList<SipListener> Listeners { get; init; } = [];

    /// <summary>What a message may cost.</summary>
    public SipLimits Limits { get; init; } = SipLimits.Default;

    /// <summary>Who reads the UDP sockets. Default: each shard its own.</summary>
    public UdpReceiveMode UdpReceiveMode { get; init; } = UdpReceiveMode.SocketPerShard;

    /// <summary>Bytes that the system may keep for each UDP socket in either direction. Default 4 MiB, some thousand messages; the system may grant less.</summary>
    public int UdpBufferBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Datagrams shorter than this are dropped unread. Default 20: not even a start line fits.</summary>
    public int MinDatagramBytes { get; init; } = 20;

    /// <summary>
    /// Stream connections in all. Default 15,000: 10,000 phones on TCP and some thousand more on TLS, with room for those that come back
    /// before their old connection is gone. An idle one costs some kilobytes and a file descriptor: the limit of the process must be higher.
    /// </summary>
    public int MaxConnections { get; init; } = 15_000;

    /// <summary>
    /// When nearly all places are taken (95 %), accepted connections without a registration that are quiet for so long are closed, the quietest
    /// first, until 10 % are free. Default 32 s, 64*T1: no transaction needs them any more (RFC 3261 §18).
    /// </summary>
    public TimeSpan CrowdedIdleTimeout { get; init; } = TimeSpan.FromSeconds(32);

    /// <summary>
    /// Accepted connections of one source that have not brought a whole message yet. Default 128, half of its places: phones of one office that come back
    /// together speak at once, who only connects does not.
    /// </summary>
    public int MaxHalfOpenPerSource { get; init; } = 128;

    /// <summary>Accepted connections of one source. Default 256: an office behind one address fits, a single host cannot take all.</summary>
    public int MaxConnectionsPerSource { get; init; } = 256;

    /// <summary>Connections that the system keeps for us until they are accepted. Default 512.</summary>
    public int AcceptBacklog { get; init; } = 512;

    /// <summary>
    /// A connection without traffic is closed after this time. Default 3,900 s: a phone that registers for an hour, without
    /// keep-alives, stays reachable. RFC 3261 §18 asks for 64*T1 (32 s) at least.
    /// </summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(3_900);

    /// <summary>An accepted connection must bring its first message, and each begun message its end, within this time. Default 10 s.</summary>
    public TimeSpan HalfOpenTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long opening a connection may take. Default 5 s, far below timer F (32 s), so that another way can be tried.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A connection that takes none of our bytes for this time is closed. Default 10 s.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes that may wait to be sent on one connection. Default 256 KiB; what does not fit fails at once.</summary>
    public int MaxSendQueueBytes { get; init; } = 256 * 1024;

    /// <summary>
    /// Bytes that may wait to be sent on all connections of one source together. Default 8 MiB: a proxy with its phones behind it needs far less, and whoever
    /// opens many connections and reads none of them leaves the room of all others alone.
    /// </summary>
    public long MaxSendQueueBytesPerSource { get; init; } = 8L * 1024 * 1024;

    /// <summary>
    /// Bytes that may wait to be sent on all connections together. Default 64 MiB: many slow readers together cannot take the memory that
    /// each of them may use alone.
    /// </summary>
    public long MaxSendQueueBytesInAll { get; init; } = 64L * 1024 * 1024;

    /// <summary>How long a connection whose stream is broken stays open for the answer that says why. Default 1 s.</summary>
    public TimeSpan LingerTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A connection whose far side has ended its sending, and is owed answers, stays open for them this long. Default 32 s
    /// (64*T1): a request has its answer by then.
    /// </summary>
    public TimeSpan HalfCloseTimeout { get; init; } = TimeSpan.FromSeconds(32);

    /// <summary>TLS for listeners and for connections that we open.</summary>
    public TlsOptions Tls { get; init; } = new();

    /// <summary>How often the timeouts of connections are looked at. Default 250 ms; they are that much late at most.</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Bits of an IPv6 address that make one source. Default 64, as for bans.</summary>
    public int Ipv6PrefixBits { get; init; } = 64;
}
