namespace Tandem.Media.Dtls;

/// <summary>Where an association is.</summary>
public enum DtlsState
{
    /// <summary>The handshake is under way, or has not begun.</summary>
    Handshaking,

    /// <summary>The peer has the certificate that its description promised; the keys can be taken.</summary>
    Established,

    /// <summary>One side said close_notify after it was established.</summary>
    Closed,

    /// <summary>It came to nothing; see <see cref="DtlsAssociation.Failure"/>.</summary>
    Failed,
}
