using System.Net.Sockets;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Engine;

namespace Tandem.Sip.Transport;

/// <summary>What all stream connections share.</summary>
internal sealed class StreamContext(SipTransportOptions options, MessageIntake intake, SipTransportCounters counters, Action<SipConnection, ConnectionCloseReason> closed)
{
    private StreamInlet[] _inlets = [];
    private long _lastId;
    private long _queuedBytes;

    /// <summary>How TLS connections are made.</summary>
    public TlsHandshake Tls { get; } = new(options.Tls);

    /// <summary>The handshakes of accepted connections.</summary>
    public HandshakeGate Handshakes { get; } = new(options.Tls, options.Ipv6PrefixBits);

    /// <summary>Called with what a handshake failed of, on any thread.</summary>
    public Action<SipFlow, Exception>? HandshakeFailed { get; set; }

    /// <summary>Called once with each accepted connection that has brought a whole message.</summary>
    public Action<SipConnection>? FirstMessage { get; set; }

    /// <summary>Called with an accepted connection and the address that its far side, which has shown who it is, wants reached over it (RFC 5923 §8.2).</summary>
    public Action<SipConnection, NetAddress>? Aliased { get; set; }

    /// <summary>What waits to be sent, by source.</summary>
    public WaitingBySource Waiting { get; } = new(options.MaxSendQueueBytesPerSource, options.Ipv6PrefixBits);

    /// <summary>Bytes that wait to be sent on all connections.</summary>
    public long QueuedBytes => Volatile.Read(ref _queuedBytes);

    /// <summary>Takes room for bytes that wait; false when the connections of the source, or all together, have used theirs up.</summary>
    public bool TryQueue(WaitingBySource.Share share, int bytes)
    {
        if (!share.TryQueue(bytes))
            return false;
        if (WaitingBySource.TryTake(ref _queuedBytes, bytes, options.MaxSendQueueBytesInAll))
            return true;

        share.Unqueue(bytes);
        return false;
    }

    /// <summary>Returns the room of bytes that wait no more.</summary>
    public void Unqueue(WaitingBySource.Share share, int bytes)
    {
        share.Unqueue(bytes);
        Interlocked.Add(ref _queuedBytes, -bytes);
    }

    public SipTransportOptions Options => options;

    public MessageIntake Intake => intake;

    public SipTransportCounters Counters => counters;

    public Clock Clock => intake.Clock;

    /// <summary>Lets the loops read the sockets, where they can.</summary>
    /// <exception cref="SocketException">No descriptor is left.</exception>
    public void Attach(ShardLoop[] shards)
    {
        if (shards.Length == 0 || !Array.TrueForAll(shards, shard => shard.CanRead))
            return;

        _inlets = Array.ConvertAll(shards, _ => new StreamInlet());
        for (var i = 0; i < shards.Length; i++)
            shards[i].Attach(_inlets[i]);
    }

    /// <summary>Ends that, when no connection is left.</summary>
    public void Detach(ShardLoop[] shards)
    {
        for (var i = 0; i < _inlets.Length; i++)
        {
            shards[i].Detach(_inlets[i]);
            _inlets[i].Dispose();
        }

        _inlets = [];
    }

    /// <summary>The stream of a connected socket, which it owns. Connections are spread evenly over the loops.</summary>
    /// <exception cref="IOException">The socket is not connected any more.</exception>
    public Stream Open(Socket socket, long id) =>
        _inlets is { Length: > 0 } inlets ? new ShardStream(socket, inlets[(int)(id % inlets.Length)]) : new NetworkStream(socket, ownsSocket: true);

    /// <summary>A new connection id; ids are never used again.</summary>
    public long NextId() => Interlocked.Increment(ref _lastId);

    /// <summary>Counts a connection for which there was no room.</summary>
    public void CountRefused(ConnectionTable.Room room)
    {
        if (room == ConnectionTable.Room.TooManyOfSource)
            SipTransportCounters.Add(ref counters.RefusedSourceLimitField);
        else if (room == ConnectionTable.Room.TooManyHalfOpen)
            SipTransportCounters.Add(ref counters.RefusedHalfOpenField);
        else
            SipTransportCounters.Add(ref counters.RefusedTotalLimitField);
    }

    /// <summary>Called once by each connection when it ends.</summary>
    public void Closed(SipConnection connection, ConnectionCloseReason reason) => closed(connection, reason);
}
