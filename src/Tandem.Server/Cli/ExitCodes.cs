namespace Tandem.Server.Cli;

/// <summary>What the process returns.</summary>
public static class ExitCodes
{
    /// <summary>Done; for <c>serve</c>: stopped on request.</summary>
    public const int Done = 0;

    /// <summary>A setting is not accepted, the start or the check failed, or what was named does not exist.</summary>
    public const int Failed = 1;

    /// <summary>The command line itself cannot be understood.</summary>
    public const int Usage = 2;

    /// <summary>A fault in Tandem; the log has the details.</summary>
    public const int Internal = 70;
}
