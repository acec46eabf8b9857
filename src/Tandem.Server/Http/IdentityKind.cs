namespace Tandem.Server.Http;

/// <summary>How a request proved who makes it.</summary>
public enum IdentityKind
{
    /// <summary>It came from this machine, in Development.</summary>
    Loopback,

    /// <summary>A session cookie.</summary>
    Session,

    /// <summary>An API token.</summary>
    Token,
}
