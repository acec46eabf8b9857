namespace Tandem.Sip.Transport;

/// <summary>Whether a TLS listener asks who connects for a certificate (RFC 5922 §7.4).</summary>
public enum ClientCertificatePolicy : byte
{
    /// <summary>It does not ask.</summary>
    None,

    /// <summary>It asks and goes on without one; a certificate that is sent must be valid.</summary>
    Offered,

    /// <summary>Who has no valid certificate is not let in.</summary>
    Required,
}
