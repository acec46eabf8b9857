using System.Globalization;
using Tandem.Core.Net;
using Tandem.Media.Sdp;
using Tandem.Media.Srtp;

namespace Tandem.Media.Plan;

/// <summary>The side offers, we answer.</summary>
internal sealed partial class LegNegotiation
{
    private const string MidUri = "urn:ietf:params:rtp-hdrext:sdes:mid";

    /// <summary>Judges each line of an offer of the side. Nothing changes but what is known of its address.</summary>
    public TakenLine[] Take(SdpDocument offer)
    {
        var lines = new TakenLine[offer.MediaList.Count];
        var usable = new bool[lines.Length];
        var count = 0;
        bool? isV6 = null;
        for (var i = 0; i < lines.Length; i++)
        {
            var media = offer.MediaList[i];
            lines[i] = TakeLine(media, isV6, count);
            usable[i] = lines[i].IsUsable;
            if (!usable[i])
                continue;

            count++;
            isV6 ??= FamilyOf(media);
        }

        var transports = Bundling.Transports(offer, usable, context.Options.RtcpMux);
        for (var i = 0; i < lines.Length; i++)
        {
            lines[i] = lines[i] with { Transport = transports[i], IsBundled = IsBundled(transports, i) };
            if (usable[i] && offer.MediaList[i].IsBundleOnly && transports[i] == i)
                lines[i] = lines[i] with { IsUsable = false, Reason = "its bundle is not there" };
            if (lines[i].IsUsable)
                Remember(offer.MediaList[i]);
        }

        if (isV6 is { } family)
            IsV6 = family;
        return lines;
    }

    /// <summary>Reserves the ports that an answer needs; false when there are none.</summary>
    public bool TryReserve(IReadOnlyList<TakenLine> taken)
    {
        ServedAddress(IsV6 ?? false, out var isV6);
        for (var i = 0; i < taken.Count; i++)
        {
            if (taken[i].IsUsable && taken[i].Transport == i && !ports.TryReserve(i, side, isV6, WithRtcp(taken[i].Media), out _))
                return false;
        }

        return true;
    }

    /// <summary>Writes the answer; null when there is no port. <paramref name="lines"/> is what is in force once it is sent.</summary>
    /// <param name="offer">The offer.</param>
    /// <param name="taken">Its lines as they were judged.</param>
    /// <param name="answers">For each line the answer; null refuses it.</param>
    public byte[]? WriteAnswer(SdpDocument offer, IReadOnlyList<TakenLine> taken, IReadOnlyList<AnswerLine?> answers, out LegLine?[] lines)
    {
        lines = new LegLine?[taken.Count];
        var accepted = new bool[taken.Count];
        for (var i = 0; i < accepted.Length; i++)
            accepted[i] = taken[i].IsUsable && answers[i] is not null;

        var transports = Bundling.Transports(offer, accepted, context.Options.RtcpMux);
        var sections = new SdpSection[taken.Count];
        (string, int)?[]? bundled = null;
        var address = ServedAddress(IsV6 ?? false, out var isV6);
        for (var i = 0; i < sections.Length; i++)
        {
            var media = taken[i].Media;
            if (!accepted[i] || (media.IsBundleOnly && transports[i] == i))
            {
                sections[i] = Refused(media);
                continue;
            }

            var owner = transports[i];
            var isBundled = IsInGroup(offer, media.Mid) && offer.MediaList[owner].RtcpMux && context.Options.RtcpMux;
            if (!ports.TryReserve(owner, side, isV6, WithRtcp(offer.MediaList[owner]), out var port))
                return null;

            sections[i] = AnswerSection(taken[i], answers[i]!, i, owner, address, port, out lines[i]);
            lines[i] = lines[i]! with { IsBundled = isBundled };
            if (isBundled)
                (bundled ??= new (string, int)?[taken.Count])[i] = (media.Mid, owner);

            // RFC 9143 §15: lines whose payload types or sources are alike are told apart by it. We only read it (RFC 8285 §5).
            if (isBundled && IsBundled(transports, i) && MidExtension(media) is var extension and > 0)
            {
                sections[i] = sections[i] with { Others = [.. sections[i].Others, $"extmap:{extension}/recvonly {MidUri}"] };
                lines[i] = lines[i]! with { MidExtension = extension };
            }

            foreach (var format in answers[i]!.Formats)
                _numbers.Learn(i, format.Local);
        }

        return Write(address, bundled is null ? [] : Bundling.Groups(bundled), sections);
    }

