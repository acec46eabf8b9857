using Dapper;
using Tandem.Calls.Tenants;
using Tandem.Storage.Database;
using Tandem.Storage.Outbox;
using Tandem.Storage.Streams;
using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Streams;

public sealed class StreamRowsOnSqliteTests() : StreamRowsTests(null);

public sealed class StreamRowsOnPostgresTests(PostgresServer postgres) : StreamRowsTests(postgres)
{
    [Fact]
    public void A_batch_of_several_tenants_is_one_round_trip()
    {
        var rows = new Counted();
        StreamRows.Write(rows, [Event("b1", "other"), Event("a1"), Event("a2"), Event("a1")]);
        Assert.Equal([2], rows.Rows);
    }

    // Counts what one call of the writer carries: RowWriter sends that in one batch.
    private sealed class Counted : IRowWriter
    {
        public List<int> Rows { get; } = [];

        public bool TakesArrays => true;

        public bool Finds(string sql) => throw new InvalidOperationException();

        public void Execute<T>(string sql, IReadOnlyList<T> rows, Action<T>? affected = null)
            where T : IRow => Rows.Add(rows.Count);

        public void Insert<T>(TableInsert into, IReadOnlyList<T> rows, Action<T>? affected = null)
            where T : IKeyedRow => throw new InvalidOperationException();
    }
}

public abstract class StreamRowsTests(PostgresServer? postgres) : StorageTests(postgres)
{
    private static readonly TenantId Tenant = TenantId.Default;

    [Fact]
    public void Events_are_numbered_in_their_order_by_tenant_and_once()
    {
        var storage = Open("other");
        Write(storage, Event("a1"), Event("x1", "other"), Event("a2"), Event("a2"), Event("x2", "other"));
        Write(storage, Event("a2"), Event("a3"), Event("x3", "other"));
        Write(storage, Event("a1"), Event("a2")); // all known: an attempt whose answer was lost
        Write(storage, Event("a4"));
        Assert.Equal(["1 a1", "2 a2", "3 a3", "4 a4"], Read(storage, Tenant));
        Assert.Equal(["1 x1", "2 x2", "3 x3"], Read(storage, new TenantId("other")));
        Assert.Equal(4, storage.Streams.Last(Tenant));
    }

    [Fact]
    public void A_tenant_without_a_stream_gets_no_row()
    {
        var storage = Open();
        Write(storage, Event("x1", "other"), Event("a1"));
        Assert.Equal(["1 a1"], Read(storage, Tenant));
        Assert.Empty(storage.Streams.After(new TenantId("other"), 0, 10));
    }

    [Fact]
    public void What_was_not_committed_leaves_no_gap()
    {
        var storage = Open();
        Write(storage, Event("a1"));
        using (var session = storage.Database.OpenWriteSession())
        {
            session.Begin();
            StreamRows.Write(session, [Event("lost1"), Event("lost2")]);
        }

        Write(storage, Event("a2"));
        Assert.Equal(["1 a1", "2 a2"], Read(storage, Tenant));
    }

    [Fact]
    public async Task Several_nodes_leave_no_gap_and_whoever_sees_a_number_sees_all_before_it()
    {
        const int Nodes = 4, Batches = 40;
        var storage = Open("other");
        using var done = new CancellationTokenSource();
        var reader = Task.Run(() =>
        {
            var looks = 0;
            do
            {
                var numbers = storage.Streams.After(Tenant, 0, 10_000).Select(e => e.Sequence).ToList();
                Assert.Equal(Enumerable.Range(1, numbers.Count).Select(n => (long)n), numbers);
                looks++;
            }
            while (!done.IsCancellationRequested);
            return looks;
        }, Cancellation);

        var written = 0;
        await Task.WhenAll(Enumerable.Range(0, Nodes).Select(node => Task.Run(() =>
        {
            for (var batch = 0; batch < Batches; batch++)
            {
                var events = Enumerable.Range(0, 1 + ((node + batch) % 4)).Select(i => Event($"{node}-{batch}-{i}")).ToList();
                Interlocked.Add(ref written, events.Count);
                Write(storage, [.. events, Event($"other-{node}-{batch}", "other")]);
            }
        }, Cancellation)));
        await done.CancelAsync();
        Assert.True(await reader > 0);

        var all = storage.Streams.After(Tenant, 0, 10_000);
        Assert.Equal(written, all.Count);
        Assert.Equal(written, storage.Streams.Last(Tenant));
        Assert.Equal(Enumerable.Range(1, written).Select(n => (long)n), all.Select(e => e.Sequence));
        Assert.Equal(Nodes * Batches, storage.Streams.Last(new TenantId("other")));
        foreach (var ofNode in all.Select(e => e.Type.Split('-')).GroupBy(name => name[0]))
            Assert.Equal(ofNode.OrderBy(name => int.Parse(name[1])).ThenBy(name => int.Parse(name[2])), ofNode);
    }

    private static int _events;

    private protected static OutboxRow Event(string id, string tenant = "default") =>
        new(id, tenant, id, "", "{\"a\":\"ü\"}"u8.ToArray(), 1, Interlocked.Increment(ref _events));

    private TandemStorage Open(string? second = null)
    {
        var storage = OpenBeside();
        using (var connection = storage.Database.Connect())
            connection.Execute("INSERT INTO tenants (tenant_id, display_name, created_at) VALUES ('other', 'Other', 1) ON CONFLICT DO NOTHING");
        foreach (var tenant in new[] { Tenant.Value, second })
        {
            if (tenant is not null)
                storage.Streams.Want(new TenantId(tenant), Sample.Start, Sample.Start.AddHours(1));
        }

        return storage;
    }

    private static void Write(TandemStorage storage, params OutboxRow[] events)
    {
        using var session = storage.Database.OpenWriteSession();
        session.Begin();
        StreamRows.Write(session, [.. events]);
        session.Commit();
    }

    private static List<string> Read(TandemStorage storage, TenantId tenant) => [.. storage.Streams.After(tenant, 0, 100).Select(e => $"{e.Sequence} {e.Type}")];
}
