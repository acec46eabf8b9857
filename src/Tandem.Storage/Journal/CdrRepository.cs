using Dapper;
using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;
using Tandem.Storage.Database;

namespace Tandem.Storage.Journal;

/// <summary>Reads the records of ended calls. They are written by <see cref="CallJournal"/>.</summary>
public sealed class CdrRepository
{
    private readonly TandemDatabase _database;

    internal CdrRepository(TandemDatabase database) => _database = database;

    /// <summary>Of the newest <paramref name="window"/> records the page from <paramref name="offset"/> on, oldest first.</summary>
    public async Task<IReadOnlyList<CallDetailRecord>> HistoryAsync(
        TenantId tenant, int window, int offset, int limit, CancellationToken cancellation = default)
    {
        // The page counts from the oldest of the window; both databases find it by the index on the end.
        const string sql = """
            SELECT * FROM (SELECT * FROM cdrs WHERE tenant_id = @tenant ORDER BY ended_at DESC, call_id DESC LIMIT @window) AS newest
            ORDER BY ended_at, call_id LIMIT @limit OFFSET @offset
            """;
        return await ReadAsync(sql, new { tenant = tenant.Value, window, offset, limit }, cancellation);
    }

    /// <summary>The records in which a number called or was called, newest first.</summary>
    /// <param name="before">Only records that ended before this; null for all. The end of the last record of a page gives the next page.</param>
    public async Task<IReadOnlyList<CallDetailRecord>> ByNumberAsync(
        TenantId tenant, string number, int limit, DateTimeOffset? before = null, CancellationToken cancellation = default)
    {
        // UNION of two index reads: an OR over two columns would scan. A call to oneself appears once.
        const string sql = """
            SELECT * FROM (
                SELECT * FROM (SELECT * FROM cdrs WHERE tenant_id = @tenant AND caller_number = @number AND ended_at < @before ORDER BY ended_at DESC LIMIT @limit) AS called
                UNION
                SELECT * FROM (SELECT * FROM cdrs WHERE tenant_id = @tenant AND callee_number = @number AND ended_at < @before ORDER BY ended_at DESC LIMIT @limit) AS was_called
            ) AS both_sides
            ORDER BY ended_at DESC, call_id DESC LIMIT @limit
            """;
        return await ReadAsync(sql, new { tenant = tenant.Value, number, limit, before = before.ToStored() ?? long.MaxValue }, cancellation);
    }

    /// <summary>One record, or null.</summary>
    public async Task<CallDetailRecord?> FindAsync(TenantId tenant, CallId id, CancellationToken cancellation = default)
    {
        var found = await ReadAsync("SELECT * FROM cdrs WHERE call_id = @id AND tenant_id = @tenant", new { tenant = tenant.Value, id = id.Value }, cancellation);
        return found.Count == 0 ? null : found[0];
    }

    /// <summary>Sums over all records; one row is read, whatever the size of the history.</summary>
    public async Task<CallTotals> TotalsAsync(TenantId tenant, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var row = await connection.QuerySingleOrDefaultAsync<SumRow>(new CommandDefinition(
            "SELECT calls, answered, duration_ms FROM call_totals WHERE tenant_id = @tenant", new { tenant = tenant.Value }, cancellationToken: cancellation));
        return row is null ? new CallTotals(0, 0, TimeSpan.Zero) : new CallTotals(row.Calls, row.Answered, TimeSpan.FromMilliseconds(row.DurationMs));
    }

    /// <summary>Deletes all records of a tenant and sets its totals to zero. Events that wait in the outbox stay.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> ClearAsync(TenantId tenant, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var key = new { tenant = tenant.Value };
        var deleted = await connection.ExecuteAsync(new CommandDefinition("DELETE FROM cdrs WHERE tenant_id = @tenant", key, transaction, cancellationToken: cancellation));
        await connection.ExecuteAsync(new CommandDefinition("DELETE FROM call_totals WHERE tenant_id = @tenant", key, transaction, cancellationToken: cancellation));
        await transaction.CommitAsync(cancellation);
        return deleted;
    }

    private async Task<IReadOnlyList<CallDetailRecord>> ReadAsync(string sql, object parameters, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var rows = await connection.QueryAsync<CdrRow>(new CommandDefinition(sql, parameters, cancellationToken: cancellation));
        return rows.Select(row => row.ToRecord()).ToList();
    }

    private sealed class SumRow
    {
        public long Calls { get; set; }

        public long Answered { get; set; }

        public long DurationMs { get; set; }
    }
}
