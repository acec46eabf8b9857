namespace Tandem.Sip.Authentication;

/// <summary>How requests are authenticated.</summary>
public sealed record DigestOptions
{
    /// <summary>The realm of every challenge (RFC 3261 §22.1): a name that people see and that is unique to the installation. Default <c>tandem</c>.</summary>
    public string Realm { get; init; } = "tandem";

    /// <summary>
    /// The algorithms of a challenge in order. Default MD5 alone, which every client knows: some in the field give up when the
    /// first challenge names an algorithm that they do not know (sipp 3.6.1), others when any of them does (baresip 1.0.0,
    /// whatever the order). With SHA-256 alone every phone must know RFC 8760. An extension may have its own list.
    /// </summary>
    public DigestAlgorithms Algorithms { get; init; } = DigestAlgorithms.Md5;

    /// <summary>
    /// How long a nonce may be used. Default 300 s: long enough for a call after a registration to save a round trip,
    /// short enough to keep the record of used nonces small.
    /// </summary>
    public TimeSpan NonceLifetime { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>
    /// Nonces that were used and are remembered against replay. Default 131,072 (about 6 MB when full). When more are
    /// in use, the oldest are forgotten and, because of that, no longer accepted: their users get a new one.
    /// </summary>
    public int MaxUsedNonces { get; init; } = 131_072;

    /// <summary>
    /// Whether a nonce is good only for the IP address that it was issued to. Default true: then nobody who writes
    /// another's address on his packets can have that address banned. A client whose address changed gets a new nonce.
    /// </summary>
    public bool BindNonceToSource { get; init; } = true;

    /// <summary>
    /// Whether credentials without <c>qop</c> (RFC 2069) are accepted. Default false: they carry no nonce count. When
    /// accepted, each nonce serves one request only.
    /// </summary>
    public bool AcceptNoQop { get; init; }

    /// <summary>Secrets whose hash is kept to save a computation. Default 16,384 (about 3 MB when full).</summary>
    public int MaxCachedSecrets { get; init; } = 16_384;
}
