using Dapper;
using Tandem.Calls.Events.Public;
using Tandem.Calls.Tenants;
using Tandem.Storage.Database;
using Tandem.Storage.Outbox;

namespace Tandem.Storage.Webhooks;

/// <summary>
/// The durable queue between the outbox and the receivers. One thread of one node works it at a time (see <see cref="Lease"/>): it moves
/// events from the outbox to a row for each webhook that takes them, reads what is due, and writes what became of it.
/// </summary>
public sealed class WebhookQueue
{
    private readonly TandemDatabase _database;
    private readonly WebhookRepository _webhooks;

    internal WebhookQueue(TandemDatabase database, WebhookRepository webhooks)
    {
        _database = database;
        _webhooks = webhooks;
    }

    /// <inheritdoc cref="WebhookRepository.ReadAll"/>
    public (long Version, IReadOnlyList<Webhook> Webhooks)? ReadWebhooks(long known) => _webhooks.ReadAll(known);

    /// <summary>
    /// Takes the oldest events out of the outbox and queues each for the webhooks that take it, in one transaction: an event is either in the
    /// outbox or with all of its webhooks.
    /// </summary>
    /// <param name="found">Called before the first is asked for when events wait: an event lies in the outbox because there is a webhook, perhaps one that another node has just made.</param>
    /// <param name="takers">The webhooks that get an event of a tenant and type; it is asked once for each event.</param>
    /// <param name="queued">Told of each webhook that got a new row.</param>
    /// <returns>Events that left the outbox; less than <paramref name="limit"/> when it is empty.</returns>
    public int Relay(Action found, Func<TenantId, string, IReadOnlyList<Webhook>> takers, Action<string> queued, DateTimeOffset now, int limit)
    {
        using var connection = _database.Connect();
        var waiting = connection.Query<WaitingEvent>(
            "SELECT event_id, tenant_id, event_type, call_id, body, sequence FROM outbox ORDER BY sequence, event_id LIMIT @limit", new { limit }).AsList();
        if (waiting.Count == 0)
            return 0;

        found();
        var rows = new List<NewDeliveryRow>();
        foreach (var e in waiting)
        {
            foreach (var webhook in takers(new TenantId(e.TenantId), e.EventType))
                rows.Add(new NewDeliveryRow(webhook.Id, e.TenantId, e.EventId, e.EventType, e.CallId, e.Sequence, e.Body, now.ToStored()));
        }

        using var transaction = connection.BeginTransaction();
        var writer = new RowWriter(connection, transaction);
        var made = new List<string>(rows.Count);
        writer.Execute(NewDeliveryRow.InsertSql, rows, row => made.Add(row.WebhookId));
        writer.Execute(GoneRow.DeleteSql, waiting.ConvertAll(e => new GoneRow(e.EventId)));
        transaction.Commit();
        foreach (var webhook in made)
            queued(webhook);
        return waiting.Count;
    }

    /// <summary>Takes events out of the outbox unread, the oldest first, unless there is a webhook by now: for nobody waits for them. How many, at most <paramref name="limit"/>.</summary>
    public int Discard(int limit)
    {
        using var connection = _database.Connect();
        return connection.Execute(
            "DELETE FROM outbox WHERE NOT EXISTS (SELECT 1 FROM webhooks) AND event_id IN (SELECT event_id FROM outbox ORDER BY sequence, event_id LIMIT @limit)", new { limit });
    }

    /// <summary>Events in the outbox, counted up to <paramref name="most"/>.</summary>
    public long OutboxLength(long most)
    {
        using var connection = _database.Connect();
        return connection.ExecuteScalar<long>("SELECT COUNT(*) FROM (SELECT 1 AS one FROM outbox LIMIT @most) AS counted", new { most });
    }

    /// <summary>What is due for a webhook, the longest due first.</summary>
    public IReadOnlyList<WebhookDelivery> Due(string webhook, DateTimeOffset now, int limit)
    {
        using var connection = _database.Connect();
        return connection.Query<DeliveryRow>(
            """
            SELECT * FROM webhook_deliveries WHERE webhook_id = @webhook AND state = 'Pending' AND next_attempt_at <= @now
            ORDER BY next_attempt_at, sequence LIMIT @limit
            """,
            new { webhook, now = now.ToStored(), limit }).Select(row => row.ToDelivery()).ToList();
    }

