using System.Runtime.CompilerServices;
using Tandem.Core.Net;
using Tandem.Media.Codecs;
using Tandem.Media.Srtp;

namespace Tandem.Media.Plan;

/// <summary>How the media of one side is negotiated. Immutable.</summary>
public sealed record LegPolicy
{
    // By the object: options do not change, and every session asks.
    private static readonly ConditionalWeakTable<MediaOptions, LegPolicy> OfOptions = [];

    /// <summary>As the options of the room say.</summary>
    public static LegPolicy Of(MediaOptions options) => OfOptions.GetValue(options, Make);

    private static LegPolicy Make(MediaOptions options) => new()
    {
        Srtp = options.SrtpPolicy,
        SrtpProfiles = options.SrtpProfiles,
        Codecs = options.Codecs,
        PacketMilliseconds = options.PacketMilliseconds,
        MaxPacketMilliseconds = options.MaxPacketMilliseconds,
    };

    /// <summary>
    /// Where its signalling comes from: it decides the address family until the side has sent SDP, and its media is believed from that
    /// host as well. Unspecified when unknown.
    /// </summary>
    public NetAddress Peer { get; init; }

    /// <summary>
    /// For a side of the outside world that anybody may name: its packets go to addresses of the whole Internet only, and come from there, whatever its SDP says; besides, from these networks. Null for a
    /// side that may be anywhere.
    /// </summary>
    public IReadOnlyList<NetPrefix>? PublicAnd { get; init; }

    /// <summary>
    /// Our address as the side sees us behind a NAT: SDP toward it names this one where ours is private and of the same family. Unspecified when
    /// unknown, or where ours is meant.
    /// </summary>
    public NetAddress SeesUsAt { get; init; }

    /// <summary>Whether its media is encrypted. Default as the side wishes.</summary>
    public SrtpPolicy Srtp { get; init; } = SrtpPolicy.Offered;

    /// <summary>Plain RTP is refused.</summary>
    public bool RequiresKeys => Srtp is SrtpPolicy.Required or SrtpPolicy.Dtls;

    /// <summary>Our own offers are for DTLS-SRTP.</summary>
    public bool OffersDtls => Srtp == SrtpPolicy.Dtls || (IsBrowser && Srtp != SrtpPolicy.Never);

    /// <summary>The profiles of SRTP that are taken, and offered in this order. Default all that we speak, AES_CM_128_HMAC_SHA1_80 first.</summary>
    public IReadOnlyList<SrtpProfile> SrtpProfiles { get; init; } =
        [SrtpProfile.AesCm128HmacSha1Tag80, SrtpProfile.AesCm128HmacSha1Tag32, SrtpProfile.AeadAes128Gcm, SrtpProfile.AeadAes256Gcm];

    /// <summary>
    /// With <see cref="SrtpPolicy.Offered"/>: our own offers carry <c>a=crypto</c> lines on RTP/AVP (RFC 8643). Default false; it is of use
    /// where the signalling is encrypted, for else anybody on the way reads the keys.
    /// </summary>
    public bool OffersKeys { get; init; }

    /// <summary>A browser: our offers to it are UDP/TLS/RTP/SAVPF with ICE, rtcp-mux and BUNDLE (RFC 8829). Default false.</summary>
    public bool IsBrowser { get; init; }

    /// <summary>The codecs that we read and write for it, first choice first; others of ours are not used. Empty for all in their own order.</summary>
    public IReadOnlyList<AudioCodec> Codecs { get; init; } = [];

    /// <summary>The time of one packet in our own offers, ms. Default 20.</summary>
    public int PacketMilliseconds { get; init; } = 20;

    /// <summary>The longest packet that we send to it, ms. Default 120, as long as an Opus packet can be.</summary>
    public int MaxPacketMilliseconds { get; init; } = 120;

    /// <summary>While it is held it is told sendonly instead of inactive, so that music can be played to it. Default false.</summary>
    public bool PlaysOnHold { get; init; }
}
