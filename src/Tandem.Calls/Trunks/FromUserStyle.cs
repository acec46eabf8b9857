namespace Tandem.Calls.Trunks;

/// <summary>What stands in the user part of From in calls to a provider.</summary>
public enum FromUserStyle
{
    /// <summary>The user name of the account: what most providers bill and authenticate by.</summary>
    UserName,

    /// <summary>The caller ID of the profile.</summary>
    CallerId,

    /// <summary>The number of the extension that calls.</summary>
    Extension,
}
