namespace Tandem.Storage.Routing;

/// <summary>What became of a configuration that was to be saved as a whole.</summary>
public enum RoutingSave
{
    /// <summary>All of it is in force.</summary>
    Done,

    /// <summary>Somebody else has changed something since it was read. Nothing is saved.</summary>
    Stale,

    /// <summary>An extension that it names is gone. Nothing is saved.</summary>
    UnknownExtension,
}
