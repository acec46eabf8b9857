using System.Text;
using Tandem.Core.Net;
using Tandem.Media.Srtp;

namespace Tandem.Media.Sdp;

/// <summary>One media line with its section (RFC 8866 §5.14), session-level values that count for it included. Immutable once parsed.</summary>
public sealed class SdpMedia
{
    private readonly SdpDocument _document;

    // Null until there is something: a plain line has none of these.
    private List<string>? _crypto;
    private List<CertificateFingerprint>? _fingerprints;
    private List<string>? _others;
    private List<string>? _bandwidths;
    private List<NetAddress>? _candidates;

    internal SdpMedia(SdpDocument document, int firstLine)
    {
        _document = document;
        FirstLine = firstLine;
    }

    /// <summary>The media type: <c>audio</c>, <c>video</c>, <c>image</c>, <c>application</c>.</summary>
    public string Kind { get; internal set; } = "";

    /// <summary>The transport port; 0 means refused or switched off, unless the line is <see cref="IsBundleOnly"/>.</summary>
    public int Port { get; internal set; }

    /// <summary>True when the line is refused or switched off (RFC 3264 §6, §8.2).</summary>
    public bool IsOff => Port == 0 && !IsBundleOnly;

    public SdpTransport Transport { get; internal set; }

    /// <summary>The protocol as the line spells it.</summary>
    public string Protocol { get; internal set; } = "";

    /// <summary>The connection that counts for this line: its own, or else the session's.</summary>
    public SdpConnection Connection { get; internal set; }

    /// <summary>The direction that counts for this line: its own, or else the session's, or else sendrecv.</summary>
    public SdpDirection Direction { get; internal set; } = SdpDirection.SendRecv;

    /// <summary>RFC 2543's way to hold (RFC 3264 §8.4). With ICE the unspecified address only means that the candidates count.</summary>
    public bool IsHeldByAddress => Connection.IsHold && Ice is null;

    /// <summary>The direction with an old-style hold (c=0.0.0.0) taken into account: who holds that way does not receive.</summary>
    public SdpDirection EffectiveDirection => IsHeldByAddress ? Direction & SdpDirection.SendOnly : Direction;

    /// <summary>The formats in the order of the line, first choice first.</summary>
    public IReadOnlyList<SdpFormat> Formats => FormatList;

    /// <summary><c>a=ptime</c>, ms (RFC 8866 §6.4); 0 without.</summary>
    public int PacketMilliseconds { get; internal set; }

    /// <summary><c>a=maxptime</c>, ms; 0 without.</summary>
    public int MaxPacketMilliseconds { get; internal set; }

    /// <summary>True when it carries <c>a=rtcp-mux</c> (RFC 5761 §5.1.1) or <c>a=rtcp-mux-only</c> (RFC 8858).</summary>
    public bool RtcpMux { get; internal set; }

    /// <summary><c>a=rtcp-rsize</c> (RFC 5506 §5).</summary>
    public bool ReducedRtcp { get; internal set; }

    /// <summary>The port of <c>a=rtcp</c> (RFC 3605); -1 when there is none.</summary>
    public int RtcpPort { get; internal set; } = -1;

    /// <summary>The address of <c>a=rtcp</c>; unspecified when it names none.</summary>
    public NetAddress RtcpAddress { get; internal set; }

    /// <summary><c>a=mid</c> (RFC 5888 §4); empty without.</summary>
    public string Mid { get; internal set; } = "";

    /// <summary><c>a=bundle-only</c> (RFC 9143 §6): no address of its own.</summary>
    public bool IsBundleOnly { get; internal set; }

    /// <summary>The values of <c>a=crypto</c> in order (RFC 4568 §4).</summary>
    public IReadOnlyList<string> Crypto => (IReadOnlyList<string>?)_crypto ?? [];

    /// <summary><c>a=fingerprint</c> (RFC 8122 §5), those that can be read.</summary>
    public IReadOnlyList<CertificateFingerprint> Fingerprints => (IReadOnlyList<CertificateFingerprint>?)_fingerprints ?? [];

    /// <summary><c>a=setup</c> (RFC 4145 §4).</summary>
    public SdpSetup Setup { get; internal set; }

    /// <summary><c>a=tls-id</c> (RFC 8842 §4); empty without.</summary>
    public string TlsId { get; internal set; } = "";

    /// <summary>ICE; null when the line has no credentials.</summary>
    public SdpIce? Ice { get; internal set; }

    /// <summary>Values of the attributes that no other property holds, in order and as they came.</summary>
    public IReadOnlyList<string> Others => (IReadOnlyList<string>?)_others ?? [];

    /// <summary>The values of its <c>b=</c> lines.</summary>
    public IReadOnlyList<string> Bandwidths => (IReadOnlyList<string>?)_bandwidths ?? [];

    /// <summary>Where RTP shall go; unspecified when the SDP gives no address, or the discard port that stands for "see the candidates".</summary>
    public NetAddress RtpTarget =>
        Connection.Address.IsUnspecified || Port == 0 || (Ice is not null && Port == 9) ? default : Connection.Address.WithPort(Port);

    /// <summary>Where RTCP shall go: the RTP port with rtcp-mux, else what <c>a=rtcp</c> says, else the next port (RFC 3550 §11).</summary>
    public NetAddress RtcpTarget(bool mux)
    {
        if (mux || RtpTarget.IsUnspecified)
            return RtpTarget;

        var host = RtcpAddress.IsUnspecified ? Connection.Address : RtcpAddress;
        var port = RtcpPort >= 0 ? RtcpPort : Port + 1;
        return port is > 0 and < 65536 ? host.WithPort(port) : default;
    }

    public override string ToString() => Encoding.Latin1.GetString(_document.LineBytes(FirstLine));

    internal int FirstLine { get; }

    internal bool HasDirection { get; set; }

    internal List<SdpFormat> FormatList { get; } = [];

    internal List<string> CryptoList => _crypto ??= [];

    internal List<CertificateFingerprint> FingerprintList => _fingerprints ??= [];

    internal List<string> OtherList => _others ??= [];

    internal List<string> BandwidthList => _bandwidths ??= [];

    internal List<NetAddress> Candidates => _candidates ??= [];

    internal bool HasCandidates => _candidates is { Count: > 0 };

    internal string IceUfrag { get; set; } = "";

    internal string IcePassword { get; set; } = "";

    internal bool HasIceMismatch { get; set; }

    internal bool IsTrickle { get; set; }
}
