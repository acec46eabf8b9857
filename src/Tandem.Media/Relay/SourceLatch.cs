using Tandem.Core.Net;
using Tandem.Core.Time;

namespace Tandem.Media.Relay;

/// <summary>
/// Learns where one port's packets really come from (RFC 4961), and holds to it.
/// <list type="bullet">
/// <item>Nothing is learned yet: packets go to the address of the SDP. The first valid packet from there is final. A known host (the
/// SDP's or the signalling's, another port) is learned at any time, anybody else only inside the window that a negotiation opens.</item>
/// <item>Inside the window a better source replaces a lesser one (SDP address, then known host, then anybody, then the source that a
/// new SDP address has just superseded); an equal one never does.</item>
/// <item>Afterwards a stranger's packets are dropped. Only when the learned source has been silent may the SDP address, or another
/// port of the same host (a NAT that gave the flow a new port), follow it, and that only so many times between two negotiations.</item>
/// <item>A negotiation that names a new address starts again; one that names the same address changes nothing for a learned source.</item>
/// </list>
/// A mutable value, owned by the media loop.
/// </summary>
internal struct SourceLatch
{
    private NetAddress _named;
    private NetAddress _peer;
    private NetAddress _source;
    private NetAddress _previous;
    private Moment _windowEnd;
    private Moment _lastSeen;
    private Rank _rank;
    private int _moves;
    private bool _isLearned;

    private enum Rank
    {
        Named,
        KnownHost,
        Anybody,
        Superseded,
    }

    /// <summary>True once a source is learned.</summary>
    public readonly bool IsLearned => _isLearned;

    /// <summary>Where to send: the learned source, before that the SDP's address; unspecified when there is neither.</summary>
    public readonly NetAddress Target => _isLearned ? _source : _named;

    /// <summary>True when <paramref name="source"/> is the learned one.</summary>
    public readonly bool IsSource(in NetAddress source) => _isLearned && source == _source;

    /// <summary>Reads what the next packet is judged by (see <see cref="Transport.RoundTouch"/>).</summary>
    public readonly long Touch() => _source.Port ^ _named.Port ^ _lastSeen.Ticks ^ _windowEnd.Ticks;

    /// <summary>A negotiation came into force.</summary>
    /// <param name="named">What the SDP says; unspecified when it gives no address: then the address before it still counts.</param>
    /// <param name="peer">Where the signalling comes from; unspecified when unknown.</param>
    public void Negotiated(NetAddress named, NetAddress peer, MediaOptions options, Moment now)
    {
        _peer = peer;
        var isNew = !named.IsUnspecified && named != _named;
        if (isNew)
        {
            _named = named;
            _moves = 0;
            if (_isLearned && _source != named)
            {
                _previous = _source;
                _isLearned = false;
            }
        }

        if (isNew || !_isLearned)
            _windowEnd = now + options.LatchWindow;
    }

    /// <summary>Judges a valid packet's source. True: it is the side's own, and is learned now if it was not before.</summary>
    /// <param name="source">Where the packet came from.</param>
    /// <param name="companion">The learned source of the RTP port, when this is the RTCP port; its host counts as known.</param>
    public bool Accept(in NetAddress source, in NetAddress companion, MediaOptions options, Moment now)
    {
        if (_isLearned && source == _source)
        {
            _lastSeen = now;
            return true;
        }

        if (!MayFollow(source, companion, false, options, now, out var isMove))
            return false;

        Learn(source, companion, now);
        if (isMove)
            _moves++;
        return true;
    }

    /// <summary>
    /// True when <see cref="AcceptAuthentic"/> would take <paramref name="source"/> now. It is asked before a packet is decrypted, so
    /// that strangers cost no cryptography.
    /// </summary>
    public readonly bool WouldAcceptAuthentic(in NetAddress source, in NetAddress companion, MediaOptions options, Moment now) =>
        IsSource(source) || MayFollow(source, companion, true, options, now, out _);

    /// <summary>
    /// Judges the source of a packet that is authenticated (SRTP, DTLS): it proves who sent it, so another port of the learned host is
    /// followed at once, and another host when the learned source has been silent; both without a bound on the number of moves.
    /// </summary>
    public bool AcceptAuthentic(in NetAddress source, in NetAddress companion, MediaOptions options, Moment now)
    {
        if (_isLearned && source == _source)
        {
            _lastSeen = now;
            return true;
        }

        if (!MayFollow(source, companion, true, options, now, out _))
            return false;

        Learn(source, companion, now);
        return true;
    }

    /// <summary>True when <paramref name="source"/> is the learned one, or the SDP or the signalling names its host.</summary>
    public readonly bool Knows(in NetAddress source) => IsSource(source) || RankOf(source, default) <= Rank.KnownHost;

    private readonly bool MayFollow(in NetAddress source, in NetAddress companion, bool isAuthentic, MediaOptions options, Moment now, out bool isMove)
    {
        isMove = false;
        var rank = RankOf(source, companion);
        if (!_isLearned)
            return MayLearn(rank, options, isAuthentic ? _windowEnd : now);
        if (now <= _windowEnd && rank < _rank && MayLearn(rank, options, now))
            return true;

        isMove = true;
        if (isAuthentic && options.Latch != LatchPolicy.SdpOnly && SameHost(source, _source))
            return true;
        if (now - _lastSeen < options.LatchSilence)
            return false;

        return isAuthentic
            ? MayLearn(rank, options, _windowEnd)
            : _moves < options.MaxRelatches && (rank == Rank.Named || (options.Latch != LatchPolicy.SdpOnly && SameHost(source, _source)));
    }

    private void Learn(in NetAddress source, in NetAddress companion, Moment now)
    {
        _rank = RankOf(source, companion);
        _source = source;
        _isLearned = true;
        _lastSeen = now;
    }

    private readonly bool MayLearn(Rank rank, MediaOptions options, Moment now) => options.Latch switch
    {
        LatchPolicy.SdpOnly => rank == Rank.Named,
        LatchPolicy.KnownHosts => rank <= Rank.KnownHost,
        _ => rank <= Rank.KnownHost || now <= _windowEnd,
    };

    private readonly Rank RankOf(in NetAddress source, in NetAddress companion)
    {
        if (source == _named)
            return Rank.Named;
        if (source == _previous)
            return Rank.Superseded;

        return SameHost(source, _named) || SameHost(source, _peer) || SameHost(source, companion) ? Rank.KnownHost : Rank.Anybody;
    }

    private static bool SameHost(in NetAddress left, in NetAddress right) =>
        !right.IsUnspecified && left.WithPort(0) == right.WithPort(0);
}