    // RFC 8285 §8: "extmap:4 URI", "extmap:4/sendonly URI". What the side only receives it does not send.
    private static int MidExtension(SdpMedia media)
    {
        foreach (var attribute in media.Others)
        {
            if (!attribute.StartsWith("extmap:", StringComparison.Ordinal) || !attribute.Split(' ').Contains(MidUri))
                continue;

            var value = attribute["extmap:".Length..attribute.IndexOf(' ', StringComparison.Ordinal)].Split('/');
            return value[^1] is not ("recvonly" or "inactive") && int.TryParse(value[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id is >= 1 and <= 255 ? id : 0;
        }

        return 0;
    }

    private bool WithRtcp(SdpMedia media) => media.Transport.IsRtp() && !(context.Options.RtcpMux && media.RtcpMux);

    private static bool IsBundled(int[] transports, int index)
    {
        for (var i = 0; i < transports.Length; i++)
        {
            if (i != index && (transports[i] == index || transports[index] == i))
                return true;
        }

        return false;
    }

    private static bool IsInGroup(SdpDocument document, string mid)
    {
        foreach (var group in document.Bundles)
        {
            if (mid.Length > 0 && group.Contains(mid))
                return true;
        }

        return false;
    }

    private TakenLine TakeLine(SdpMedia media, bool? isV6, int count)
    {
        var line = new TakenLine { Media = media };
        if (media.IsOff)
            return line;
        if (media.Connection.IsMulticast)
            return line with { Reason = "a multicast group is not served" };
        if (!IsServed(media))
            return line with { Reason = "its media or protocol is not served" };
        if (!ports.TryGetAddress(PeerOf, FamilyOf(media), out _) || (isV6 is { } family && FamilyOf(media) != family))
            return line with { Reason = "its address family is not served" };
        if (count >= context.Options.MaxStreams)
            return line with { Reason = "it is one line too many" };

        var crypto = Policy.Srtp == SrtpPolicy.Never ? null : FirstCrypto(media, null);
        var hasDtls = Policy.Srtp != SrtpPolicy.Never && context.Fingerprints.Count > 0 && media.Fingerprints.Count > 0 && media.Setup != SdpSetup.HoldConn;
        if (media.Transport.IsSecure() && Policy.Srtp == SrtpPolicy.Never)
            return line with { Reason = "encryption is not allowed" };

        var keys = media.Transport.IsDtls() ? (hasDtls ? KeyStyle.Dtls : KeyStyle.None)
            : !media.Transport.IsRtp() ? KeyStyle.None
            : crypto is not null ? KeyStyle.Sdes
            : hasDtls ? KeyStyle.Dtls
            : KeyStyle.None;
        if (keys == KeyStyle.None && media.Transport.IsSecure())
            return line with { Reason = media.Transport.IsDtls() ? "it has no fingerprint that can be checked" : "none of its keys can be used" };
        if (keys == KeyStyle.None && Policy.RequiresKeys)
            return line with { Reason = "encryption is required" };

        var formats = _rules.Read(media, Policy);
        return formats.Exists(static format => format.IsMedia)
            ? line with { IsUsable = true, Keys = keys, Crypto = keys == KeyStyle.Sdes ? crypto : null, Formats = formats }
            : line with { Reason = "none of its formats is allowed" };
    }

    private static bool IsServed(SdpMedia media) =>
        media.Transport.IsRtp() ? media.Kind is "audio" or "video" : media.Transport == SdpTransport.Udptl && media.Kind == "image";

    private SdpSection AnswerSection(TakenLine taken, AnswerLine answer, int index, int owner, NetAddress address, int port, out LegLine line)
    {
        var media = taken.Media;
        var mux = context.Options.RtcpMux && media.RtcpMux;
        var isOwner = owner == index;
        var section = new SdpSection
        {
            Kind = media.Kind,
            Port = port,
            Protocol = media.Protocol,
            Formats = LocalsOf(answer.Formats),
            Direction = media.Transport.IsRtp() ? answer.Direction : null,
            PacketMilliseconds = answer.PacketMilliseconds,
            MaxPacketMilliseconds = answer.MaxPacketMilliseconds,
            RtcpMux = mux && media.Transport.IsRtp(),
            ReducedRtcp = answer.ReducedRtcp && media.ReducedRtcp && media.Transport.HasFeedback(),
            Mid = media.Mid,
            Bandwidths = answer.Bandwidths,
            Others = answer.Others,
        };
        SecurityPlan? security = null;
        if (taken.Crypto is { } crypto)
        {
            var own = new CryptoAttribute(crypto.Tag, crypto.Profile, _keys.Answer(index, crypto.Profile, crypto.Key));
            section = section with { Crypto = [own.Write()] };
            security = new SdesPlan(crypto.Profile, crypto.Key, own.Key);
        }
        else if (taken.Keys == KeyStyle.Dtls && isOwner)
        {
            // RFC 8842 §5.3: the role stays while the association does. Else we wait for its ClientHello: it comes from where the side really is.
            var before = Before(index)?.Plan?.Security as DtlsPlan;
            var isClient = media.Setup == SdpSetup.Passive || (media.Setup == SdpSetup.ActPass && before is { IsClient: true });
            var tlsId = media.TlsId.Length > 0 ? _keys.AnswerTlsId(index, media.TlsId) : "";
            section = section with { Fingerprint = context.Fingerprints[_certificate], Setup = isClient ? SdpSetup.Active : SdpSetup.Passive, TlsId = tlsId };
            security = Dtls(media, isClient, tlsId);
        }

        IcePlan? ice = null;
        if (media.Ice is { IsMismatch: true })
        {
            section = section with { IsIceMismatch = true };
        }
        else if (media.Ice is { } remote && isOwner)
        {
            var (ufrag, password) = _keys.AnswerIce(index, remote);
            section = section with { IceUfrag = ufrag, IcePassword = password, Candidates = Candidates(address, port, mux) };
            ice = new IcePlan(ufrag, password, remote.Ufrag, remote.Password, remote.IsLite);
        }

        line = new LegLine
        {
            Remote = media,
            Protocol = media.Protocol,
            Profile = media.Transport,
            Keys = taken.Keys,
            UsesIce = media.Ice is { IsMismatch: false },
            Mux = mux,
            Formats = answer.Formats,
            Local = answer.Direction,
            Mid = media.Mid,
            Transport = owner,
            Plan = isOwner ? PlanOf(media, mux, security, ice) : null,
            IsOfferer = true,
        };
        return section;
    }

    private LegLine? Before(int index) => index < Lines.Count ? Lines[index] : null;
}
