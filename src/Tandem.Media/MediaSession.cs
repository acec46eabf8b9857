using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media.Plan;
using Tandem.Media.Relay;
using Tandem.Media.Rtp;
using Tandem.Media.Transport;

namespace Tandem.Media;

/// <summary>
/// The media of one call: its negotiation, its ports, its place on a media loop. Offers, answers and closing come from one thread
/// at a time (the SIP shard of the call); the reports may be read by any.
/// </summary>
public sealed class MediaSession : ILocalPorts
{
    private const int DrainLimit = 1024;

    private readonly MediaEngine _engine;
    private readonly MediaLoop _loop;
    private readonly Negotiation _negotiation;
    private readonly List<PortPair?[]> _pairs = [];
    private readonly List<RetiredPorts> _replaced = [];
    private readonly List<RetiredPorts> _leaving = [];
    private readonly Lock _retiring = new();
    private SessionWish _wish = new(MediaPlan.Empty, [], false);

    // Under the lock: ports that the loop gives back. Null while there are none, which is nearly always.
    private List<RetiredPorts>? _retired;
    private int _queued;
    private bool _isPosted;
    private bool _isClosed;

    internal MediaSession(MediaEngine engine, MediaLoop loop, Random random, Action<MediaSide> silent)
    {
        _engine = engine;
        _loop = loop;
        _negotiation = new Negotiation(engine.Options, this, random);
        Core = new RelayCore(engine.Options, loop.Wheel, silent);
    }

    /// <summary>The plan in force.</summary>
    public MediaPlan Plan => _negotiation.Plan;

    /// <summary>The packet side. Owned by the loop, but for its counters.</summary>
    internal RelayCore Core { get; }

    /// <summary>The sockets that are served, by media line. Owned by the loop.</summary>
    internal List<StreamBinding> Bindings { get; } = [];

    /// <inheritdoc cref="Negotiation.ContinueOrigin"/>
    public void ContinueOrigin(MediaSide side, MediaSession from, MediaSide fromSide) => _negotiation.ContinueOrigin(side, from._negotiation, fromSide);

    /// <summary>Tells where the signalling of a side comes from, before its first SDP or after it moved.</summary>
    public void Expect(MediaSide side, NetAddress peer) => _negotiation.Expect(side, peer);

    /// <summary>Takes an offer and gives the one for the other side, with our address and ports. What is in force goes on.</summary>
    public MediaAnswer Offer(MediaSide from, ReadOnlyMemory<byte> sdp) => _isClosed ? Closed() : _negotiation.Offer(from, sdp);

    /// <summary>Takes an answer, puts the new plan in force and gives the answer for the other side.</summary>
    public MediaAnswer Answer(MediaSide from, ReadOnlyMemory<byte> sdp)
    {
        if (_isClosed)
            return Closed();

        var answer = _negotiation.Answer(from, sdp);
        if (answer.IsAccepted)
            PutInForce();
        return answer;
    }

    /// <summary>Drops an offer that was refused.</summary>
    public void AbandonOffer()
    {
        if (!_isClosed)
            _negotiation.Abandon();
    }

    /// <summary>The sum over all media lines of what came from a side; jitter is that of the first line that has packets.</summary>
    public RtpReport From(MediaSide side)
    {
        var sum = default(RtpReport);
        foreach (var stream in Core.Streams)
        {
            var report = stream[side].Statistics.Read();
            sum = new RtpReport(
                sum.Packets + report.Packets,
                sum.Bytes + report.Bytes,
                sum.Lost + report.Lost,
                sum.Duplicates + report.Duplicates,
                sum.Late + report.Late,
                sum.SourceChanges + report.SourceChanges,
                sum.Packets == 0 ? report.JitterMilliseconds : sum.JitterMilliseconds,
                Later(sum.LastSeen, report.LastSeen),
                sum.RtcpPackets + report.RtcpPackets);
        }

        return sum;
    }

    /// <summary>The media lines that the plan in force relays.</summary>
    public IReadOnlyList<RelayedStream> Streams()
    {
        var plan = _negotiation.Plan;
        var streams = Core.Streams;
        var list = new List<RelayedStream>(plan.Lines.Count);
        for (var i = 0; i < plan.Lines.Count; i++)
        {
            if (plan.Lines[i] is not { } line)
                continue;

            // The loop makes the stream a moment after the plan; until then nothing was counted and the SDP tells the address.
            var stream = i < streams.Count ? streams[i] : null;
            list.Add(new RelayedStream(
                line.Kind,
                stream is null ? plan.Transport(i, MediaSide.A)?.Rtp ?? default : stream[MediaSide.A].Address,
                stream is null ? plan.Transport(i, MediaSide.B)?.Rtp ?? default : stream[MediaSide.B].Address,
                stream?[MediaSide.A].Statistics.Read() ?? default,
                stream?[MediaSide.B].Statistics.Read() ?? default));
        }

        return list;
    }

