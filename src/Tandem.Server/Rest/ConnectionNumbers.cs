using Tandem.Sip.Engine;
using Tandem.Sip.Transport;

namespace Tandem.Server.Rest;

/// <summary>Open connections of SIP by transport, and TLS handshakes: under way now, and since the start done, failed, and turned away because too many were under way.</summary>
public sealed record ConnectionNumbers(
    int Tcp, int Tls, int Ws, int Wss, int HandshakesInProgress, long HandshakesDone, long HandshakesFailed, long HandshakesRejected)
{
    internal static ConnectionNumbers Of(SipTransport transport) => new(
        transport.ConnectionsOf(SipTransportKind.Tcp),
        transport.ConnectionsOf(SipTransportKind.Tls),
        transport.ConnectionsOf(SipTransportKind.Ws),
        transport.ConnectionsOf(SipTransportKind.Wss),
        transport.Handshakes,
        transport.Counters.HandshakesDone,
        transport.Counters.HandshakesFailed,
        transport.Counters.HandshakesRejected);
}
