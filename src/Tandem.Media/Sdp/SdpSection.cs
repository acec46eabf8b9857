using Tandem.Media.Srtp;

namespace Tandem.Media.Sdp;

/// <summary>One media line as we write it. Immutable.</summary>
internal sealed record SdpSection
{
    public required string Kind { get; init; }

    /// <summary>0 refuses the line, or leaves its address to its bundle.</summary>
    public int Port { get; init; }

    public required string Protocol { get; init; }

    public required IReadOnlyList<SdpFormat> Formats { get; init; }

    /// <summary>A refused line has nothing but its m= line (RFC 3264 §6).</summary>
    public bool IsRefused { get; init; }

    /// <summary>Null for what has no direction.</summary>
    public SdpDirection? Direction { get; init; }

    public int PacketMilliseconds { get; init; }

    public int MaxPacketMilliseconds { get; init; }

    public bool RtcpMux { get; init; }

    public bool ReducedRtcp { get; init; }

    public string Mid { get; init; } = "";

    public bool IsBundleOnly { get; init; }

    public IReadOnlyList<string> Crypto { get; init; } = [];

    public CertificateFingerprint? Fingerprint { get; init; }

    public SdpSetup Setup { get; init; }

    public string TlsId { get; init; } = "";

    public string IceUfrag { get; init; } = "";

    public string IcePassword { get; init; } = "";

    public bool IsIceMismatch { get; init; }

    public IReadOnlyList<string> Candidates { get; init; } = [];

    public IReadOnlyList<string> Bandwidths { get; init; } = [];

    /// <summary>Further attributes, without <c>a=</c>.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];
}
