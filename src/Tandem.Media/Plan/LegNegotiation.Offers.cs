using System.Collections.Frozen;
using Tandem.Core.Net;
using Tandem.Media.Sdp;
using Tandem.Media.Srtp;

namespace Tandem.Media.Plan;

/// <summary>We offer, the side answers.</summary>
internal sealed partial class LegNegotiation
{
    /// <summary>Writes an offer for the kind of peer that is expected now, beside those that are open; null when there is no port.</summary>
    /// <param name="lines">What to offer.</param>
    /// <param name="isV6">The family of the other side, for a side of which nothing is known.</param>
    public LocalOffer? WriteOffer(IReadOnlyList<OfferLine> lines, bool? isV6)
    {
        var address = ServedAddress(IsV6 ?? isV6 ?? false, out var family);
        IsV6 = family;
        _numbers.Clear();
        UInt128 avoid = 0;
        foreach (var line in lines)
        {
            foreach (var format in line.Formats)
                avoid |= PayloadNumbers.Bit(format.Local.PayloadType);
        }

        // RFC 3264 §8: a description never has fewer lines than the one before it.
        var count = Math.Max(lines.Count, _written.Count);
        var locals = new LocalLine[count];
        var bundle = -1;
        for (var i = 0; i < count; i++)
        {
            if (i >= lines.Count || Manner(lines[i], i) is not { } manner)
            {
                locals[i] = Off(i < lines.Count ? lines[i] : null, i);
                continue;
            }

            _numbers.Begin(manner.IsBundled);
            var formats = _rules.Offer(lines[i].Formats, lines[i].Kind == "audio", lines[i].Adds, Policy, i, _numbers, avoid);
            if (!formats.Exists(static format => format.IsMedia))
            {
                locals[i] = Off(lines[i], i);
                continue;
            }

            var owner = manner.IsBundled && bundle >= 0 ? bundle : i;
            var port = 0;
            if ((owner == i || manner.IsInBundle) && !ports.TryReserve(owner, side, family, manner.Profile.IsRtp() && !manner.Mux, out port))
                return null;
            if (manner.IsBundled && bundle < 0)
                bundle = i;
            locals[i] = Local(lines[i], i, owner, manner, formats, address, port);
        }

        var offer = new LocalOffer(Policy, locals, Write(address, bundle < 0 ? [] : GroupsOf(locals), Array.ConvertAll(locals, static line => line.Section)));
        for (var i = _offers.Count - 1; i >= 0; i--)
        {
            if (IsAlike(_offers[i].Policy, Policy))
                _offers.RemoveAt(i);
        }

        _offers.Add(offer);
        return offer;
    }

    private static List<IReadOnlyList<string>> GroupsOf(LocalLine[] lines) =>
        Bundling.Groups([.. lines.Select(static line => line is { IsOff: false, IsBundled: true } ? (line.Section.Mid, line.Transport) : ((string, int)?)null)]);

    private static SdpFormat[] LocalsOf(IReadOnlyList<LineFormat> formats)
    {
        var locals = new SdpFormat[formats.Count];
        for (var i = 0; i < locals.Length; i++)
            locals[i] = formats[i].Local;
        return locals;
    }

    /// <summary>Reads the answer to an offer of ours. A text says why it cannot be used; then nothing has changed.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="offer">The offer.</param>
    /// <param name="lines">What is in force with it; null where the line is off.</param>
    public string? ReadAnswer(SdpDocument answer, LocalOffer offer, out LegLine?[] lines)
    {
        lines = new LegLine?[offer.Lines.Count];
        if (answer.MediaList.Count > offer.Lines.Count)
            return "the answer has more media lines than the offer";

        var accepted = new bool[answer.MediaList.Count];
        for (var i = 0; i < accepted.Length; i++)
            accepted[i] = !offer.Lines[i].IsOff && !answer.MediaList[i].IsOff;

        var transports = Bundling.Transports(answer, accepted, context.Options.RtcpMux);
        for (var i = 0; i < accepted.Length; i++)
        {
            if (!accepted[i])
                continue;

            // What was offered for its bundle alone has no port of its own (RFC 9143 §7.2.1).
            var owner = offer.Lines[i].IsBundled && transports[i] <= i ? transports[i] : i;
            if (owner == i && offer.Lines[i].Section.IsBundleOnly)
                continue;
            if (ReadLine(answer.MediaList[i], offer.Lines[i], owner, i, out lines[i]) is { } problem)
                return $"m= line {i + 1} of the answer {problem}";
        }

        return null;
    }

    /// <summary>Reserves the ports of an answer and remembers what it says of the side; false when there is no port.</summary>
    public bool TryAccept(IReadOnlyList<LegLine?> lines)
    {
        ServedAddress(IsV6 ?? false, out var family);
        for (var i = 0; i < lines.Count; i++)
        {
            if (lines[i] is { } line && line.Transport == i && !ports.TryReserve(i, side, family, line.Profile.IsRtp() && !line.Mux, out _))
                return false;
        }

        for (var i = 0; i < lines.Count; i++)
        {
            if (lines[i] is not { } line)
                continue;

            Remember(line.Remote);
            if (line.Plan?.Security is SdesPlan sdes)
                _keys.Learn(i, sdes.Inbound);
            if (line.UsesIce && line.Transport == i)
                _keys.LearnIce(i, line.Remote.Ice!);
        }

        return true;
    }

