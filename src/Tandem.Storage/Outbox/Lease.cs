using Dapper;
using Tandem.Storage.Database;

namespace Tandem.Storage.Outbox;

/// <summary>
/// Work that one node does at a time: who holds the lease does it, and renews it before it ends. The holder is the node, so a process that
/// was killed and starts again has it at once. Two holders for a moment (clocks that differ) do no harm: what they do may be done twice.
/// </summary>
public sealed class Lease
{
    private readonly TandemDatabase _database;
    private readonly string _holder;

    internal Lease(TandemDatabase database, string holder)
    {
        _database = database;
        _holder = holder;
    }

    /// <summary>Takes or renews a lease; false when another node holds it.</summary>
    public bool TryHold(string name, DateTimeOffset now, TimeSpan duration)
    {
        const string sql = """
            INSERT INTO leases (lease_name, holder, expires_at) VALUES (@name, @holder, @until)
            ON CONFLICT (lease_name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
            WHERE leases.holder = excluded.holder OR leases.expires_at < @now
            """;
        using var connection = _database.Connect();
        return connection.Execute(sql, new { name, holder = _holder, until = (now + duration).ToStored(), now = now.ToStored() }) > 0;
    }

    /// <summary>Gives a lease back, so that another node need not wait for its end.</summary>
    public void Release(string name)
    {
        using var connection = _database.Connect();
        connection.Execute("DELETE FROM leases WHERE lease_name = @name AND holder = @holder", new { name, holder = _holder });
    }
}
