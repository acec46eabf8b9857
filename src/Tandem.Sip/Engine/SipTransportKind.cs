namespace Tandem.Sip.Engine;

/// <summary>The transports of SIP (RFC 3261 §18, RFC 7118).</summary>
public enum SipTransportKind : byte
{
    Udp,
    Tcp,
    Tls,
    Ws,
    Wss,
}
