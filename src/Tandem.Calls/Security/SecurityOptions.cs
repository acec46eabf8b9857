namespace Tandem.Calls.Security;

/// <summary>Who must show credentials.</summary>
public sealed record SecurityOptions
{
    /// <summary>The options of an installation that sets none.</summary>
    public static readonly SecurityOptions Default = new();

    /// <summary>
    /// Digest is required (ENABLE_AUTH). Default true. False is for a closed lab: whoever writes a known number into From is
    /// that extension.
    /// </summary>
    public bool RequireCredentials { get; init; } = true;

    /// <summary>OPTIONS outside a dialog needs credentials too. Default false: monitors and keep-alives of other servers use it.</summary>
    public bool ChallengeOptions { get; init; }
}
