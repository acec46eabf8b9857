using System.Globalization;
using Tandem.Core.Net;
using Tandem.Media.Sdp;
using Tandem.Media.Srtp;

namespace Tandem.Media.Plan;

/// <summary>
/// The offers and answers between one side and us (RFC 3264): what it said, what we said, and what both agreed on. It decides whatever
/// belongs to this side alone: address family, protocol, keys, ICE, bundles and the numbers of payload types. Sans-IO.
/// </summary>
internal sealed partial class LegNegotiation(MediaSide side, NegotiationContext context, ILocalPorts ports, SdpOrigin origin)
{
    private readonly FormatRules _rules = new(context);
    private readonly LegKeys _keys = new(context);
    private readonly PayloadNumbers _numbers = new();
    private readonly List<LocalOffer> _offers = [];
    private readonly List<SdpSection> _written = [];
    private NetAddress _host;
    private int _certificate;

    public LegPolicy Policy { get; private set; } = context.Policy;

    /// <summary>The origin that the side sees; it is taken along when the side goes on in another session.</summary>
    public SdpOrigin Origin { get; private set; } = origin;

    /// <summary>The family that the side speaks; null until its signalling or its SDP tells.</summary>
    public bool? IsV6 { get; private set; }

    /// <summary>What is in force, by media line; null where the line is off. Empty before the first answer.</summary>
    public IReadOnlyList<LegLine?> Lines { get; private set; } = [];

    /// <summary>True when any line is in force.</summary>
    public bool IsInForce
    {
        get
        {
            foreach (var line in Lines)
            {
                if (line is not null)
                    return true;
            }

            return false;
        }
    }

    public FormatRules Rules => _rules;

    /// <summary>The offer of ours that an answer of this side belongs to: the one that was written for a peer of its kind.</summary>
    public LocalOffer? OpenOffer => _offers.Find(offer => IsAlike(offer.Policy, Policy)) ?? (_offers.Count > 0 ? _offers[0] : null);

    /// <summary>True when there is an offer for a peer of the kind that is expected now.</summary>
    public bool HasOfferForPolicy => _offers.Exists(offer => IsAlike(offer.Policy, Policy));

    /// <summary>Says who is on this side from now on.</summary>
    public void Expect(LegPolicy policy)
    {
        Policy = policy;
        if (!policy.Peer.IsUnspecified)
            IsV6 ??= policy.Peer.IsV6;
    }

    /// <summary>
    /// The side was with <paramref name="before"/> until now. It knows the origin already. Its DTLS association ended there: another certificate
    /// than there makes it shake hands anew (RFC 8842 §4), where one that it knows would let it go on with keys that we do not have here.
    /// </summary>
    public void Continue(LegNegotiation before)
    {
        Origin = before.Origin;
        if (context.Fingerprints.Count > 0)
            _certificate = (before._certificate + 1) % context.Fingerprints.Count;
    }

    /// <summary>Puts in force what was agreed.</summary>
    public void Commit(IReadOnlyList<LegLine?> lines)
    {
        for (var i = 0; i < Lines.Count; i++)
        {
            if (Lines[i] is { Keys: KeyStyle.Sdes } && (i >= lines.Count || lines[i] is not { Keys: KeyStyle.Sdes }))
                _keys.Forget(i);
        }

        Lines = lines;
    }

    /// <summary>Forgets the offers that wait for an answer.</summary>
    public void DropOffers() => _offers.Clear();

    /// <summary>For each transport of the lines in force whether its ports are needed.</summary>
    public void MarkPorts(bool[] needed)
    {
        foreach (var line in Lines)
        {
            if (line is not null && line.Transport < needed.Length)
                needed[line.Transport] = true;
        }

        foreach (var offer in _offers)
        {
            foreach (var line in offer.Lines)
            {
                if (!line.IsOff && line.Transport < needed.Length)
                    needed[line.Transport] = true;
            }
        }
    }

    private static bool IsAlike(LegPolicy left, LegPolicy right) =>
        left.IsBrowser == right.IsBrowser && left.Srtp == right.Srtp && left.OffersKeys == right.OffersKeys && left.SeesUsAt == right.SeesUsAt && left.Codecs.SequenceEqual(right.Codecs);

