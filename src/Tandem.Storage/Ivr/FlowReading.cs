using Tandem.Calls.Ivr;

namespace Tandem.Storage.Ivr;

/// <summary>How flows are taken from the database. It is given with the opening: all flows are read there once, and later only those that change.</summary>
/// <param name="Options">The limits that they were saved under, and that they are read with.</param>
/// <param name="Unreadable">Hears why a flow could not be taken. It must neither block nor throw.</param>
public sealed record FlowReading(IvrOptions Options, Action<string>? Unreadable = null)
{
    /// <summary>With the limits of an installation that has set none.</summary>
    public static FlowReading Default { get; } = new(IvrOptions.Default);
}
