using Tandem.Core.Net;
using Tandem.Core.Time;

namespace Tandem.Media.Transport;

/// <summary>
/// The media ports, in pairs. A pair that was used rests for the quarantine before it is used again; then pairs whose sockets are
/// still open go first, for they cost no system call. The order of the others begins at a random place. Thread-safe: signalling
/// rents, loops give back; the lock is never held over a packet.
/// </summary>
internal sealed class PortPool
{
    private readonly MediaOptions _options;
    private readonly SocketLayer _layer;
    private readonly Lock _lock = new();
    private readonly PortPair[] _all;
    private readonly int _urgent;
    private readonly Queue<PortPair> _cold = new();
    private readonly Queue<PortPair> _warm = new();
    private readonly Queue<(PortPair Pair, Moment Until, int Ports)> _resting = new();
    private int _inUse;
    private int _restingPorts;
    private int _openIdle;
    private long _bindFailures;
    private long _exhausted;
    private bool _closed;

    public PortPool(MediaOptions options, SocketLayer layer, Random random)
    {
        _options = options;
        _layer = layer;
        var first = options.RtpPort + (options.RtpPort & 1);
        var count = (options.RtpPortMax - first + 1) / 2;
        Pairs = count;
        _urgent = Math.Min(options.UrgentPorts / 2, count / 10);
        var start = random.Next(Math.Max(1, count));
        _all = new PortPair[count];
        for (var i = 0; i < count; i++)
        {
            var index = (start + i) % count;
            _all[index] = new PortPair(index, first + (index * 2));
            _cold.Enqueue(_all[index]);
        }
    }

    /// <summary>Pairs in the range.</summary>
    public int Pairs { get; }

    /// <summary>Ports that sessions hold.</summary>
    public int InUse => Volatile.Read(ref _inUse);

    /// <summary>Ports that rest.</summary>
    public int Resting => Volatile.Read(ref _restingPorts);

    /// <summary>Sockets that are open though no session holds them.</summary>
    public int OpenIdle => Volatile.Read(ref _openIdle);

    /// <summary>Binds that failed because somebody else has the port.</summary>
    public long BindFailures => Volatile.Read(ref _bindFailures);

    /// <summary>Requests that found no port.</summary>
    public long Exhausted => Volatile.Read(ref _exhausted);

    /// <summary>Rents a pair with its RTP socket open, and the RTCP socket where asked; null when none is free. The last ones are for who is urgent.</summary>
    public PortPair? Rent(bool isV6, bool withRtcp, Moment now, bool isUrgent = false)
    {
        for (var attempt = 0; attempt < _options.BindAttempts; attempt++)
        {
            PortPair? pair;
            lock (_lock)
            {
                Wake(now);
                if (_closed || (!isUrgent && _warm.Count + _cold.Count <= _urgent) || (!_warm.TryDequeue(out pair) && !_cold.TryDequeue(out pair)))
                    break;

                _openIdle -= OpenSockets(pair);
            }

            if (TryPrepare(pair, isV6, withRtcp))
            {
                if (IsClosedFor(pair))
                    break;

                Interlocked.Add(ref _inUse, OpenSockets(pair));
                pair.Rtp!.IsFresh = true;
                if (pair.Rtcp is not null)
                    pair.Rtcp.IsFresh = true;
                return pair;
            }

            Interlocked.Increment(ref _bindFailures);
            Shut(pair);
            lock (_lock)
                _cold.Enqueue(pair);
        }

        Interlocked.Increment(ref _exhausted);
        return null;
    }

    /// <summary>Opens the RTCP socket of a rented pair when it is not open; false when its port is taken.</summary>
    public bool TryOpenRtcp(PortPair pair)
    {
        if (pair.Rtcp is not null)
            return true;

        pair.Rtcp = Bind(pair.Port + 1, pair.IsV6);
        if (pair.Rtcp is null || IsClosedFor(pair))
            return false;

        Interlocked.Increment(ref _inUse);
        return true;
    }

    /// <summary>Closes an RTCP socket that its session took out of its pair; no loop serves it any more.</summary>
    public void CloseRtcp(MediaSocket socket)
    {
        socket.Close();
        Interlocked.Decrement(ref _inUse);
    }

    /// <summary>Takes a pair back into quarantine; no loop serves its sockets any more.</summary>
    public void Return(PortPair pair, Moment now)
    {
        var ports = OpenSockets(pair);
        Interlocked.Add(ref _inUse, -ports);
        bool keep;
        lock (_lock)
        {
            keep = !_closed && _openIdle + ports <= _options.WarmSockets;
            if (keep)
            {
                _openIdle += ports;
                Rest(pair, ports, now);
            }
        }

        if (keep)
            return;

        Shut(pair);
        lock (_lock)
            Rest(pair, ports, now);
    }

    /// <summary>Closes every socket, rented ones too: the loops have ended. Nothing is rented afterwards.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            foreach (var pair in _all)
            {
                pair.Rtp?.Close();
                pair.Rtcp?.Close();
            }
        }
    }

    /// <summary>Ends the rest of pairs whose time has come.</summary>
    public void Tick(Moment now)
    {
        lock (_lock)
            Wake(now);
    }

    // Sockets are opened outside the lock: what Close did not see yet is closed here.
    private bool IsClosedFor(PortPair pair)
    {
        lock (_lock)
        {
            if (!_closed)
                return false;
        }

        Shut(pair);
        return true;
    }

    private void Rest(PortPair pair, int ports, Moment now)
    {
        _resting.Enqueue((pair, now + _options.PortQuarantine, ports));
        _restingPorts += ports;
    }

    private void Wake(Moment now)
    {
        while (_resting.TryPeek(out var oldest) && oldest.Until <= now)
        {
            _resting.Dequeue();
            _restingPorts -= oldest.Ports;
            if (oldest.Pair.Rtp is null)
                _cold.Enqueue(oldest.Pair);
            else
                _warm.Enqueue(oldest.Pair);
        }
    }

    private bool TryPrepare(PortPair pair, bool isV6, bool withRtcp)
    {
        if (pair.IsV6 != isV6)
            Shut(pair);

        pair.IsV6 = isV6;
        pair.Rtp ??= Bind(pair.Port, isV6);
        if (pair.Rtp is null)
            return false;

        if (withRtcp)
        {
            pair.Rtcp ??= Bind(pair.Port + 1, isV6);
            return pair.Rtcp is not null;
        }

        pair.Rtcp?.Close();
        pair.Rtcp = null;
        return true;
    }

    private MediaSocket? Bind(int port, bool isV6) => _layer.TryBind((isV6 ? _options.BindV6 : _options.BindV4).WithPort(port));

    private static void Shut(PortPair pair)
    {
        pair.Rtp?.Close();
        pair.Rtcp?.Close();
        pair.Rtp = null;
        pair.Rtcp = null;
    }

    private static int OpenSockets(PortPair pair) => (pair.Rtp is null ? 0 : 1) + (pair.Rtcp is null ? 0 : 1);
}
