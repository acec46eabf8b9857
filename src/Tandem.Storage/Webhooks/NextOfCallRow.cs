using Tandem.Storage.Database;

namespace Tandem.Storage.Webhooks;

/// <summary>Lets the next event of a call go, after the one before is over.</summary>
internal readonly record struct NextOfCallRow(string WebhookId, string CallId, long Now) : IRow
{
    public const string UpdateSql = """
        UPDATE webhook_deliveries SET state = 'Pending', next_attempt_at = @now
        WHERE delivery_id = (
            SELECT delivery_id FROM webhook_deliveries WHERE webhook_id = @hook AND call_id = @call AND state = 'Waiting' ORDER BY sequence LIMIT 1)
        AND NOT EXISTS (SELECT 1 FROM webhook_deliveries AS other WHERE other.webhook_id = @hook AND other.call_id = @call AND other.state = 'Pending')
        """;

    public void Bind(ref RowParameters parameters)
    {
        parameters.Add("now", Now);
        parameters.Add("hook", WebhookId);
        parameters.Add("call", CallId);
    }
}
