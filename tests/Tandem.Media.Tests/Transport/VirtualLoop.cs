using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media.Ice;
using Tandem.Media.Transport;

namespace Tandem.Media.Tests.Transport;

/// <summary>A loop without sockets: what is sent is kept, or handed to a network.</summary>
internal sealed class VirtualLoop : ISocketLoop
{
    public LoopCounters Counters { get; } = new();

    public TimerWheel Wheel { get; } = new(Moment.Zero);

    public Moment Now { get; set; }

    public IceCounters Ice { get; } = new();

    public Random Random { get; } = new(7);

    public HashSet<MediaSocket> Served { get; } = [];

    public Queue<(MediaSocket Socket, byte[] Packet, NetAddress Target)> Sent { get; } = new();

    /// <summary>When false, packets are counted and not kept: for tests that count allocations.</summary>
    public bool Keeps { get; set; } = true;

    public long SentCount { get; private set; }

    public NetAddress LastTarget { get; private set; }

    public MediaSocket? LastSocket { get; private set; }

    public bool Attach(MediaSocket socket) => Served.Add(socket);

    public void Detach(MediaSocket socket) => Served.Remove(socket);

    public void Send(MediaSocket socket, ReadOnlySpan<byte> packet, in NetAddress target)
    {
        SentCount++;
        LastTarget = target;
        LastSocket = socket;
        if (Keeps)
            Sent.Enqueue((socket, packet.ToArray(), target));
    }
}
