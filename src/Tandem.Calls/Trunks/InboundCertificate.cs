namespace Tandem.Calls.Trunks;

/// <summary>Whether who calls in the name of a provider has to prove it by a certificate (RFC 3261 §26.3.2.2, RFC 5922).</summary>
public enum InboundCertificate
{
    /// <summary>The networks of the profile, or the token of our Contact, are enough.</summary>
    None,

    /// <summary>
    /// Requests count as the provider's only over TLS, on a connection whose far side has shown a certificate for its server, domain or proxy that leads to the roots of the profile, or else of the
    /// installation. Who opened the connection does not matter.
    /// </summary>
    Required,
}
