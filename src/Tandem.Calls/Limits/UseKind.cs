namespace Tandem.Calls.Limits;

/// <summary>What of the installation is used up.</summary>
public enum UseKind
{
    /// <summary>Calls of a tenant.</summary>
    Tenant,

    /// <summary>Calls of a SIP profile; paced are those to the provider.</summary>
    Profile,

    /// <summary>Calls of a tenant to outside, as the toll guard counts them.</summary>
    Toll,

    /// <summary>The same through one profile.</summary>
    TollProfile,
}
