using Tandem.Core.Net;
using Tandem.Media.Audio;
using Tandem.Media.Codecs;
using Tandem.Media.Dtls;
using Tandem.Media.Ice;
using Tandem.Media.Jitter;
using Tandem.Media.Recording;
using Tandem.Media.Relay;
using Tandem.Media.Rtcp;
using Tandem.Media.Srtp;

namespace Tandem.Media;

/// <summary>Every limit, size and time of the media room. A value that is out of range is named by <see cref="Problem"/>.</summary>
public sealed record MediaOptions
{
    /// <summary>The IPv4 address that SDP names to phones. Default 127.0.0.1: nothing reaches other machines until the address is set.</summary>
    public NetAddress AdvertisedV4 { get; init; } = NetAddress.FromV4(0x7F000001, 0);

    /// <summary>The IPv6 address that SDP names to phones. Default unspecified: phones that speak IPv6 only are refused.</summary>
    public NetAddress AdvertisedV6 { get; init; }

    /// <summary>The IPv4 address that media sockets bind. Default 0.0.0.0, every interface.</summary>
    public NetAddress BindV4 { get; init; }

    /// <summary>The IPv6 address that media sockets bind. Default <c>::</c>, every interface.</summary>
    public NetAddress BindV6 { get; init; } = NetAddress.FromV6(new byte[16], 0);

    /// <summary>First media port (RTP_PORT). Default 10000, as phones and firewalls expect. An odd value is raised by one.</summary>
    public int RtpPort { get; init; } = 10000;

    /// <summary>
    /// Last media port (RTP_PORT_MAX), included. Default 20000: 2,500 plain audio calls at once. A call that ended keeps its
    /// ports for <see cref="PortQuarantine"/>, so the range also bounds the rate of calls: ports / 4 / quarantine a second.
    /// </summary>
    public int RtpPortMax { get; init; } = 20000;

