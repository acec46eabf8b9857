using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Registrar;
using Tandem.Storage.Bindings;
using Tandem.Storage.Database;
using Tandem.Storage.Journal;
using Tandem.Storage.Outbox;

namespace Tandem.Storage.Writing;

/// <summary>
/// One waiting write. On the way in <paramref name="Payload"/> is the immutable object of the exchange (no work on the shard);
/// <see cref="ToRow"/> makes the row on the writer's thread.
/// </summary>
/// <param name="Sequence">The place of its event among those of this node; 0 for what makes none.</param>
internal readonly record struct WriteItem(WriteKind Kind, object Payload, long Sequence = 0)
{
    public bool IsBinding => Kind is WriteKind.BindingSaved or WriteKind.BindingRemoved;

    public IRow ToRow(RunIdentity run) => Payload switch
    {
        IRow row => row,
        CallSnapshot call when Kind == WriteKind.CallOpened => OpenCallRow.From(call, run),
        CallSnapshot call => AnsweredCallRow.From(call),
        CallDetailRecord record => CdrRow.From(record, Sequence),
        ExchangeEvent happened => OutboxRow.From(happened, Sequence, run),
        Binding binding => BindingRow.From(binding, run.NodeId),
        _ => throw new InvalidOperationException($"{Payload.GetType().Name} is not a payload of {Kind}"),
    };
}
