using Tandem.Core.Time;
using Tandem.Media.Events;
using Tandem.Media.Plan;
using Tandem.Media.Relay;
using Tandem.Media.Rtcp;

namespace Tandem.Media.Transport;

/// <summary>
/// The packet side of one session: its lines, its transports, and the watch for a side that fell silent. Without I/O of its own; owned
/// by one media loop, whose sockets and timer wheel it uses.
/// </summary>
internal sealed class SessionCore
{
    private readonly MediaOptions _options;
    private readonly Action<MediaEvent> _events;
    private readonly CallbackTimer _watch;
    private readonly Moment[] _since = new Moment[2];
    private readonly bool[] _reported = new bool[2];
    private readonly IHandshakeDesk _handshakes;
    private ISocketLoop _loop;
    private byte[]? _cname;
    private int[]? _continuesA;
    private int[]? _continuesB;
    private MediaLine[] _lines = [];
    private MediaTransport[] _transportsA = [];
    private MediaTransport[] _transportsB = [];

    /// <param name="options">Times and policies.</param>
    /// <param name="loop">The loop that serves the session.</param>
    /// <param name="events">Called on the loop with what happens to the session's media.</param>
    /// <param name="handshakes">Who computes handshakes; null to have them computed by the loop.</param>
    public SessionCore(MediaOptions options, ISocketLoop loop, Action<MediaEvent> events, IHandshakeDesk? handshakes = null)
    {
        _options = options;
        _loop = loop;
        _handshakes = handshakes ?? InlineHandshakes.Instance;
        _events = events;
        _watch = new CallbackTimer(Watch);
    }

    /// <summary>The lines of the SDP. A line keeps its counters for the whole session. Any thread may look.</summary>
    public IReadOnlyList<MediaLine> Lines => Volatile.Read(ref _lines);

    /// <summary>The transports toward a side, by the index that the plan uses. They stay for the whole session. Any thread may look.</summary>
    public IReadOnlyList<MediaTransport> Transports(MediaSide side) => side == MediaSide.A ? Volatile.Read(ref _transportsA) : Volatile.Read(ref _transportsB);

    /// <summary>The session's sound; null while it only relays.</summary>
    public ISessionSound? Sound { get; set; }

    /// <summary>Tells the session's owner; called on the loop.</summary>
    public Action<MediaEvent> Events => _events;

    /// <summary>Puts what the session wants in force, between two packets.</summary>
    public void Apply(SessionWish wish, Moment now)
    {
        var plan = wish.Plan;
        Grow(ref _transportsA, plan.TransportsA.Count, _ => new MediaTransport(_options, MediaSide.A, _loop, _handshakes, _events));
        Grow(ref _transportsB, plan.TransportsB.Count, _ => new MediaTransport(_options, MediaSide.B, _loop, _handshakes, _events));
        Grow(ref _lines, plan.Lines.Count, index => new MediaLine(index, ReportsFor));

        // Who leaves a line says so while its sockets are still here.
        for (var i = 0; i < _lines.Length; i++)
        {
            var line = i < plan.Lines.Count ? plan.Lines[i] : null;
            _lines[i].Apply(line, Carrier(line, MediaSide.A), Carrier(line, MediaSide.B));
        }

        ContinuePending();

        for (var side = MediaSide.A; side <= MediaSide.B; side++)
        {
            var transports = Transports(side);
            for (var i = 0; i < transports.Count; i++)
                Drop(transports[i], i < wish.Ports(side).Length ? wish.Ports(side)[i] : null);
        }

        for (var side = MediaSide.A; side <= MediaSide.B; side++)
            Apply(side, plan, wish.Ports(side), now);

        // What a line relays depends on its transports, which have their plans by now.
        foreach (var line in _lines)
            line.Refresh();

        Sound?.Apply(plan, now);
        _since.AsSpan().Fill(now);
        _reported.AsSpan().Clear();
        Schedule();
    }

    /// <summary>What <paramref name="side"/> hears is numbered behind what it heard in another session; also where its lines come only with the next plan.</summary>
    /// <param name="side">Who comes.</param>
    /// <param name="last">By line, the last number there; -1 where there was none.</param>
    public void Continue(MediaSide side, int[] last)
    {
        if (_lines.Length == 0)
        {
            // Both sides may come from elsewhere: two who are bridged. The session that a side leaves may tell a second time, when it ends.
            ref var known = ref side == MediaSide.A ? ref _continuesA : ref _continuesB;
            known = known is null ? last : Later(known, last);
            return;
        }

        for (var i = 0; i < Math.Min(last.Length, _lines.Length); i++)
        {
            if (last[i] >= 0)
                _lines[i][side].Continue((ushort)last[i]);
        }
    }

