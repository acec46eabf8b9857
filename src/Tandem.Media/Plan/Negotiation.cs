using Tandem.Core.Net;
using Tandem.Media.Sdp;

namespace Tandem.Media.Plan;

/// <summary>
/// The offers and answers of one session (RFC 3264), passed through with our address and ports. Sans-IO; one thread at a time.
/// <para>Old-style hold (c=0.0.0.0) is passed on as our own address with <c>a=sendonly</c> or <c>a=inactive</c>: that is what it means
/// (RFC 3264 §8.4), and the other side then keeps sending RTCP to a place that listens.</para>
/// </summary>
public sealed class Negotiation(MediaOptions options, ILocalPorts ports, Random random)
{
    private readonly SdpRewriter[] _toSide = [new(random.Next(1, int.MaxValue)), new(random.Next(1, int.MaxValue))];
    private readonly bool?[] _isV6 = new bool?[2];
    private readonly NetAddress[] _peers = new NetAddress[2];
    private readonly NetAddress[] _hosts = new NetAddress[2];
    private SdpDocument? _offer;
    private MediaSide _offerer;
    private bool[] _relayed = [];
    private bool _answered;

    /// <summary>The plan in force: what the last answer said.</summary>
    public MediaPlan Plan { get; private set; } = MediaPlan.Empty;

    /// <summary>
    /// Tells where the signalling of <paramref name="side"/> comes from: the family it speaks until its SDP says so, and a host from
    /// which its media may come as well.
    /// </summary>
    public void Expect(MediaSide side, NetAddress peer)
    {
        _peers[(int)side] = peer;
        _isV6[(int)side] ??= peer.IsV6;
    }

    /// <summary>
    /// A side that was in another session goes on in this one: it sees the same origin, with a version that grows from there
    /// (RFC 3264 §8). Called before anything is written for that side here.
    /// </summary>
    public void ContinueOrigin(MediaSide side, Negotiation from, MediaSide fromSide) => _toSide[(int)side] = from._toSide[(int)fromSide];

    /// <summary>Takes an offer and gives the offer for the other side. The bytes are not kept.</summary>
    public MediaAnswer Offer(MediaSide from, ReadOnlyMemory<byte> sdp)
    {
        if (_offer is not null && !_answered)
            return MediaAnswer.Refuse(MediaError.WrongState, "an offer is open");

        // The offer is looked at again when the answer comes, and the caller's buffer may be another message by then.
        if (!SdpParser.TryParse(sdp.Length > options.MaxSdpBytes ? sdp : sdp.ToArray(), options, out var offer, out var error))
            return MediaAnswer.Refuse(MediaError.Malformed, error);

        var relayed = new bool[offer.MediaList.Count];
        var count = 0;
        bool? isV6 = null;
        for (var i = 0; i < relayed.Length; i++)
        {
            var media = offer.MediaList[i];
            isV6 ??= IsRelayable(media, from) ? FamilyOf(media, from) : null;
            relayed[i] = count < options.MaxStreams && IsRelayable(media, from) && FamilyOf(media, from) == isV6;
            if (!relayed[i])
                continue;

            count++;
            Remember(from, media);
        }

        // A later offer may switch every line off (RFC 3264 §8.2); a first one that leaves nothing is of no use.
        if (count == 0 && Plan.Lines.Count == 0)
            return MediaAnswer.Refuse(MediaError.NotAcceptable, offer.MediaList.Count == 0 ? "no media line is offered" : "no media line can be relayed");

        var side = (int)from;
        var other = PlanCompiler.Other(from);
        if (isV6 is { } family)
            _isV6[side] = family;

        var refusal = Rewrites(offer, relayed, from, other, out var rewrites, out var address);
        if (refusal is { } refused)
        {
            ports.Keep(InForce());
            return refused;
        }

        _offer = offer;
        _offerer = from;
        _relayed = relayed;
        _answered = false;
        return new MediaAnswer(_toSide[(int)other].Write(offer, address, rewrites), MediaError.None, "");
    }

    /// <summary>Takes an answer to the last offer and gives the answer for the offerer; <see cref="Plan"/> is the new one afterwards.</summary>
    public MediaAnswer Answer(MediaSide from, ReadOnlyMemory<byte> sdp)
    {
        if (_offer is not { } offer || from == _offerer)
            return MediaAnswer.Refuse(MediaError.WrongState, "there is no offer that this answers");
        if (!SdpParser.TryParse(sdp, options, out var answer, out var error))
            return MediaAnswer.Refuse(MediaError.Malformed, error);
        if (answer.MediaList.Count > offer.MediaList.Count)
            return MediaAnswer.Refuse(MediaError.NotAcceptable, "the answer has more media lines than the offer");

        var accepted = new bool[offer.MediaList.Count];
        var any = false;
        for (var i = 0; i < answer.MediaList.Count; i++)
        {
            var media = answer.MediaList[i];
            if (!_relayed[i] || media.Port == 0)
                continue;
            if (media.Connection.IsMulticast || media.Transport == SdpTransport.Unknown || media.Kind != offer.MediaList[i].Kind)
                return MediaAnswer.Refuse(MediaError.NotAcceptable, $"m= line {i + 1} of the answer does not fit the offer");

            accepted[i] = true;
            any = true;
            Remember(from, media);
        }

        if (!any && Plan.Lines.Count == 0)
            return MediaAnswer.Refuse(MediaError.NotAcceptable, "the answer accepts no media line");

        var refusal = AnswerRewrites(offer, answer, accepted, out var rewrites, out var address);
        if (refusal is { } refused)
            return refused;

        Plan = PlanCompiler.Compile(offer, answer, _offerer, accepted, options.RtcpMux, Plan, _peers);
        _answered = true;
        return new MediaAnswer(_toSide[(int)_offerer].Write(answer, address, rewrites, offer), MediaError.None, "");
    }

