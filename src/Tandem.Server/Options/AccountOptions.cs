using Tandem.Core.Privacy;

namespace Tandem.Server.Options;

/// <summary>
/// The account at a SIP server that the environment of the telephony gateway names (SIP_SERVER and what stands beside it). It becomes a SIP profile of the home tenant.
/// </summary>
public sealed record AccountOptions
{
    /// <summary>The name of that profile.</summary>
    public const string ProfileName = "SIP_SERVER";

    /// <summary>The server: a host, <c>host:port</c> or a SIP URI; empty for no account.</summary>
    public string Server { get; init; } = "";

    /// <summary>The user name there.</summary>
    public string UserName { get; init; } = "";

    /// <summary>Its password; null when the server asks for none.</summary>
    public Secret? Password { get; init; }

    /// <summary>The domain of the account: SIP_DOMAIN, where SIP_SERVER is set; empty for the server.</summary>
    public string Domain { get; init; } = "";

    /// <summary>The name that calls show; empty for none.</summary>
    public string DisplayName { get; init; } = "";
}
