namespace Tandem.Sip.Authentication;

/// <summary>What the credentials of a request are worth.</summary>
public enum DigestOutcome : byte
{
    /// <summary>The user is who he says.</summary>
    Ok,

    /// <summary>None for our realm, or none with an algorithm that the user may use: challenge.</summary>
    NoCredentials,

    /// <summary>The nonce is not ours, expired, or was used already with this count: challenge with <c>stale=true</c>.</summary>
    Stale,

    /// <summary>Unknown user or wrong secret, which look alike: challenge again or answer 403; counts towards a ban.</summary>
    Wrong,

    /// <summary>A parameter is missing or improper, or the URI is not that of the request: 400 (RFC 7616 §3.4).</summary>
    Malformed,
}
