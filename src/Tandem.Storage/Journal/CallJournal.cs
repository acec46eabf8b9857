using Tandem.Calls.Calls;
using Tandem.Calls.Ports;
using Tandem.Storage.Database;
using Tandem.Storage.Writing;

namespace Tandem.Storage.Journal;

/// <summary>The durable trail of calls, through the writer's queue.</summary>
public sealed class CallJournal : ICallJournal
{
    private readonly TandemDatabase _database;
    private readonly StorageWriter _writer;

    internal CallJournal(TandemDatabase database, StorageWriter writer)
    {
        _database = database;
        _writer = writer;
    }

    /// <inheritdoc/>
    public void Opened(CallSnapshot call) => _writer.Enqueue(new WriteItem(WriteKind.CallOpened, call));

    /// <inheritdoc/>
    public void Answered(CallSnapshot call) => _writer.Enqueue(new WriteItem(WriteKind.CallAnswered, call));

    /// <inheritdoc/>
    public void Closed(CallDetailRecord record) => _writer.Enqueue(new WriteItem(WriteKind.CallClosed, record));

    /// <summary>
    /// Closes the calls that an earlier run of this node opened and never closed, after what it left in the spill file is
    /// written. They end at their last known sign of life, with the verdict that the node was lost. To be awaited at the start.
    /// </summary>
    /// <returns>How many calls were closed.</returns>
    public async Task<int> RecoverAsync(CancellationToken cancellation = default)
    {
        await _writer.FlushAsync(cancellation);
        return await Task.Run(() => CallRecovery.CloseLostCalls(_database, _writer.Run, _writer.Events), cancellation);
    }
}
