using System.Collections.Frozen;
using Dapper;
using Tandem.Calls.Tenants;
using Tandem.Storage.Database;

namespace Tandem.Storage.Streams;

/// <summary>The streams of the tenants: who has one, what is in it, and what is too old.</summary>
public sealed class EventStreams
{
    internal const string PurgeAgedSql =
        "DELETE FROM stream_events WHERE event_id IN (SELECT event_id FROM stream_events WHERE created_at < @before ORDER BY created_at LIMIT @limit)";

    internal const string PurgeBeyondSql = """
        DELETE FROM stream_events WHERE tenant_id = @tenant AND sequence IN (
            SELECT sequence FROM stream_events WHERE tenant_id = @tenant AND sequence <= @last ORDER BY sequence LIMIT @limit)
        """;

    private readonly TandemDatabase _database;
    private readonly Lock _refreshing = new();

    // Replaced as a whole; read on shards.
    private volatile FrozenSet<TenantId> _wanted = FrozenSet<TenantId>.Empty;

    internal EventStreams(TandemDatabase database) => _database = database;

    /// <summary>Streams that are written now.</summary>
    public int Count => _wanted.Count;

    /// <summary>True while events of a tenant go into its stream. Asked on shards.</summary>
    public bool IsWanted(TenantId tenant) => _wanted.Contains(tenant);

    /// <summary>Reads which streams are wanted: other nodes may have begun one.</summary>
    public void Refresh(DateTimeOffset now)
    {
        // What was read first must not be set last: a stream that began between two reads would not be written.
        lock (_refreshing)
        {
            using var connection = _database.Connect();
            var tenants = connection.Query<string>("SELECT tenant_id FROM event_streams WHERE wanted_until > @now", new { now = now.ToStored() });
            _wanted = tenants.Select(id => new TenantId(id)).ToFrozenSet();
        }
    }

    /// <summary>Somebody follows: events are written until then at least. The last number of the stream.</summary>
    public long Want(TenantId tenant, DateTimeOffset now, DateTimeOffset until)
    {
        const string sql = """
            INSERT INTO event_streams (tenant_id, last_sequence, wanted_until) VALUES (@tenant, 0, @until)
            ON CONFLICT (tenant_id) DO UPDATE SET
                last_sequence = event_streams.last_sequence + CASE WHEN event_streams.wanted_until <= @now THEN 1 ELSE 0 END,
                wanted_until = CASE WHEN event_streams.wanted_until > excluded.wanted_until THEN event_streams.wanted_until ELSE excluded.wanted_until END
            """;
        using (var connection = _database.Connect())
            connection.Execute(sql, new { tenant = tenant.Value, now = now.ToStored(), until = until.ToStored() });

        // Also when it is wanted as far as is known: a read that began before may be about to say otherwise.
        Refresh(now);
        return Last(tenant);
    }

    /// <summary>The last number of a stream; 0 when there is none.</summary>
    public long Last(TenantId tenant)
    {
        using var connection = _database.Connect();
        return connection.ExecuteScalar<long?>("SELECT last_sequence FROM event_streams WHERE tenant_id = @tenant", new { tenant = tenant.Value }) ?? 0;
    }

    /// <summary>Events behind a number, in order.</summary>
    public IReadOnlyList<StoredEvent> After(TenantId tenant, long sequence, int limit)
    {
        using var connection = _database.Connect();
        return connection.Query<StoredEvent>(
            """
            SELECT sequence, event_type AS type, call_id AS callid, body FROM stream_events
            WHERE tenant_id = @tenant AND sequence > @sequence ORDER BY sequence LIMIT @limit
            """,
            new { tenant = tenant.Value, sequence, limit }).AsList();
    }

    /// <summary>Deletes events that happened before a time, or that have more than <paramref name="most"/> newer ones in their stream; returns how many, at most <paramref name="limit"/>.</summary>
    public int Purge(DateTimeOffset before, long most, int limit)
    {
        using var connection = _database.Connect();
        var deleted = connection.Execute(PurgeAgedSql, new { before = before.ToStored(), limit });
        foreach (var (tenant, last) in connection.Query<(string, long)>("SELECT tenant_id, last_sequence FROM event_streams WHERE last_sequence > @most", new { most }))
        {
            if (deleted < limit)
                deleted += connection.Execute(PurgeBeyondSql, new { tenant, last = last - most, limit = limit - deleted });
        }

        return deleted;
    }
}
