namespace Tandem.Media.Dtls;

/// <summary>Why an association came to nothing.</summary>
public enum DtlsFailure
{
    None,

    /// <summary>The peer said nothing, or not enough, in time.</summary>
    Timeout,

    /// <summary>The peer's certificate is not the one of its <c>a=fingerprint</c> (RFC 8122 §5): somebody else answers.</summary>
    WrongFingerprint,

    /// <summary>The peer offered or chose no SRTP profile of ours (RFC 5764 §4.1).</summary>
    NoProfile,

    /// <summary>Until the time was over no handshake went right: the messages made no sense, or there is no version or cipher in common.</summary>
    Protocol,

    /// <summary>It was closed before it was established.</summary>
    Closed,
}
