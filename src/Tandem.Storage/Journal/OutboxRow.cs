using System.Text.Json;
using Tandem.Storage.Database;
using Tandem.Storage.Writing;

namespace Tandem.Storage.Journal;

/// <summary>A row of <c>outbox</c>: the event that tells of an ended call. Its id follows from the call, so it exists at most once.</summary>
/// <param name="Body">JSON in UTF-8.</param>
internal sealed record OutboxRow(string EventId, string TenantId, string EventType, string CallId, byte[] Body, long CreatedAt) : IRow
{
    public const string InsertSql = """
        INSERT INTO outbox (event_id, tenant_id, event_type, call_id, body, created_at)
        VALUES (@event, @tenant, @type, @call, @body, @created)
        ON CONFLICT (event_id) DO NOTHING
        """;

    private const string CallEnded = "call.ended";

    public static OutboxRow Ended(CdrRow record) => new(
        $"{record.CallId}:{CallEnded}", record.TenantId, CallEnded, record.CallId, JsonSerializer.SerializeToUtf8Bytes(record, SpillJson.Default.CdrRow), record.EndedAt);

    public void Bind(ref RowParameters parameters)
    {
        parameters.Add("event", EventId);
        parameters.Add("tenant", TenantId);
        parameters.Add("type", EventType);
        parameters.Add("call", CallId);
        parameters.AddUtf8("body", Body);
        parameters.Add("created", CreatedAt);
    }
}
