using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media.Ice;

namespace Tandem.Media.Transport;

/// <summary>What the packet path needs from the loop that serves it. Called on the loop's thread.</summary>
internal interface ISocketLoop
{
    LoopCounters Counters { get; }

    TimerWheel Wheel { get; }

    /// <summary>The time of the packet, timer or command that is handled now.</summary>
    Moment Now { get; }

    /// <summary>What the ICE agents that it serves count.</summary>
    IceCounters Ice { get; }

    /// <summary>Cryptographic.</summary>
    Random Random { get; }

    /// <summary>Begins to serve a socket; false when the system has no room for it.</summary>
    bool Attach(MediaSocket socket);

    /// <summary>Ends to serve a socket; what waits in the kernel waits on.</summary>
    void Detach(MediaSocket socket);

    /// <summary>Sends at once, or counts the packet as lost.</summary>
    void Send(MediaSocket socket, ReadOnlySpan<byte> packet, in NetAddress target);
}
