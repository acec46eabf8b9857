namespace Tandem.Sip.Engine;

/// <summary>The transports of SIP (RFC 3261 §18, RFC 7118).</summary>
public enum SipTransportKind : byte
{
    Udp,
    Tcp,
    Tls,
    Ws,
    Wss,

    /// <summary>In memory, from one shard of this process to another (or to itself). No socket has it, so nobody outside can use it.</summary>
    Internal,
}