    // How a line is offered: as it was agreed before, like the other lines of the side, or by its policy. Null when it cannot be.
    private LineManner? Manner(OfferLine line, int index)
    {
        if (line.IsOff)
            return null;

        var isOpaque = line.Source?.Transport == SdpTransport.Udptl;
        if (isOpaque)
            return Policy.IsBrowser || Policy.RequiresKeys ? null : new LineManner(SdpTransport.Udptl, "udptl", KeyStyle.None, false, false, false, false);

        var before = Before(index) is { } own && own.Kind == line.Kind && own.Profile.IsRtp() ? own : null;
        var like = before ?? Lines.FirstOrDefault(static other => other is not null && other.Profile.IsRtp());
        var keys = like?.Keys ?? (Policy.OffersDtls ? KeyStyle.Dtls : Policy.RequiresKeys ? KeyStyle.Sdes : KeyStyle.None);
        if (Policy.RequiresKeys && keys == KeyStyle.None)
            keys = Policy.OffersDtls ? KeyStyle.Dtls : KeyStyle.Sdes;
        if (Policy.Srtp == SrtpPolicy.Never)
            keys = KeyStyle.None;

        var isBrowser = like?.UsesIce ?? Policy.IsBrowser;
        var isBundled = like?.IsBundled ?? Policy.IsBrowser;
        var mux = context.Options.RtcpMux && (isBrowser || before?.Mux == true || line.Source?.RtcpMux == true);
        var feedback = Policy.IsBrowser || like?.Profile.HasFeedback() == true || (line.Kind != "audio" && line.Source?.Transport.HasFeedback() == true);
        if (before is not null && before.Keys == keys && before.Profile.IsSecure() == (keys != KeyStyle.None))
            return new LineManner(before.Profile, before.Protocol, keys, before.UsesIce, isBundled && mux, before.IsBundled, mux);

        var isPlainProfile = keys == KeyStyle.None || (like is not null && !like.Profile.IsSecure() && !Policy.RequiresKeys);
        var profile = isPlainProfile ? (feedback ? SdpTransport.RtpAvpf : SdpTransport.RtpAvp)
            : keys == KeyStyle.Dtls ? (feedback ? SdpTransport.DtlsSavpf : SdpTransport.DtlsSavp)
            : feedback ? SdpTransport.RtpSavpf : SdpTransport.RtpSavp;
        return new LineManner(profile, SdpTransports.NameOf(profile), keys, isBrowser, isBundled && mux, false, mux);
    }

    private LocalLine Off(OfferLine? line, int index)
    {
        var section = line?.Source is { } source ? Refused(source) with { Mid = "" }
            : index < _written.Count ? _written[index] with { IsRefused = true, Port = 0 }
            : new SdpSection { Kind = line?.Kind ?? "audio", Protocol = "RTP/AVP", Formats = [StaticFormats.Of("0", 0)], IsRefused = true };
        return new LocalLine { Offer = line ?? new OfferLine { Kind = section.Kind, IsOff = true }, IsOff = true, Section = section, Transport = index };
    }

    private LocalLine Local(OfferLine line, int index, int owner, LineManner manner, List<LineFormat> formats, NetAddress address, int port)
    {
        var isOwner = owner == index;
        var before = Before(index);
        List<CryptoAttribute>? crypto = null;
        var offersKeys = manner.Keys == KeyStyle.Sdes || (manner.Keys == KeyStyle.None && Policy is { Srtp: SrtpPolicy.Offered, OffersKeys: true });
        if (offersKeys && manner.Profile.IsRtp())
        {
            crypto = new List<CryptoAttribute>(Policy.SrtpProfiles.Count);
            foreach (var profile in Policy.SrtpProfiles)
                crypto.Add(new CryptoAttribute(crypto.Count + 1, profile, _keys.Of(index, profile)));
        }

        var others = line.Source is { } source ? PassedAttributes.Of(source, manner.Profile.HasFeedback(), RenamedFor(source, formats)) : [];
        if (manner.UsesIce && line.Kind == "audio")
            others.Add($"msid:tandem audio{index}");

        var section = new SdpSection
        {
            Kind = line.Kind,
            Port = port,
            Protocol = manner.Protocol,
            Formats = LocalsOf(formats),
            Direction = manner.Profile.IsRtp() ? line.Direction : null,
            PacketMilliseconds = line.Source?.PacketMilliseconds ?? (line.Kind == "audio" ? Policy.PacketMilliseconds : 0),
            MaxPacketMilliseconds = line.Source?.MaxPacketMilliseconds ?? 0,
            RtcpMux = manner.Mux,
            ReducedRtcp = line.Source?.ReducedRtcp == true && manner.Profile.HasFeedback(),
            Mid = before?.Mid is { Length: > 0 } mid ? mid : manner.IsBundled ? $"{index}" : "",
            IsBundleOnly = manner.IsBundled && !isOwner && port == 0,
            Crypto = crypto is null ? [] : crypto.ConvertAll(static one => one.Write()),
            Bandwidths = line.Kind == "audio" ? [] : line.Source?.Bandwidths ?? [],
            Others = others,
        };
        if (manner.Keys == KeyStyle.Dtls && isOwner)
            section = section with { Fingerprint = context.Fingerprints[_certificate], Setup = SdpSetup.ActPass, TlsId = _keys.TlsId(index) };
        if (manner.UsesIce && isOwner)
        {
            var (ufrag, password) = _keys.Ice(index);
            section = section with { IceUfrag = ufrag, IcePassword = password, Candidates = Candidates(address, port, manner.Mux) };
        }

        return new LocalLine
        {
            Offer = line,
            Section = section,
            Profile = manner.Profile,
            Keys = manner.Keys,
            Crypto = crypto ?? [],
            UsesIce = manner.UsesIce,
            Mux = manner.Mux,
            Formats = formats,
            Transport = owner,
            IsBundled = manner.IsBundled,
        };
    }

