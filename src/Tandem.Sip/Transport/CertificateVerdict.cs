namespace Tandem.Sip.Transport;

/// <summary>Whether who is at the far end of a connection has shown to be somebody (RFC 5922 §7.1, §7.2).</summary>
public enum CertificateVerdict : byte
{
    /// <summary>Its certificate leads to the roots and is for one of the names.</summary>
    Proven,

    /// <summary>It came without TLS: there is no certificate.</summary>
    NoTls,

    /// <summary>It has shown no certificate, or the connection is gone.</summary>
    NoCertificate,

    /// <summary>Its certificate is for none of the names.</summary>
    AnotherName,

    /// <summary>Its certificate leads to none of the roots, or is not valid now.</summary>
    NotTrusted,

    /// <summary>Its certificate leads to one of the roots and is for something else than TLS or SIP (RFC 5280 §4.2.1.12).</summary>
    AnotherUse,

    /// <summary>It has shown none for nobody asked: the connection was accepted before somebody wanted to know.</summary>
    NotAsked,
}
