namespace Tandem.Sip.Authentication;

/// <summary>What became of a challenge.</summary>
public enum DigestClientOutcome : byte
{
    /// <summary>The credentials are there: send the request again with the next CSeq (RFC 3261 §22.2).</summary>
    Answered,

    /// <summary>The response is no 401 or 407, or has no challenge that can be read.</summary>
    NoChallenge,

    /// <summary>The challenge is of another host than the account's: not answered.</summary>
    ForeignHost,

    /// <summary>The challenge is of another realm than the account's: not answered.</summary>
    ForeignRealm,

    /// <summary>No challenge has an algorithm and a quality of protection that we speak; <c>auth-int</c> is among those we do not.</summary>
    Unsupported,

    /// <summary>The server did not take our answer: the user or the secret is wrong, and asking again would only lock the account.</summary>
    Refused,

    /// <summary>The server asks again and again.</summary>
    TooManyTries,
}
