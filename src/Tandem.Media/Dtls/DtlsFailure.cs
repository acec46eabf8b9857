namespace Tandem.Media.Dtls;

/// <summary>Why an association came to nothing.</summary>
public enum DtlsFailure
{
    None,

    /// <summary>The handshake did not end in time.</summary>
    Timeout,

    /// <summary>The peer's certificate is not the one of its <c>a=fingerprint</c> (RFC 8122 §5): somebody else answers.</summary>
    WrongFingerprint,

    /// <summary>The peer offered or chose no SRTP profile of ours (RFC 5764 §4.1).</summary>
    NoProfile,

    /// <summary>The messages made no sense, or the two have no version or cipher in common.</summary>
    Protocol,

    /// <summary>It was closed before it was established.</summary>
    Closed,
}
