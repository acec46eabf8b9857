using Tandem.Calls.Events;
using Tandem.Calls.Events.Public;
using Tandem.Storage.Database;
using Tandem.Storage.Journal;
using Tandem.Storage.Writing;

namespace Tandem.Storage.Outbox;

/// <summary>A row of <c>outbox</c>: an event that waits for those who carry it outside.</summary>
/// <param name="Body">JSON in UTF-8.</param>
/// <param name="CreatedAt">When it happened, in stored time.</param>
internal sealed record OutboxRow(string EventId, string TenantId, string EventType, string CallId, byte[] Body, long CreatedAt, long Sequence) : IKeyedRow
{
    /// <summary>How events come into the table.</summary>
    public static readonly TableInsert Insert = new("outbox", "event_id", "event_id, tenant_id, event_type, call_id, body, created_at, sequence");

    string IKeyedRow.Key => EventId;

    public static OutboxRow Ended(CdrRow record) => From(PublicEvents.Ended(record.ToRecord(), record.EventSequence));

    /// <exception cref="InvalidOperationException">The event is not public: nobody queues such.</exception>
    public static OutboxRow From(ExchangeEvent happened, long sequence, RunIdentity run) => From(
        PublicEvents.From(happened, sequence, run.RunId) ?? throw new InvalidOperationException($"{happened.GetType().Name} is no public event"));

    public static OutboxRow From(PublicEvent e) => new(e.Id, e.Tenant.Value, e.Type, e.CallId, e.Body, e.At.ToStored(), e.Sequence);

    public void Bind(ref RowParameters parameters)
    {
        parameters.Add("event_id", EventId);
        parameters.Add("tenant_id", TenantId);
        parameters.Add("event_type", EventType);
        parameters.Add("call_id", CallId);
        parameters.AddUtf8("body", Body);
        parameters.Add("created_at", CreatedAt);
        parameters.Add("sequence", Sequence);
    }
}