    /// <summary>How long a port rests after use, so that late packets of the old call reach nobody. Default 5 s.</summary>
    public TimeSpan PortQuarantine { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Ports of the range that only urgent sessions get, a tenth of the range at most. Default 40, ten plain audio calls: calls for help come one by one, and each gives its ports back.
    /// </summary>
    public int UrgentPorts { get; init; } = 40;

    /// <summary>Ports tried for one reservation when binding fails (another process has them). Default 64, then there is no port.</summary>
    public int BindAttempts { get; init; } = 64;

    /// <summary>
    /// Bound sockets kept open between calls, which makes opening a call cheap. Default 4096: at most that many descriptors,
    /// about 2 kB of kernel memory each. 0 closes every socket at the end of its call.
    /// </summary>
    public int WarmSockets { get; init; } = 4096;

    /// <summary>Sessions at once over all shards. Default 20000, more than the ports of a default range serve; a bound on memory.</summary>
    public int MaxSessions { get; init; } = 20000;

    /// <summary>Media loops, one thread each. Default one a processor.</summary>
    public int Shards { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// The share of its time, 1 to 100 %, from which on a loop is full: it gives sessions to one with time to spare, and gets no new ones while others have room.
    /// Default 80: what is left is for bursts, and for the second that it takes to see it.
    /// </summary>
    public int ShardFullPercent { get; init; } = 80;

    /// <summary>Epoll and direct system calls (Linux only) or the portable loop. Default: epoll where the system is Linux.</summary>
    public bool UseEpoll { get; init; } = OperatingSystem.IsLinux();

    /// <summary>
    /// The longest that a packet waits for others in a loop that has much to do, so that one wake-up serves many. Default 2 ms, the work of the
    /// round included: half of the CPU per packet at 10,000 packets a second, and a tenth of what a phone's jitter buffer holds. Zero turns it off.
    /// </summary>
    public TimeSpan Coalesce { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>
    /// The nice value of the loops' threads, -20 to 19; 0 leaves it alone. Default -10: a packet waits for nobody who computes (compiling, collecting
    /// garbage, signalling, other programs), and a loop needs little. It takes CAP_SYS_NICE or RLIMIT_NICE; without, it stays as it is.
    /// </summary>
    public int ThreadNice { get; init; } = -10;

    /// <summary>Packets read from one socket in one round. Default 16, so that a flood on one port does not starve the others.</summary>
    public int MaxPacketsPerSocket { get; init; } = 16;

    /// <summary>Longest packet that is relayed, bytes. Default 2048, above any Ethernet frame; longer ones are dropped and counted.</summary>
    public int MaxPacketBytes { get; init; } = 2048;

    /// <summary>Kernel receive buffer of a media socket, bytes. Default 131072: two seconds of audio, or the packets of a large video picture.</summary>
    public int SocketBufferBytes { get; init; } = 131072;

    /// <summary>DSCP of what we send, 0 to 63. Default 46, expedited forwarding (RFC 3246); 0 leaves the field alone.</summary>
    public int Dscp { get; init; } = 46;

    /// <summary>
    /// A side that should send and from which neither RTP nor RTCP came for so long is reported. Default 60 s: longer than any
    /// silence suppression goes without RTCP. Zero turns it off.
    /// </summary>
    public TimeSpan MediaTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Who may be learned as the source of a side's packets. Default: anybody inside the window.</summary>
    public LatchPolicy Latch { get; init; } = LatchPolicy.Anybody;

    /// <summary>
    /// How long after a negotiation a source other than the one that the SDP names is learned, or replaced by a better one.
    /// Default 10 s: longer than it takes a phone to open its audio after the answer. The first valid packet closes it to its equals.
    /// </summary>
    public TimeSpan LatchWindow { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Silence of the learned source after which the SDP address, or another port of the same host, may follow it. Default 3 s.</summary>
    public TimeSpan LatchSilence { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How often one port may follow a source that fell silent, between two negotiations. Default 8; it bounds a tug of war.</summary>
    public int MaxRelatches { get; init; } = 8;

    /// <summary>Media lines of one SDP that are relayed; further ones are refused with port 0. Default 4.</summary>
    public int MaxStreams { get; init; } = 4;

    /// <summary>RTP and RTCP on one port (RFC 5761) when both sides want it. Default true; false strips the attribute.</summary>
    public bool RtcpMux { get; init; } = true;

    /// <summary>Longest SDP, bytes. Default 16384: browsers come to about 8 kB with all their candidates.</summary>
    public int MaxSdpBytes { get; init; } = 16384;

    /// <summary>Most lines of an SDP. Default 512.</summary>
    public int MaxSdpLines { get; init; } = 512;

    /// <summary>Most media lines of an SDP, refused ones included. Default 16.</summary>
    public int MaxMediaLines { get; init; } = 16;

    /// <summary>
    /// Further addresses under which peers may reach our ports: host candidates of ICE (RFC 8445 §5.1.1.1). Default none; the server adds
    /// the machine's own address when SDP names another one.
    /// </summary>
    public IReadOnlyList<NetAddress> CandidateAddresses { get; init; } = [];

    /// <summary>
    /// The codecs that we read and write, first choice first (MEDIA_CODECS): the order in which they are offered, and the only ones. Default
    /// Opus, G.722, PCMU, PCMA, G.729, GSM, L16: the better sound first. One whose library is absent is left out by itself.
    /// </summary>
    public IReadOnlyList<AudioCodec> Codecs { get; init; } =
        [AudioCodec.Opus, AudioCodec.G722, AudioCodec.Pcmu, AudioCodec.Pcma, AudioCodec.G729, AudioCodec.Gsm, AudioCodec.L16];

    /// <summary>Whether media is encrypted, for endpoints that do not say (SRTP_POLICY). Default as they offer it.</summary>
    public SrtpPolicy SrtpPolicy { get; init; } = SrtpPolicy.Offered;

    /// <summary>
    /// The SRTP profiles that are taken, in the order in which we offer them (SRTP_PROFILES). Default AES_CM_128_HMAC_SHA1_80 first: every
    /// phone has it; then its short tag, then AES-GCM.
    /// </summary>
    public IReadOnlyList<SrtpProfile> SrtpProfiles { get; init; } =
        [SrtpProfile.AesCm128HmacSha1Tag80, SrtpProfile.AesCm128HmacSha1Tag32, SrtpProfile.AeadAes128Gcm, SrtpProfile.AeadAes256Gcm];

    /// <summary>The time of one packet where a peer does not say, ms. Default 20, as everybody expects (RFC 3551 §4.2).</summary>
    public int PacketMilliseconds { get; init; } = 20;

    /// <summary>The longest packet that we make, ms. Default 120, as long as an Opus packet can be (RFC 7587 §4.2).</summary>
    public int MaxPacketMilliseconds { get; init; } = 120;

    /// <summary>ICE.</summary>
    public IceOptions Ice { get; init; } = new();

    /// <summary>DTLS.</summary>
    public DtlsOptions Dtls { get; init; } = new();

    /// <summary>SRTP.</summary>
    public SrtpOptions Srtp { get; init; } = new();

    /// <summary>Recording.</summary>
    public RecordingOptions Recording { get; init; } = new();

    /// <summary>RTCP of our own.</summary>
    public RtcpOptions Rtcp { get; init; } = new();

    /// <summary>The jitter buffer of decoded sound.</summary>
    public JitterOptions Jitter { get; init; } = new();

    /// <summary>Limits and times of decoded sound.</summary>
    public AudioOptions Audio { get; init; } = new();

    /// <summary>Encoders and resamplers. The host gives it to <see cref="CodecCatalog.Options"/>, which all engines of the process share.</summary>
    public CodecOptions Coding { get; init; } = new();

    /// <summary>Names the first value that cannot work, or null.</summary>
    public string? Problem()
    {
        if (RtpPort is < 1024 or > 65534)
            return $"RtpPort {RtpPort}: a port from 1024 to 65534 is expected";
        if (RtpPortMax is > 65535 || RtpPortMax < RtpPort + 7)
            return $"RtpPortMax {RtpPortMax}: a port from RtpPort + 7 to 65535 is expected, room for two calls";
        if (AdvertisedV4.IsUnspecified && AdvertisedV6.IsUnspecified)
            return "AdvertisedV4: an address that phones can reach is expected";
        if (PortQuarantine < TimeSpan.Zero || MediaTimeout < TimeSpan.Zero || LatchWindow < TimeSpan.Zero || LatchSilence < TimeSpan.Zero)
            return "PortQuarantine, MediaTimeout, LatchWindow, LatchSilence: a time of 0 or more is expected";
        if (Coalesce < TimeSpan.Zero || Coalesce > TimeSpan.FromMilliseconds(20))
            return $"Coalesce {Coalesce}: 0 to 20 ms is expected";
        if (ThreadNice is < -20 or > 19)
            return $"ThreadNice {ThreadNice}: -20 to 19 is expected";
        if (Shards is < 1 or > 256)
            return $"Shards {Shards}: 1 to 256 is expected";
        if (ShardFullPercent is < 1 or > 100)
            return $"ShardFullPercent {ShardFullPercent}: 1 to 100 is expected";
        if (Dscp is < 0 or > 63)
            return $"Dscp {Dscp}: 0 to 63 is expected";
        if (MaxPacketBytes is < 576 or > 65535)
            return $"MaxPacketBytes {MaxPacketBytes}: 576 to 65535 is expected";
        if (UrgentPorts < 0)
            return $"UrgentPorts {UrgentPorts}: 0 or more is expected";
        if (BindAttempts < 1 || MaxSessions < 1 || MaxPacketsPerSocket < 1 || MaxStreams < 1 || MaxRelatches < 0 || WarmSockets < 0)
            return "BindAttempts, MaxSessions, MaxPacketsPerSocket, MaxStreams: 1 or more is expected";
        if (Codecs.Count == 0 || SrtpProfiles.Count == 0)
            return "Codecs, SrtpProfiles: at least one is expected";
        if (PacketMilliseconds is < 10 or > 60 || PacketMilliseconds % 10 != 0 || MaxPacketMilliseconds < PacketMilliseconds || MaxPacketMilliseconds > 120)
            return $"PacketMilliseconds {PacketMilliseconds}, MaxPacketMilliseconds {MaxPacketMilliseconds}: 10 to 60 by tens is expected, and at most 120";
        if (MaxSdpBytes < 256 || MaxSdpLines < 8 || MaxMediaLines < 1 || SocketBufferBytes < 4096)
            return "MaxSdpBytes, MaxSdpLines, MaxMediaLines, SocketBufferBytes: too small";
        return Ice.Problem() ?? Dtls.Problem() ?? Srtp.Problem() ?? Rtcp.Problem() ?? Recording.Problem() ?? Jitter.Problem() ?? Audio.Problem() ?? Coding.Problem();
    }
}