    // The signalling tells better which of our addresses a side reaches than its SDP, which may name an address behind a NAT.
    private NetAddress PeerOf => Policy.Peer.IsUnspecified ? _host : Policy.Peer;

    // A family in which we have no address is no use: the other one is tried, for the phone may speak both.
    private NetAddress ServedAddress(bool isV6, out bool served)
    {
        served = ports.TryGetAddress(PeerOf, isV6, out var address) ? isV6 : !isV6;
        if (served != isV6)
            ports.TryGetAddress(PeerOf, served, out address);
        var seen = Policy.SeesUsAt;
        return !seen.IsUnspecified && seen.IsV6 == served && address.IsPrivate ? seen : address;
    }

    // A hold or a name gives no address: then the family stays what it was.
    private bool FamilyOf(SdpMedia media) =>
        media.Connection.Address.IsUnspecified ? IsV6 ?? media.Connection.IsV6 : media.Connection.Address.IsV6;

    private void Remember(SdpMedia media)
    {
        if (!media.Connection.Address.IsUnspecified)
            _host = media.Connection.Address;
    }

    private TransportPlan PlanOf(SdpMedia media, bool mux, SecurityPlan? security, IcePlan? ice) => new(
        Reachable(media.RtpTarget), Reachable(media.RtcpTarget(mux)), Policy.Peer, mux, security, ice, media.Transport == SdpTransport.Udptl)
    { PublicAnd = Policy.PublicAnd };

    // A phone elsewhere that names the loopback would have us send to services of this machine; one that anybody may name, to those beside it.
    private NetAddress Reachable(NetAddress target) =>
        (target.IsLoopback && !Policy.Peer.IsUnspecified && !Policy.Peer.IsLoopback) || (Policy.PublicAnd is { } allowed && !GlobalNetworks.Has(target, allowed)) ? default : target;

    // RFC 8842 §4: another certificate, another role or another tls-id is another association.
    private DtlsPlan Dtls(SdpMedia media, bool isClient, string ownId)
    {
        var identity = new System.Text.StringBuilder(isClient ? "client " : "server ");
        identity.Append(context.Fingerprints[_certificate]).Append(' ').Append(ownId).Append(' ').Append(media.TlsId);
        foreach (var fingerprint in media.Fingerprints)
            identity.Append(' ').Append(fingerprint);
        return new DtlsPlan(isClient, media.Fingerprints, identity.ToString()) { Certificate = _certificate };
    }

    // RFC 8839 §5.1, RFC 8445 §5.1.2: host candidates of the two components, the address of the c= line first.
    private List<string> Candidates(NetAddress address, int port, bool mux)
    {
        var addresses = new List<NetAddress> { address };
        ports.AddAddresses(PeerOf, address.IsV6, addresses);
        var candidates = new List<string>(addresses.Count * 2);
        for (var i = 0; i < addresses.Count; i++)
        {
            for (var component = 1; component <= (mux ? 1 : 2); component++)
            {
                var priority = (126L << 24) | ((65535L - i) << 8) | (256L - component);
                candidates.Add(string.Create(
                    CultureInfo.InvariantCulture, $"{i + 1} {component} UDP {priority} {addresses[i].HostText()} {port + component - 1} typ host"));
            }
        }

        return candidates;
    }

    private byte[] Write(NetAddress address, IReadOnlyList<IReadOnlyList<string>> bundles, SdpSection[] sections)
    {
        _written.Clear();
        _written.AddRange(sections);
        return SdpWriter.Write(Origin, address, bundles, sections);
    }

    private static SdpSection Refused(SdpMedia media) =>
        new() { Kind = media.Kind, Protocol = media.Protocol, Formats = media.Formats, IsRefused = true, Mid = media.Mid };

    /// <summary>The first crypto attribute that we can use, by the order of its writer (RFC 4568 §5.1.2).</summary>
    private CryptoAttribute? FirstCrypto(SdpMedia media, IReadOnlyList<CryptoAttribute>? offered)
    {
        foreach (var text in media.Crypto)
        {
            if (CryptoAttribute.TryParse(System.Text.Encoding.Latin1.GetBytes(text), out var crypto, out _)
                && Policy.SrtpProfiles.Contains(crypto.Profile)
                && (offered is null || offered.Any(own => own.Tag == crypto.Tag && own.Profile == crypto.Profile)))
                return crypto;
        }

        return null;
    }
}
