namespace Tandem.Calls.Security;

/// <summary>What came of looking at the credentials of a request.</summary>
public enum AuthenticationKind
{
    /// <summary>The method needs none; nobody is identified.</summary>
    NotNeeded,

    /// <summary>The request comes from the extension.</summary>
    Authenticated,

    /// <summary>Credentials are missing, stale or wrong: the response asks for them (401 or 407).</summary>
    Challenged,

    /// <summary>The request is refused for good with the response.</summary>
    Refused,
}