    private static IReadOnlyDictionary<int, int> RenamedFor(SdpMedia source, List<LineFormat> formats)
    {
        if (!PassedAttributes.NamesFormats(source))
            return FrozenDictionary<int, int>.Empty;

        var renamed = new Dictionary<int, int>();
        foreach (var format in formats)
        {
            if (!format.IsOurs)
                renamed[format.Remote.PayloadType] = format.Local.PayloadType;
        }

        return renamed;
    }

    private string? ReadLine(SdpMedia media, LocalLine offered, int owner, int index, out LegLine? line)
    {
        line = null;
        if (media.Kind != offered.Section.Kind || media.Connection.IsMulticast || media.Transport.IsRtp() != offered.Profile.IsRtp() || media.Transport == SdpTransport.Unknown)
            return "does not fit the offer";

        var mux = offered.Mux && media.RtcpMux;
        if (Secure(media, offered, owner == index, out var keys, out var security) is { } insecure)
            return insecure;

        var formats = FormatRules.Taken(offered.Formats, media);
        if (!formats.Exists(static format => format.IsMedia))
            return "names no format of the offer";

        IcePlan? ice = null;
        var remote = offered.UsesIce && media.Ice is { IsMismatch: false } ? media.Ice : null;
        if (remote is not null && owner == index)
        {
            var (ufrag, password) = _keys.Ice(index);
            ice = new IcePlan(ufrag, password, remote.Ufrag, remote.Password, remote.IsLite);
        }

        line = new LegLine
        {
            Remote = media,
            Protocol = offered.Section.Protocol,
            Profile = offered.Profile,
            Keys = keys,
            UsesIce = remote is not null,
            Mux = mux,
            Formats = formats,
            Local = offered.Section.Direction ?? SdpDirection.SendRecv,
            Mid = offered.Section.Mid,
            Transport = owner,
            IsBundled = offered.IsBundled && (owner != index || media.Mid.Length > 0),
            Plan = owner == index ? PlanOf(media, mux, security, ice) : null,
        };
        return null;
    }

    private string? Secure(SdpMedia media, LocalLine offered, bool isOwner, out KeyStyle keys, out SecurityPlan? security)
    {
        keys = KeyStyle.None;
        security = null;
        if (offered.Keys == KeyStyle.Dtls)
        {
            if (!isOwner)
            {
                keys = KeyStyle.Dtls;
                return null;
            }

            if (media.Fingerprints.Count == 0 || media.Setup == SdpSetup.HoldConn)
                return offered.Profile.IsSecure() || Policy.RequiresKeys ? "has no fingerprint that can be checked" : null;

            keys = KeyStyle.Dtls;
            security = Dtls(media, media.Setup == SdpSetup.Passive, offered.Section.TlsId);
            return null;
        }

        // RFC 4568 §5.1.3: the answer repeats tag and suite of one of the offer's.
        if (offered.Crypto.Count > 0 && FirstCrypto(media, offered.Crypto) is { } crypto)
        {
            // Our key is the one that this offer had, whatever came meanwhile.
            keys = KeyStyle.Sdes;
            security = new SdesPlan(crypto.Profile, crypto.Key, offered.Crypto.First(own => own.Tag == crypto.Tag).Key);
            return null;
        }

        if (offered.Profile.IsSecure() || media.Transport.IsSecure())
            return "has no key for what was offered";
        return Policy.RequiresKeys ? "is not encrypted" : null;
    }

    /// <param name="Profile">The protocol.</param>
    /// <param name="Protocol">Its text.</param>
    /// <param name="Keys">Where keys come from.</param>
    /// <param name="UsesIce">With ICE.</param>
    /// <param name="IsBundled">In the bundle of the side.</param>
    /// <param name="IsInBundle">It is in the bundle already: it is offered with the bundle's port.</param>
    /// <param name="Mux">RTP and RTCP on one port.</param>
    private sealed record LineManner(SdpTransport Profile, string Protocol, KeyStyle Keys, bool UsesIce, bool IsBundled, bool IsInBundle, bool Mux);
}
