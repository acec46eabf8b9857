using Dapper;
using Tandem.Calls.Tenants;
using Tandem.Storage.Streams;
using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Streams;

public sealed class EventStreamsOnSqliteTests() : EventStreamsTests(null);

public sealed class EventStreamsOnPostgresTests(PostgresServer postgres) : EventStreamsTests(postgres);

public abstract class EventStreamsTests(PostgresServer? postgres) : StorageTests(postgres)
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TenantId Other = new("other");

    [Fact]
    public async Task What_is_too_old_and_what_is_too_much_is_deleted_and_never_more_at_once_than_was_asked()
    {
        var storage = Serve();
        await storage.Tenants.AddAsync(new Tenant(Other, "Other"), Cancellation);
        storage.Streams.Want(TenantId.Default, At, At.AddHours(1));
        storage.Streams.Want(Other, At, At.AddHours(1));
        Fill(storage, "default", 10, hours: 1);
        Fill(storage, "other", 3, hours: 2);

        // Of each stream the newest four stay: six of one tenant are too many.
        Assert.Equal(5, storage.Streams.Purge(At, 4, 5));
        Assert.Equal(1, storage.Streams.Purge(At, 4, 5));
        Assert.Equal(0, storage.Streams.Purge(At, 4, 5));
        Assert.Equal([7, 8, 9, 10], storage.Streams.After(TenantId.Default, 0, 100).Select(e => e.Sequence));
        Assert.Equal(3, storage.Streams.After(Other, 0, 100).Count);

        // And by age, whatever stream it is.
        Assert.Equal(4, storage.Streams.Purge(At.AddHours(1).AddMinutes(1), 1_000, 5));
        Assert.Equal(3, storage.Streams.Purge(At.AddHours(3), 1_000, 5));
        Assert.Equal(0, Count(storage, "stream_events"));
    }

    [Theory]
    [InlineData(EventStreams.PurgeAgedSql, "stream_events_by_age")]
    [InlineData(EventStreams.PurgeBeyondSql, "")]
    public void No_purge_reads_all_events(string sql, string index)
    {
        var storage = OpenBeside();
        Execute(storage, IsPostgres
            ? "INSERT INTO stream_events (tenant_id, sequence, event_id, event_type, call_id, body, created_at) SELECT 'default', n, 'evt_' || n, 'call.ended', '', '{}', n FROM generate_series(1, 20000) AS n"
            : "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 20000) INSERT INTO stream_events (tenant_id, sequence, event_id, event_type, call_id, body, created_at) SELECT 'default', n, 'evt_' || n, 'call.ended', '', '{}', n FROM c");
        Execute(storage, "ANALYZE stream_events");
        using var connection = storage.Database.Connect();
        var parameters = new { before = 10L, tenant = "default", last = 10L, limit = 5 };
        var plan = connection.Query((IsPostgres ? "EXPLAIN " : "EXPLAIN QUERY PLAN ") + sql, parameters)
            .Select(row => (string)((IDictionary<string, object>)row)[IsPostgres ? "QUERY PLAN" : "detail"]).ToList();

        var text = string.Join('\n', plan);
        Assert.False(plan.Exists(line => line.Contains("Seq Scan", StringComparison.Ordinal) || (line.StartsWith("SCAN ", StringComparison.Ordinal) && !line.Contains("INDEX", StringComparison.Ordinal))), text);
        Assert.True(text.Contains(index, StringComparison.Ordinal), text);
    }

    // A read that began before a stream was wanted must not be the last word about what is wanted.
    [Fact]
    public async Task A_stream_that_begins_is_written_at_once_whoever_looks_meanwhile()
    {
        var storage = Serve();
        var hour = 0;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var looking = Task.Run(
            () =>
            {
                while (!over.IsCancellationRequested)
                    storage.Streams.Refresh(At.AddHours(Volatile.Read(ref hour)));
            },
            Cancellation);
        for (var i = 1; i <= 200; i++)
        {
            Volatile.Write(ref hour, i);
            storage.Streams.Want(TenantId.Default, At.AddHours(i), At.AddHours(i).AddMinutes(30));
            Assert.True(storage.Streams.IsWanted(TenantId.Default));
        }

        await over.CancelAsync();
        await looking;
    }

    private static void Fill(TandemStorage storage, string tenant, int events, int hours)
    {
        using var connection = storage.Database.Connect();
        for (var i = 1; i <= events; i++)
        {
            connection.Execute(
                "INSERT INTO stream_events (tenant_id, sequence, event_id, event_type, call_id, body, created_at) VALUES (@tenant, @i, @id, 'call.ended', '', '{}', @at)",
                new { tenant, i, id = $"evt_{tenant}_{i}", at = At.AddHours(hours).ToUnixTimeMilliseconds() });
        }

        connection.Execute("UPDATE event_streams SET last_sequence = @events WHERE tenant_id = @tenant", new { tenant, events });
    }
}