    /// <summary>When something becomes due for a webhook after <paramref name="now"/>; null when nothing waits for its time.</summary>
    public DateTimeOffset? NextDue(string webhook, DateTimeOffset now)
    {
        using var connection = _database.Connect();
        return connection.ExecuteScalar<long?>(
            "SELECT MIN(next_attempt_at) FROM webhook_deliveries WHERE webhook_id = @webhook AND state = 'Pending' AND next_attempt_at > @now",
            new { webhook, now = now.ToStored() }).ToTime();
    }

    /// <summary>Writes what became of attempts, and lets the next events of their calls go; all in one transaction.</summary>
    public void Finish(IReadOnlyList<DeliveryResult> results, DateTimeOffset now)
    {
        if (results.Count == 0)
            return;

        var at = now.ToStored();
        using var connection = _database.Connect();
        using var transaction = connection.BeginTransaction();
        var writer = new RowWriter(connection, transaction);
        writer.Execute(FinishedRow.UpdateSql, results.Select(result => new FinishedRow(result, at)).ToList());
        writer.Execute(NextOfCallRow.UpdateSql, results
            .Where(result => result.State != DeliveryState.Pending && result.Delivery.CallId.Length > 0)
            .Select(result => new NextOfCallRow(result.Delivery.WebhookId, result.Delivery.CallId, at)).Distinct().ToList());
        transaction.Commit();
    }

    /// <summary>How many deliveries wait for each webhook that has any.</summary>
    public IReadOnlyDictionary<string, long> Waiting()
    {
        using var connection = _database.Connect();
        return connection.Query<(string Webhook, long Count)>(
            "SELECT webhook_id, COUNT(*) FROM webhook_deliveries WHERE state IN ('Pending', 'Waiting') GROUP BY webhook_id").ToDictionary(row => row.Webhook, row => row.Count);
    }

    /// <summary>Lets go what waits for an event that is over already: a process that ended between two steps may leave such.</summary>
    /// <returns>How many there were.</returns>
    public int Mend(DateTimeOffset now)
    {
        const string sql = """
            UPDATE webhook_deliveries SET state = 'Pending', next_attempt_at = @now
            WHERE state = 'Waiting' AND NOT EXISTS (
                SELECT 1 FROM webhook_deliveries AS other
                WHERE other.webhook_id = webhook_deliveries.webhook_id AND other.call_id = webhook_deliveries.call_id
                AND (other.state = 'Pending' OR (other.state = 'Waiting' AND other.sequence < webhook_deliveries.sequence)))
            """;
        using var connection = _database.Connect();
        return connection.Execute(sql, new { now = now.ToStored() });
    }

    /// <summary>Deletes deliveries that were over before a time, at most <paramref name="limit"/>.</summary>
    /// <returns>How many were deleted.</returns>
    public int Purge(DeliveryState state, DateTimeOffset before, int limit)
    {
        const string sql = """
            DELETE FROM webhook_deliveries WHERE delivery_id IN (
                SELECT delivery_id FROM webhook_deliveries WHERE state = @state AND finished_at < @before ORDER BY finished_at LIMIT @limit)
            """;
        using var connection = _database.Connect();
        return connection.Execute(sql, new { state = state.ToString(), before = before.ToStored(), limit });
    }

    /// <summary>Queues one event for one webhook, whatever types it takes: a test.</summary>
    public async Task<string> AddAsync(Webhook webhook, PublicEvent e, DateTimeOffset now, CancellationToken cancellation = default)
    {
        var row = NewDeliveryRow.From(webhook, e, now.ToStored());
        await using var connection = await _database.ConnectAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        new RowWriter(connection, transaction).Execute<NewDeliveryRow>(NewDeliveryRow.InsertSql, [row]);
        await transaction.CommitAsync(cancellation);
        return row.Id;
    }

    private sealed class WaitingEvent
    {
        public string EventId { get; set; } = "";

        public string TenantId { get; set; } = "";

        public string EventType { get; set; } = "";

        public string CallId { get; set; } = "";

        public string Body { get; set; } = "";

        public long Sequence { get; set; }
    }

    private readonly record struct GoneRow(string EventId) : IRow
    {
        public const string DeleteSql = "DELETE FROM outbox WHERE event_id = @event";

        public void Bind(ref RowParameters parameters) => parameters.Add("event", EventId);
    }
}
