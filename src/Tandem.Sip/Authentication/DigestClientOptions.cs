namespace Tandem.Sip.Authentication;

/// <summary>How challenges of other servers are answered.</summary>
public sealed record DigestClientOptions
{
    /// <summary>The options of an installation that sets none.</summary>
    public static readonly DigestClientOptions Default = new();

    /// <summary>Answers to one request. Default 3: the first, one for a stale nonce, and one for luck.</summary>
    public int MaxTries { get; init; } = 3;

    /// <summary>Whether a challenge with MD5 is answered when there is no better one. Default true: most carriers know nothing else.</summary>
    public bool AllowMd5 { get; init; } = true;

    /// <summary>Whether a challenge without <c>qop</c> (RFC 2069) is answered. Default false: its answer can be replayed.</summary>
    public bool AllowNoQop { get; init; }

    /// <summary>Bytes of nonce, realm and opaque together. Default 2,048: what is larger is no honest challenge, and we would have to send it back.</summary>
    public int MaxChallengeBytes { get; init; } = 2_048;
}
