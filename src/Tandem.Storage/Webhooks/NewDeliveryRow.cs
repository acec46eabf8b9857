using Tandem.Calls.Events.Public;
using Tandem.Storage.Database;

namespace Tandem.Storage.Webhooks;

/// <summary>A delivery that is queued: due at once, or waiting while an earlier event of its call is not over.</summary>
internal sealed record NewDeliveryRow(
    string WebhookId, string TenantId, string EventId, string EventType, string CallId, long Sequence, string Body, long Now) : IRow
{
    public const string InsertSql = """
        INSERT INTO webhook_deliveries (delivery_id, webhook_id, tenant_id, event_id, event_type, call_id, sequence, body, state, attempts,
            next_attempt_at, created_at, finished_at, last_status, last_error)
        SELECT @id, @hook, @tenant, @event, @type, @call, @sequence, @body,
            CASE WHEN @call <> '' AND EXISTS (
                SELECT 1 FROM webhook_deliveries AS earlier WHERE earlier.webhook_id = @hook AND earlier.call_id = @call AND earlier.state IN ('Pending', 'Waiting'))
            THEN 'Waiting' ELSE 'Pending' END, 0, @now, @now, NULL, 0, ''
        WHERE EXISTS (SELECT 1 FROM webhooks WHERE webhook_id = @hook)
        ON CONFLICT (delivery_id) DO NOTHING
        """;

    public string Id => $"{WebhookId}.{EventId}";

    public static NewDeliveryRow From(Webhook webhook, PublicEvent e, long now) =>
        new(webhook.Id, e.Tenant.Value, e.Id, e.Type, e.CallId, e.Sequence, System.Text.Encoding.UTF8.GetString(e.Body), now);

    public void Bind(ref RowParameters parameters)
    {
        parameters.Add("id", Id);
        parameters.Add("hook", WebhookId);
        parameters.Add("tenant", TenantId);
        parameters.Add("event", EventId);
        parameters.Add("type", EventType);
        parameters.Add("call", CallId);
        parameters.Add("sequence", Sequence);
        parameters.Add("body", Body);
        parameters.Add("now", Now);
    }
}
