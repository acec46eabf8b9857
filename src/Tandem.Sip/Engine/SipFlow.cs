using Tandem.Core.Net;

namespace Tandem.Sip.Engine;

/// <summary>
/// Where bytes come from or go to: the transport, our own address, the far address and, for streams, the connection.
/// A target without a connection (<see cref="Connection"/> 0) lets the transport reuse or open one.
/// </summary>
/// <param name="Transport">The transport protocol.</param>
/// <param name="Local">Our own address; for a target it may be unspecified.</param>
/// <param name="Remote">The far address and port.</param>
/// <param name="Connection">The id of the stream connection; 0 for datagrams and for "any connection to Remote".</param>
public readonly record struct SipFlow(SipTransportKind Transport, NetAddress Local, NetAddress Remote, long Connection = 0)
{
    /// <summary>True for transports that deliver or fail (RFC 3261 §17: timers of reliable transports).</summary>
    public bool IsReliable => Transport != SipTransportKind.Udp;

    /// <summary>True when nobody in between can read or change what flows: TLS, a secure WebSocket, or the memory of this process.</summary>
    public bool IsSecure => Transport is SipTransportKind.Tls or SipTransportKind.Wss or SipTransportKind.Internal;

    public override string ToString() => $"{Transport.ToString().ToLowerInvariant()}:{Remote}";
}
