namespace Tandem.Sip.Transport;

/// <summary>Why a stream connection ended.</summary>
public enum ConnectionCloseReason : byte
{
    /// <summary>The far side closed it.</summary>
    ByPeer,

    /// <summary>The network failed.</summary>
    NetworkError,

    /// <summary>It could not be opened.</summary>
    OpenFailed,

    /// <summary>Opening it took too long.</summary>
    OpenTimeout,

    /// <summary>No traffic for too long.</summary>
    Idle,

    /// <summary>No first message, or no end of a begun one, for too long.</summary>
    HalfOpen,

    /// <summary>The far side took none of our bytes for too long.</summary>
    SendStalled,

    /// <summary>The end of a message could not be found.</summary>
    Broken,

    /// <summary>The source guard refused a message.</summary>
    RefusedByGuard,

    /// <summary>The TLS handshake failed: no common version, or a certificate that one side does not accept.</summary>
    HandshakeFailed,

    /// <summary>The TLS handshake took too long.</summary>
    HandshakeTimeout,

    /// <summary>The transport was stopped.</summary>
    Stopped,

    /// <summary>Nearly all places were taken, and it was quiet and carried no registration.</summary>
    MadeRoom,

    /// <summary>The far side shall connect anew, and show its certificate then (<see cref="SipTransport.Renew"/>).</summary>
    Renewed,
}