    /// <summary>Drops an offer that has no answer yet; what was in force stays.</summary>
    public void Abandon()
    {
        if (_answered || _offer is null)
            return;

        _offer = null;
        ports.Keep(InForce());
    }

    /// <summary>Which lines need ports: those in force and those of the offer that may still be answered.</summary>
    public bool[] Needed()
    {
        var needed = InForce();
        if (_offer is null)
            return needed;

        // Another fork may accept what this one refused, so the ports of the offer stay until the next offer.
        if (needed.Length < _relayed.Length)
            Array.Resize(ref needed, _relayed.Length);
        for (var i = 0; i < _relayed.Length; i++)
            needed[i] |= _relayed[i];
        return needed;
    }

    private MediaAnswer? Rewrites(
        SdpDocument offer, bool[] relayed, MediaSide from, MediaSide other, out SdpMediaRewrite[] rewrites, out NetAddress address)
    {
        rewrites = new SdpMediaRewrite[relayed.Length];
        var toV6 = ServedFamily(other, _isV6[(int)other] ?? _isV6[(int)from] ?? false);
        _isV6[(int)other] = toV6;
        ports.TryGetAddress(PeerOf(other), toV6, out address);

        for (var i = 0; i < relayed.Length; i++)
        {
            if (!relayed[i])
                continue;

            // Where rtcp-mux is offered, the answer tells whether RTCP needs a port of its own; its number is kept for us until then.
            var media = offer.MediaList[i];
            var withRtcp = !(options.RtcpMux && media.RtcpMux);
            if (!ports.TryReserve(i, other, toV6, withRtcp, out var port)
                || !ports.TryReserve(i, from, _isV6[(int)from] ?? toV6, withRtcp, out _))
                return MediaAnswer.Refuse(MediaError.NoPorts, "no media port is free");

            rewrites[i] = new SdpMediaRewrite(port, options.RtcpMux, HeldDirection(media));
        }

        return null;
    }

    private MediaAnswer? AnswerRewrites(SdpDocument offer, SdpDocument answer, bool[] accepted, out SdpMediaRewrite[] rewrites, out NetAddress address)
    {
        rewrites = new SdpMediaRewrite[answer.MediaList.Count];
        var answerer = PlanCompiler.Other(_offerer);
        var toV6 = ServedFamily(_offerer, _isV6[(int)_offerer] ?? false);
        ports.TryGetAddress(PeerOf(_offerer), toV6, out address);

        for (var i = 0; i < rewrites.Length; i++)
        {
            if (!accepted[i])
                continue;

            var media = answer.MediaList[i];
            var mux = options.RtcpMux && media.RtcpMux && offer.MediaList[i].RtcpMux;
            if (!ports.TryReserve(i, _offerer, toV6, !mux, out var port)
                || !ports.TryReserve(i, answerer, _isV6[(int)answerer] ?? toV6, !mux, out _))
                return MediaAnswer.Refuse(MediaError.NoPorts, "no media port is free");

            // An old-style hold may not answer more than the offer leaves it (RFC 3264 §6.1).
            var direction = HeldDirection(media);
            if (!offer.MediaList[i].EffectiveDirection.HasFlag(SdpDirection.RecvOnly))
                direction &= ~SdpDirection.SendOnly;
            rewrites[i] = new SdpMediaRewrite(port, mux, direction);
        }

        return null;
    }

    // A family in which we have no address is no use: the other one is tried, for the phone may speak both.
    private bool ServedFamily(MediaSide side, bool isV6) => ports.TryGetAddress(PeerOf(side), isV6, out _) ? isV6 : !isV6;

    // The signalling tells better which of our addresses a side reaches than its SDP, which may name an address behind a NAT.
    private NetAddress PeerOf(MediaSide side) => _peers[(int)side].IsUnspecified ? _hosts[(int)side] : _peers[(int)side];

    private bool[] InForce()
    {
        var lines = new bool[Plan.Lines.Count];
        for (var i = 0; i < lines.Length; i++)
            lines[i] = Plan.Lines[i] is not null;
        return lines;
    }

    private bool IsRelayable(SdpMedia media, MediaSide from) =>
        media.Port != 0
        && media.Transport != SdpTransport.Unknown
        && media.Kind is "audio" or "video"
        && !media.Connection.IsMulticast
        && ports.TryGetAddress(PeerOf(from), FamilyOf(media, from), out _);

    // A hold or a name gives no address: then the family stays what it was.
    private bool FamilyOf(SdpMedia media, MediaSide from) =>
        media.Connection.Address.IsUnspecified ? _isV6[(int)from] ?? media.Connection.IsV6 : media.Connection.Address.IsV6;

    private void Remember(MediaSide side, SdpMedia media)
    {
        if (!media.Connection.Address.IsUnspecified)
            _hosts[(int)side] = media.Connection.Address;
    }

    private static SdpDirection? HeldDirection(SdpMedia media) => media.Connection.IsHold ? media.EffectiveDirection : null;
}
