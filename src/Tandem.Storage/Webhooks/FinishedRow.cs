using Tandem.Storage.Database;

namespace Tandem.Storage.Webhooks;

/// <summary>What an attempt changes in a row of <c>webhook_deliveries</c>.</summary>
internal sealed record FinishedRow(DeliveryResult Result, long Now) : IRow
{
    public const string UpdateSql = """
        UPDATE webhook_deliveries SET state = @state, attempts = attempts + 1, next_attempt_at = @next, finished_at = @finished, last_status = @status, last_error = @error
        WHERE delivery_id = @id AND state = 'Pending'
        """;

    public void Bind(ref RowParameters parameters)
    {
        parameters.Add("state", Result.State.ToString());
        parameters.Add("next", Result.NextAttemptAt.ToStored());
        parameters.Add("finished", Result.State == DeliveryState.Pending ? null : Now);
        parameters.Add("status", Result.Status);
        parameters.Add("error", StoredText.Clean(Result.Error));
        parameters.Add("id", Result.Delivery.Id);
    }
}
