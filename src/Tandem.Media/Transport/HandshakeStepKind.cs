namespace Tandem.Media.Transport;

/// <summary>What a handshake is told.</summary>
internal enum HandshakeStepKind
{
    /// <summary>Where the other side is: a client begins.</summary>
    Begin,

    /// <summary>A datagram came.</summary>
    Datagram,

    /// <summary>Its deadline is over.</summary>
    Deadline,
}
