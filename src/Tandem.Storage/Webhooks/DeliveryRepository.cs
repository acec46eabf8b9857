using Dapper;
using Tandem.Calls.Tenants;
using Tandem.Storage.Database;

namespace Tandem.Storage.Webhooks;

/// <summary>Deliveries for those who look at them. Every method is of one tenant.</summary>
public sealed class DeliveryRepository
{
    private readonly TandemDatabase _database;
    private readonly TimeProvider _time;

    internal DeliveryRepository(TandemDatabase database, TimeProvider time)
    {
        _database = database;
        _time = time;
    }

    /// <summary>Deliveries of a webhook, newest event first.</summary>
    public async Task<IReadOnlyList<WebhookDelivery>> ListAsync(TenantId tenant, string webhook, DeliveryFilter filter, CancellationToken cancellation = default)
    {
        var where = "webhook_id = @webhook AND tenant_id = @tenant";
        if (filter.State is not null)
            where += " AND state = @state";
        if (filter.CallId is not null)
            where += " AND call_id = @call";
        if (filter.After is not null)
            where += " AND (sequence < @sequence OR (sequence = @sequence AND delivery_id < @id))";

        await using var connection = await _database.ConnectAsync(cancellation);
        var rows = await connection.QueryAsync<DeliveryRow>(new CommandDefinition(
            $"SELECT * FROM webhook_deliveries WHERE {where} ORDER BY sequence DESC, delivery_id DESC LIMIT @limit",
            new
            {
                webhook,
                tenant = tenant.Value,
                state = filter.State?.ToString() ?? "",
                call = filter.CallId ?? "",
                sequence = filter.After?.Sequence ?? 0,
                id = filter.After?.Id ?? "",
                limit = filter.Limit,
            },
            cancellationToken: cancellation));
        return rows.Select(row => row.ToDelivery()).ToList();
    }

    /// <summary>One delivery, or null.</summary>
    public async Task<WebhookDelivery?> FindAsync(TenantId tenant, string webhook, string id, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var row = await connection.QuerySingleOrDefaultAsync<DeliveryRow>(new CommandDefinition(
            "SELECT * FROM webhook_deliveries WHERE delivery_id = @id AND webhook_id = @webhook AND tenant_id = @tenant",
            new { id, webhook, tenant = tenant.Value }, cancellationToken: cancellation));
        return row?.ToDelivery();
    }

    /// <summary>Sends a delivery that is over once more, with its attempts anew; false when there is none such.</summary>
    public async Task<bool> ReplayAsync(TenantId tenant, string webhook, string id, CancellationToken cancellation = default) =>
        await ReplayAnyAsync("delivery_id = @id AND state IN ('Dead', 'Delivered')", tenant, webhook, id, cancellation) > 0;

    /// <summary>Sends all dead letters of a webhook once more.</summary>
    /// <returns>How many there are.</returns>
    public Task<int> ReplayDeadAsync(TenantId tenant, string webhook, CancellationToken cancellation = default) =>
        ReplayAnyAsync("state = 'Dead'", tenant, webhook, "", cancellation);

    /// <summary>How many deliveries of a webhook are in each state.</summary>
    public async Task<IReadOnlyDictionary<DeliveryState, long>> CountAsync(TenantId tenant, string webhook, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var rows = await connection.QueryAsync<(string State, long Count)>(new CommandDefinition(
            "SELECT state, COUNT(*) FROM webhook_deliveries WHERE webhook_id = @webhook AND tenant_id = @tenant GROUP BY state",
            new { webhook, tenant = tenant.Value }, cancellationToken: cancellation));
        return rows.ToDictionary(row => Enum.Parse<DeliveryState>(row.State), row => row.Count);
    }

    // Those of one call go one after the other again: all wait, and the first of each call is let go.
    private async Task<int> ReplayAnyAsync(string which, TenantId tenant, string webhook, string id, CancellationToken cancellation)
    {
        var sql = $"""
            UPDATE webhook_deliveries SET state = CASE WHEN call_id = '' THEN 'Pending' ELSE 'Waiting' END, attempts = 0, next_attempt_at = @now, finished_at = NULL
            WHERE webhook_id = @webhook AND tenant_id = @tenant AND {which}
            """;
        await using var connection = await _database.ConnectAsync(cancellation);
        return await connection.ExecuteAsync(new CommandDefinition(
            sql, new { webhook, tenant = tenant.Value, id, now = _time.GetUtcNow().ToStored() }, cancellationToken: cancellation));
    }
}
