using Tandem.Core.Time;
using Tandem.Sip.Engine;

namespace Tandem.Sip.Transport;

/// <summary>What all stream connections share.</summary>
internal sealed class StreamContext(SipTransportOptions options, MessageIntake intake, SipTransportCounters counters, Action<SipConnection, ConnectionCloseReason> closed)
{
    private long _lastId;

    /// <summary>How TLS connections are made.</summary>
    public TlsHandshake Tls { get; } = new(options.Tls);

    /// <summary>The handshakes of accepted connections.</summary>
    public HandshakeGate Handshakes { get; } = new(options.Tls, options.Ipv6PrefixBits);

    /// <summary>Called with what a handshake failed of, on any thread.</summary>
    public Action<SipFlow, Exception>? HandshakeFailed { get; set; }

    public SipTransportOptions Options => options;

    public MessageIntake Intake => intake;

    public SipTransportCounters Counters => counters;

    public Clock Clock => intake.Clock;

    /// <summary>A new connection id; ids are never used again.</summary>
    public long NextId() => Interlocked.Increment(ref _lastId);

    /// <summary>Counts a connection for which there was no room.</summary>
    public void CountRefused(ConnectionTable.Room room)
    {
        if (room == ConnectionTable.Room.TooManyOfSource)
            SipTransportCounters.Add(ref counters.RefusedSourceLimitField);
        else
            SipTransportCounters.Add(ref counters.RefusedTotalLimitField);
    }

    /// <summary>Called once by each connection when it ends.</summary>
    public void Closed(SipConnection connection, ConnectionCloseReason reason) => closed(connection, reason);
}
