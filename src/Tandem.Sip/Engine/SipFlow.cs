using System.Runtime.InteropServices;
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
[StructLayout(LayoutKind.Auto)] // flows are everywhere: no bytes between the fields
public readonly record struct SipFlow(SipTransportKind Transport, NetAddress Local, NetAddress Remote, long Connection = 0)
{
    /// <summary>What a TLS connection of ours shows and trusts (<see cref="Transport.TlsIdentities"/>); 0 for what the installation does.</summary>
    public int Identity { get; init; }

    /// <summary>True for transports that deliver or fail (RFC 3261 §17: timers of reliable transports).</summary>
    public bool IsReliable => Transport != SipTransportKind.Udp;

    /// <summary>True when nobody in between can read or change what flows: TLS, a secure WebSocket, or the memory of this process.</summary>
    public bool IsSecure => Transport is SipTransportKind.Tls or SipTransportKind.Wss or SipTransportKind.Internal;

    public override string ToString() => $"{Transport.ToString().ToLowerInvariant()}:{Remote}";
}
