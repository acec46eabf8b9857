using Tandem.Calls.Events;
using Tandem.Calls.Events.Public;
using Tandem.Calls.Tenants;
using Tandem.Storage.Streams;
using Tandem.Storage.Writing;

namespace Tandem.Storage.Outbox;

/// <summary>
/// Queues public events for the outbox and the streams, as far as somebody takes them: an event that nobody wants costs no row. <c>call.ended</c> is not its
/// business: the journal writes it in the transaction of the record. Thread-safe.
/// </summary>
public sealed class OutboxSink : IEventSink
{
    private readonly StorageWriter _writer;
    private readonly EventStreams _streams;
    private long _refused;

    internal OutboxSink(StorageWriter writer, EventStreams streams)
    {
        _writer = writer;
        _streams = streams;
    }

    /// <summary>Tells whether anybody takes events of a type of a tenant; asked on a shard. Without it nobody does.</summary>
    public Func<TenantId, string, bool>? IsWanted { get; set; }

    /// <summary>True while the outbox is full: events are counted and left out, but for <c>call.ended</c>.</summary>
    public volatile bool IsFull;

    /// <summary>Events that were left out because the outbox was full.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <inheritdoc/>
    public void Publish(ExchangeEvent exchangeEvent)
    {
        if (exchangeEvent is CallEnded || PublicEventTypes.Of(exchangeEvent) is not { } type)
            return;

        var isStreamed = _streams.IsWanted(exchangeEvent.Tenant);
        var isTaken = IsWanted?.Invoke(exchangeEvent.Tenant, type) == true;
        if (isTaken && IsFull)
        {
            Interlocked.Increment(ref _refused);
            isTaken = false;
        }

        if (isTaken || isStreamed)
            _writer.Enqueue(new WriteItem(!isStreamed ? WriteKind.Event : isTaken ? WriteKind.EventAndStream : WriteKind.StreamEvent, exchangeEvent));
    }
}
