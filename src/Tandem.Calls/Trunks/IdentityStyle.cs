namespace Tandem.Calls.Trunks;

/// <summary>How a provider is told who calls, besides From.</summary>
public enum IdentityStyle
{
    /// <summary>P-Asserted-Identity with the caller ID (RFC 3325), and Privacy where the caller wants it.</summary>
    Asserted,

    /// <summary>Nothing but From.</summary>
    None,
}
