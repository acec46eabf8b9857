using Tandem.Core.Loops;
using Tandem.Core.Time;

namespace Tandem.Sip.Engine;

/// <summary>
/// One SIP shard without its thread: bytes, turns and the time go in; packets and the next deadline come out. A driver
/// (<c>Transport/ShardLoop</c>, or a test on virtual time) calls it from one thread only.
/// </summary>
public interface ISipShard
{
    /// <summary>Posted work and async continuations. The driver runs them after each input and sets <see cref="TurnQueue.Wake"/>.</summary>
    TurnQueue Turns { get; }

    /// <summary>Nothing needs <see cref="Advance"/> before this moment.</summary>
    Moment NextDeadline { get; }

    /// <summary>Hears before each round of the driver how long what waits will take at the pace of the loop; zero when it keeps up.</summary>
    void Observe(TimeSpan lag, Moment now)
    {
    }

    /// <summary>Takes one input. The shard owns the message from here on.</summary>
    void Receive(in SipInput input, Moment now);

    /// <summary>Fires the timers that are due.</summary>
    void Advance(Moment now);

    /// <summary>Takes the next packet to send; false when there is none.</summary>
    bool TryTakePacket(out SipPacket packet);
}
