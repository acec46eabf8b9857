namespace Tandem.Storage.Policies;

/// <summary>Kinds of policies, as they stand in the database.</summary>
internal static class PolicyKind
{
    /// <summary>A room that is kept; the target is its name.</summary>
    public const string Room = "room";

    /// <summary>What is recorded; the target is a scope.</summary>
    public const string Recording = "recording";

    /// <summary>How supervisors monitor; no target.</summary>
    public const string Monitor = "monitor";
}