    private static int[] Later(int[] first, int[] second)
    {
        var later = new int[Math.Max(first.Length, second.Length)];
        for (var i = 0; i < later.Length; i++)
        {
            var (one, other) = (i < first.Length ? first[i] : -1, i < second.Length ? second[i] : -1);
            later[i] = one < 0 || (other >= 0 && (short)(other - one) > 0) ? other : one;
        }

        return later;
    }

    /// <summary>Ends everything: no socket is served, no timer runs.</summary>
    public void Stop(Moment now)
    {
        Sound?.Stop(now);
        Sound = null;
        Apply(SessionWish.Closed, now);
        _loop.Wheel.Cancel(_watch);
    }

    /// <summary>Leaves the loop: packets that arrive wait in the kernel until <see cref="Enter"/>.</summary>
    public void Leave(Moment now)
    {
        Sound?.Leave(now);
        _loop.Wheel.Cancel(_watch);
        foreach (var transport in _transportsA)
            transport.Leave();
        foreach (var transport in _transportsB)
            transport.Leave();
    }

    /// <summary>Goes on with <paramref name="loop"/>, on its thread.</summary>
    public void Enter(ISocketLoop loop, Moment now)
    {
        _loop = loop;
        foreach (var transport in _transportsA)
            transport.Enter(loop);
        foreach (var transport in _transportsB)
            transport.Enter(loop);
        if (loop is MediaLoop own)
            Sound?.Enter(own, now);
        Schedule();
    }

    // One name for all streams of a session (RFC 7022 §4.2).
    private LineReports ReportsFor(LineLeg leg) => new(leg, _options.Rtcp, _cname ??= RtcpCname.Create(_loop.Random), _loop.Random);

    private static void Grow<T>(ref T[] array, int count, Func<int, T> make)
    {
        if (count <= array.Length)
            return;

        var more = new T[count];
        array.CopyTo(more, 0);
        for (var i = array.Length; i < count; i++)
            more[i] = make(i);
        Volatile.Write(ref array, more);
    }

    private void ContinuePending()
    {
        if (_lines.Length == 0)
            return;

        var (a, b) = (_continuesA, _continuesB);
        (_continuesA, _continuesB) = (null, null);
        if (a is not null)
            Continue(MediaSide.A, a);
        if (b is not null)
            Continue(MediaSide.B, b);
    }

    private static void Drop(MediaTransport transport, TransportPorts? ports)
    {
        if (transport.Rtp.Socket is { } rtp && !ReferenceEquals(rtp, ports?.Rtp))
            transport.Release(transport.Rtp);
        if (transport.Rtcp.Socket is { } rtcp && !ReferenceEquals(rtcp, ports?.Rtcp))
            transport.Release(transport.Rtcp);
    }

    private MediaTransport? Carrier(LinePlan? line, MediaSide side)
    {
        var transports = Transports(side);
        return line?[side] is { } plan && plan.Transport < transports.Count ? transports[plan.Transport] : null;
    }

    private void Apply(MediaSide side, MediaPlan plan, TransportPorts?[] ports, Moment now)
    {
        var transports = Transports(side);
        var plans = side == MediaSide.A ? plan.TransportsA : plan.TransportsB;
        for (var i = 0; i < transports.Count; i++)
        {
            // Sockets first: a plan may have something to say at once (a ClientHello).
            if (i < ports.Length && ports[i] is { } sockets)
            {
                transports[i].Serve(transports[i].Rtp, sockets.Rtp);
                transports[i].Serve(transports[i].Rtcp, sockets.Rtcp);
            }

            transports[i].Apply(i < plans.Count ? plans[i] : null, LegsOn(transports[i], side), now);
        }
    }

    private LineLeg[] LegsOn(MediaTransport transport, MediaSide side)
    {
        var count = 0;
        foreach (var line in _lines)
            count += ReferenceEquals(line[side].Transport, transport) ? 1 : 0;

        var legs = new LineLeg[count];
        foreach (var line in _lines)
        {
            if (ReferenceEquals(line[side].Transport, transport))
                legs[^count--] = line[side];
        }

        return legs;
    }

    private void Watch(Moment now)
    {
        for (var side = MediaSide.A; side <= MediaSide.B; side++)
        {
            if (DeadlineOf(side) > now)
                continue;

            _reported[(int)side] = true;
            _events(new MediaSilent(side));
        }

        Schedule();
    }

    private void Schedule() => _loop.Wheel.Schedule(_watch, Moment.Earlier(DeadlineOf(MediaSide.A), DeadlineOf(MediaSide.B)));

    // RTP or RTCP on any line of the side counts as life.
    private Moment DeadlineOf(MediaSide side)
    {
        if (_reported[(int)side] || _options.MediaTimeout == TimeSpan.Zero)
            return Moment.Never;

        var expected = false;
        var last = _since[(int)side];
        foreach (var line in _lines)
        {
            expected |= line[side].Plan?.Sends == true;
            if (line[side].Statistics.LastSeen is { } seen && seen > last)
                last = seen;
        }

        return expected ? last + _options.MediaTimeout : Moment.Never;
    }
}
