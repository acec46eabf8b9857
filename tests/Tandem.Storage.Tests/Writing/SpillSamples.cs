using System.Text.Json;
using Tandem.Calls.Events;
using Tandem.Storage.Outbox;
using Tandem.Storage.Writing;

namespace Tandem.Storage.Tests.Writing;

/// <summary>Lines of a spill file.</summary>
internal static class SpillSamples
{
    /// <summary>An event with the sequence 42.</summary>
    public static string Line(ExchangeEvent happened)
    {
        var row = new WriteItem(WriteKind.Event, happened, 42).ToRow(new RunIdentity("node", "run"));
        return (int)WriteKind.Event + JsonSerializer.Serialize((OutboxRow)row, SpillJson.Default.OutboxRow) + "\n";
    }
}
