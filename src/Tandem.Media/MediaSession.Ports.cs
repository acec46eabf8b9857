using Tandem.Core.Net;
using Tandem.Media.Plan;
using Tandem.Media.Transport;

namespace Tandem.Media;

/// <summary>The ports of the session: reserved by its negotiation, served by its loop, given back when no plan needs them.</summary>
public sealed partial class MediaSession
{
    private const int DrainLimit = 1024;

    private readonly List<PortPair?[]> _pairs = [];

    // Of the plan in force, until the next one: their sides go to another pair.
    private readonly List<(int Line, MediaSide Side, PortPair Pair)> _replaced = [];
    private readonly List<RetiredPorts> _leaving = [];
    private readonly Lock _retiring = new();

    // Under the lock: ports that the loop gives back. Null while there are none, which is nearly always.
    private List<RetiredPorts>? _retired;

    /// <summary>It may have the last ports that are free (<see cref="MediaOptions.UrgentPorts"/>).</summary>
    public bool IsUrgent { get; init; }

    bool ILocalPorts.TryGetAddress(NetAddress peer, bool isV6, out NetAddress address) => _engine.TryGetAddress(peer, isV6, out address);

    bool ILocalPorts.TryReserve(int line, MediaSide side, bool isV6, bool withRtcp, out int port)
    {
        while (_pairs.Count <= line)
            _pairs.Add(new PortPair?[2]);

        ref var pair = ref _pairs[line][(int)side];
        // The RTCP port that a line without it gave up may be somebody else's by now, or the loop's for this round.
        if (pair is not null && (pair.IsV6 != isV6 || (withRtcp && !_engine.Pool.TryOpenRtcp(pair))))
        {
            // The old pair serves the plan in force until the next one.
            _replaced.Add((line, side, pair));
            pair = null;
        }

        pair ??= _engine.Pool.Rent(isV6, withRtcp, _engine.Clock.Now, IsUrgent);
        port = pair?.Port ?? 0;
        return pair is not null;
    }

    void ILocalPorts.AddAddresses(NetAddress peer, bool isV6, List<NetAddress> addresses) => _engine.AddAddresses(isV6, addresses);

    void ILocalPorts.Keep(ReadOnlySpan<bool> towardA, ReadOnlySpan<bool> towardB)
    {
        RestoreReplaced();
        for (var line = 0; line < _pairs.Count; line++)
        {
            if (line >= towardA.Length || !towardA[line])
                Leave(line, MediaSide.A);
            if (line >= towardB.Length || !towardB[line])
                Leave(line, MediaSide.B);
        }

        Depart();
        if (_isPosted && HasRetired())
            Post();
    }

    private TransportPorts?[] PortsFor(IReadOnlyList<TransportPlan?> transports, MediaSide side)
    {
        var ports = new TransportPorts?[transports.Count];
        for (var i = 0; i < ports.Length; i++)
        {
            if (transports[i] is not { } transport || i >= _pairs.Count || _pairs[i][(int)side] is not { } pair)
                continue;

            if (transport.Mux)
                TakeRtcp(pair);
            ports[i] = new TransportPorts(Refresh(pair.Rtp), Refresh(pair.Rtcp));
        }

        return ports;
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

    private void TakeRtcp(PortPair pair)
    {
        if (pair.Rtcp is not { } socket)
            return;

        pair.Rtcp = null;
        _leaving.Add(new RetiredPorts(null, socket));
    }

    private void Leave(int line, MediaSide side)
    {
        if (_pairs[line][(int)side] is not { } pair)
            return;

        _pairs[line][(int)side] = null;
        _leaving.Add(new RetiredPorts(pair, null));
    }

    // The plan in force goes on: what was to take the place of its ports is not needed.
    private void RestoreReplaced()
    {
        for (var i = _replaced.Count - 1; i >= 0; i--)
        {
            var (line, side, pair) = _replaced[i];
            Leave(line, side);
            _pairs[line][(int)side] = pair;
        }

        _replaced.Clear();
    }

    private void LeaveReplaced()
    {
        foreach (var (_, _, pair) in _replaced)
            _leaving.Add(new RetiredPorts(pair, null));
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
}
