using Tandem.Core.Net;
using Tandem.Sip.Engine;

namespace Tandem.Sip.Transport;

/// <summary>An address to listen on.</summary>
/// <param name="Transport">UDP, TCP or TLS. A WebSocket comes in through the HTTP server (<see cref="SipTransport.RunWebSocketAsync"/>).</param>
/// <param name="Address">The address; unspecified (0.0.0.0 or ::) for all of its family. IPv6 listeners take IPv6 only. Port 0 lets the system choose.</param>
/// <param name="Optional">True when the start goes on without it, for example for IPv6 on a machine that has none.</param>
/// <param name="ClientCertificates">Of a TLS listener; null for <see cref="TlsOptions.ClientCertificates"/>.</param>
public sealed record SipListener(
    SipTransportKind Transport, NetAddress Address, bool Optional = false, ClientCertificatePolicy? ClientCertificates = null)
{
    /// <summary>For people: <c>UDP 192.0.2.1:5060</c>.</summary>
    public override string ToString() => $"{Transport.ToString().ToUpperInvariant()} {Address}";
}
