using Tandem.Core.Time;

namespace Tandem.Sip.Transport;

/// <summary>What all stream connections share.</summary>
internal sealed class StreamContext(SipTransportOptions options, MessageIntake intake, SipTransportCounters counters, Action<SipConnection, ConnectionCloseReason> closed)
{
    private long _lastId;

    public SipTransportOptions Options => options;

    public MessageIntake Intake => intake;

    public SipTransportCounters Counters => counters;

    public Clock Clock => intake.Clock;

    /// <summary>A new connection id; ids are never used again.</summary>
    public long NextId() => Interlocked.Increment(ref _lastId);

    /// <summary>Called once by each connection when it ends.</summary>
    public void Closed(SipConnection connection, ConnectionCloseReason reason) => closed(connection, reason);
}
