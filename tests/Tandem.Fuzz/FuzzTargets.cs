using Tandem.Fuzz.Targets;
using Tandem.Testing.Torture;
using Tandem.Testing.Wire;

namespace Tandem.Fuzz;

/// <summary>All targets.</summary>
public static class FuzzTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("message", 40_000, MessageTargets.Message),
        new("framer", 20_000, MessageTargets.Framer),
        new("websocket", 6_000, WebSocketTarget.Run),
        new("uri", 100_000, HeaderTargets.Uri),
        new("via", 60_000, HeaderTargets.Via),
        new("nameaddr", 60_000, HeaderTargets.NameAddr),
        new("contact", 60_000, HeaderTargets.Contact),
        new("sequence", 40_000, HeaderTargets.Sequence),
        new("auth", 60_000, HeaderTargets.Auth),
        new("list", 60_000, HeaderTargets.List),
        new("callheaders", 20_000, CallHeaderTarget.Run),
        new("presence", 10_000, CallHeaderTarget.Presence),
        new("body", 40_000, HeaderTargets.Body),
        new("digest", 30_000, DigestTarget.Run),
        new("sdp", 30_000, SdpTarget.Run),
        new("negotiation", 8_000, NegotiationTarget.Run),
        new("dns", 60_000, DatagramTargets.Dns),
        new("stun", 60_000, DatagramTargets.Stun),
        new("ice", 60_000, IceTarget.Run),
        new("rtcp", 60_000, RtcpTarget.Run),
        new("packet", 30_000, PacketTarget.Run),
        new("codec", 60_000, CodecTarget.Run),
        new("wav", 30_000, SoundTargets.Wav),
        new("ogg", 10_000, SoundTargets.Ogg),
        new("jitter", 3_000, JitterTarget.Run),
        new("events", 60_000, DtmfTargets.Events),
        new("info", 60_000, DtmfTargets.Info),
        new("tones", 5_000, DtmfTargets.Tones),
        new("red", 60_000, DtmfTargets.Redundancy),
        new("noise", 10_000, DtmfTargets.Noise),
        new("crypto", 60_000, CryptoTarget.Run),
        new("srtp", 20_000, SrtpTarget.Run),
        new("dtls", 4_000, DtlsTarget.Run),
        new("machines", 6_000, MachineTarget.Run),
        new("provider", 600, ProviderTarget.Run),
        new("flow", 20_000, FlowTarget.Run),
    ];

    /// <summary>What a target takes besides its file.</summary>
    internal static IEnumerable<byte[]> MoreCorpus(string target) => target switch
    {
        "message" or "framer" =>
            [SipSamples.Invite, SipSamples.InviteOk, SipSamples.RegisterWithAuthorization, SipSamples.Compact, .. TortureSamples.Names.Select(TortureSamples.Read)],
        "srtp" => SrtpTarget.Corpus,
        "dtls" => DtlsTarget.Corpus,
        _ => [],
    };
}
