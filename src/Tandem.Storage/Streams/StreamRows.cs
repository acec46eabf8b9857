using Tandem.Storage.Database;
using Tandem.Storage.Outbox;

namespace Tandem.Storage.Streams;

/// <summary>
/// Appends events to the streams of their tenants. The number comes from the row of the stream, which the transaction holds until it is committed:
/// whoever reads a number has all before it, also with several nodes. An event that is there already changes nothing, nor one of a tenant without a stream.
/// </summary>
internal static class StreamRows
{
    public static void Write(IRowWriter writer, List<OutboxRow> events)
    {
        // By tenant: nodes take the rows of the streams in one order, or they wait for each other.
        events.Sort(static (a, b) => string.CompareOrdinal(a.TenantId, b.TenantId) is var order and not 0 ? order : a.Sequence.CompareTo(b.Sequence));
        if (writer.TakesArrays)
        {
            writer.Execute(StreamAppend.Sql, StreamAppend.From(events));
            return;
        }

        foreach (var e in events)
        {
            writer.Execute(CountRow.UpdateSql, [new CountRow(e)]);
            writer.Execute(EventRow.InsertSql, [new EventRow(e)]);
        }
    }

    private sealed record CountRow(OutboxRow Event) : IRow
    {
        public const string UpdateSql = """
            UPDATE event_streams SET last_sequence = last_sequence + 1
            WHERE tenant_id = @tenant AND NOT EXISTS (SELECT 1 FROM stream_events WHERE event_id = @event)
            """;

        public void Bind(ref RowParameters parameters)
        {
            parameters.Add("tenant", Event.TenantId);
            parameters.Add("event", Event.EventId);
        }
    }

    private sealed record EventRow(OutboxRow Event) : IRow
    {
        public const string InsertSql = """
            INSERT INTO stream_events (event_id, event_type, call_id, body, created_at, tenant_id, sequence)
            SELECT @event, @type, @call, @body, @created, tenant_id, last_sequence FROM event_streams WHERE tenant_id = @tenant
            ON CONFLICT (event_id) DO NOTHING
            """;

        public void Bind(ref RowParameters parameters)
        {
            parameters.Add("event", Event.EventId);
            parameters.Add("type", Event.EventType);
            parameters.Add("call", Event.CallId);
            parameters.AddUtf8("body", Event.Body);
            parameters.Add("created", Event.CreatedAt);
            parameters.Add("tenant", Event.TenantId);
        }
    }
}