    /// <summary>Ends the relay and gives the ports back. Safe to call twice.</summary>
    public void Close()
    {
        if (_isClosed)
            return;

        _isClosed = true;
        for (var line = 0; line < _pairs.Count; line++)
            Leave(line);
        LeaveReplaced();

        if (_isPosted)
            Volatile.Write(ref _wish, SessionWish.Closed);
        Depart();
        if (_isPosted)
            Post();
        _engine.Ended(_loop);
    }

    bool ILocalPorts.TryGetAddress(NetAddress peer, bool isV6, out NetAddress address) => _engine.TryGetAddress(peer, isV6, out address);

    bool ILocalPorts.TryReserve(int line, MediaSide side, bool isV6, bool withRtcp, out int port)
    {
        while (_pairs.Count <= line)
            _pairs.Add(new PortPair?[2]);

        ref var pair = ref _pairs[line][(int)side];
        if (pair is not null && pair.IsV6 != isV6)
        {
            // The old pair serves the plan in force until the next one.
            _replaced.Add(new RetiredPorts(pair, null));
            pair = null;
        }

        pair ??= _engine.Pool.Rent(isV6, withRtcp, _engine.Clock.Now);
        port = pair?.Port ?? 0;
        return pair is not null && (!withRtcp || _engine.Pool.TryOpenRtcp(pair));
    }

    void ILocalPorts.Keep(ReadOnlySpan<bool> lines)
    {
        for (var line = 0; line < _pairs.Count; line++)
        {
            if (line >= lines.Length || !lines[line])
                Leave(line);
        }

        Depart();
        if (_isPosted && HasRetired())
            Post();
    }

    /// <summary>What the loop shall bring about, and the ports that are free once it has. Called by the loop.</summary>
    internal SessionWish TakeWish(List<RetiredPorts> retired)
    {
        // Retired first, wish second: a port is retired after the wish that does without it was written.
        Interlocked.Exchange(ref _queued, 0);
        lock (_retiring)
        {
            if (_retired is not null)
                retired.AddRange(_retired);
            _retired = null;
        }

        return Volatile.Read(ref _wish);
    }

    private static Moment? Later(Moment? left, Moment? right) => left is null || right > left ? right : left;

    private static MediaAnswer Closed() => MediaAnswer.Refuse(MediaError.WrongState, "the session is closed");

    private void PutInForce()
    {
        var plan = _negotiation.Plan;
        var ports = new StreamPorts?[plan.Lines.Count];
        for (var line = 0; line < ports.Length; line++)
        {
            if (plan.Lines[line] is null)
                continue;

            var (a, b) = (_pairs[line][0], _pairs[line][1]);
            if (plan.Transport(line, MediaSide.A)?.Mux == true)
                TakeRtcp(a);
            if (plan.Transport(line, MediaSide.B)?.Mux == true)
                TakeRtcp(b);

            ports[line] = new StreamPorts(Refresh(a?.Rtp), Refresh(a?.Rtcp), Refresh(b?.Rtp), Refresh(b?.Rtcp));
        }

        Volatile.Write(ref _wish, new SessionWish(plan, ports, false));
        _isPosted = true;
        LeaveReplaced();
        ((ILocalPorts)this).Keep(_negotiation.Needed());
        Post();
    }

    // What came before the plan is too old to play, or came from somebody else. From here on nothing is thrown away.
    private static MediaSocket? Refresh(MediaSocket? socket)
    {
        if (socket is { IsFresh: true })
        {
            socket.Drain(DrainLimit);
            socket.IsFresh = false;
        }

        return socket;
    }

    private void TakeRtcp(PortPair? pair)
    {
        if (pair?.Rtcp is not { } socket)
            return;

        pair.Rtcp = null;
        _leaving.Add(new RetiredPorts(null, socket));
    }

    private void Leave(int line)
    {
        for (var side = 0; side < 2; side++)
        {
            if (_pairs[line][side] is not { } pair)
                continue;

            _pairs[line][side] = null;
            _leaving.Add(new RetiredPorts(pair, null));
        }
    }

    private void LeaveReplaced()
    {
        _leaving.AddRange(_replaced);
        _replaced.Clear();
    }

    // The wish that does without these ports is written by now.
    private void Depart()
    {
        if (_leaving.Count == 0)
            return;

        if (_isPosted)
        {
            lock (_retiring)
                (_retired ??= new(_leaving.Count)).AddRange(_leaving);
        }
        else
        {
            foreach (var item in _leaving)
                item.Return(_engine.Pool, _engine.Clock.Now);
        }

        _leaving.Clear();
    }

    private bool HasRetired()
    {
        lock (_retiring)
            return _retired is not null;
    }

    private void Post()
    {
        if (Interlocked.Exchange(ref _queued, 1) == 0)
            _loop.Post(this);
    }
}
