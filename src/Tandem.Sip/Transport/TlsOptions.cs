namespace Tandem.Sip.Transport;

/// <summary>TLS for listeners and for connections that we open: versions 1.2 and 1.3, nothing older.</summary>
public sealed record TlsOptions
{
    /// <summary>
    /// The certificates in force; asked for at each handshake, on any thread, so that they can be replaced while connections
    /// live. Null (the default) for an exchange without TLS: a TLS listener cannot be bound, a TLS target fails.
    /// </summary>
    public Func<TlsCertificates>? Certificates { get; init; }

    /// <summary>What single connections show and trust instead (<see cref="Engine.SipFlow.Identity"/>). Null (the default) for none.</summary>
    public TlsIdentities? Identities { get; init; }

    /// <summary>Whether listeners ask for client certificates, unless a listener says otherwise. Default none: phones prove themselves by digest.</summary>
    public ClientCertificatePolicy ClientCertificates { get; init; }

    /// <summary>
    /// Asked at each handshake of an accepted connection, on any thread: whether somebody wants to know who connects (<see cref="SipTransport.Judge"/>). Listeners that ask for no certificate ask then,
    /// and nobody needs one who needed none before: what cannot be verified proves nothing, and lets in whom it would have let in without. Null (the default) for never.
    /// </summary>
    public Func<bool>? WantsProof { get; init; }

    /// <summary>
    /// Verify the certificate of a server that we connect to: its chain, and its name (RFC 5922 §7.3). Default true; false
    /// encrypts without knowing for whom.
    /// </summary>
    public bool VerifyPeers { get; init; } = true;

    /// <summary>How long a handshake may take. Default 5 s: three round trips and two signatures need far less on the worst of lines.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Handshakes of accepted connections that may be under way at once. Default 512; a new connection beyond is closed.</summary>
    public int MaxHandshakes { get; init; } = 512;

    /// <summary>The same for one source. Default 64: an office whose phones all come back at once repeats a few; a single host cannot take all.</summary>
    public int MaxHandshakesPerSource { get; init; } = 64;
}
