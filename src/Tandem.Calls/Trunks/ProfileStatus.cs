namespace Tandem.Calls.Trunks;

/// <summary>How a profile stands with its provider.</summary>
public enum ProfileStatus
{
    /// <summary>Switched off by its owner.</summary>
    Disabled,

    /// <summary>The first answer of the provider is awaited, or the first try its turn.</summary>
    Trying,

    /// <summary>The provider has our registration.</summary>
    Registered,

    /// <summary>It does not work; the last answer says why, and it is tried again.</summary>
    Failed,

    /// <summary>It needs no registration: calls go by addresses.</summary>
    Ready,
}
