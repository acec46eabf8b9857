using System.Data.Common;
using System.Runtime.CompilerServices;
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
        var sql = $"""
            SELECT {CdrRow.Select} FROM (SELECT * FROM cdrs WHERE tenant_id = @tenant ORDER BY ended_at DESC, call_id DESC LIMIT @window) AS newest
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
        var sql = $"""
            SELECT {CdrRow.Select} FROM (
                SELECT * FROM (SELECT * FROM cdrs WHERE tenant_id = @tenant AND caller_number = @number AND ended_at < @before ORDER BY ended_at DESC LIMIT @limit) AS called
                UNION
                SELECT * FROM (SELECT * FROM cdrs WHERE tenant_id = @tenant AND callee_number = @number AND ended_at < @before ORDER BY ended_at DESC LIMIT @limit) AS was_called
            ) AS both_sides
            ORDER BY ended_at DESC, call_id DESC LIMIT @limit
            """;
        return await ReadAsync(sql, new { tenant = tenant.Value, number, limit, before = before.ToStored() ?? long.MaxValue }, cancellation);
    }

    /// <summary>The records that a filter finds, newest end first.</summary>
    public Task<IReadOnlyList<CallDetailRecord>> SearchAsync(TenantId tenant, CdrFilter filter, CancellationToken cancellation = default) =>
        ReadAsync(CdrSearch.Sql(filter), CdrSearch.Parameters(tenant, filter), cancellation);

    /// <summary>All records that a filter finds, newest end first, read page by page: for an export. <see cref="CdrFilter.Limit"/> is the size of a page.</summary>
    public async IAsyncEnumerable<CallDetailRecord> StreamAsync(
        TenantId tenant, CdrFilter filter, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (true)
        {
            var page = await SearchAsync(tenant, filter, cancellation);
            foreach (var record in page)
                yield return record;
            if (page.Count < filter.Limit)
                yield break;

            filter = filter with { After = (page[^1].EndedAt, page[^1].Id.Value) };
        }
    }

    /// <summary>The recordings of calls, by call.</summary>
    public async Task<ILookup<string, string>> RecordingsAsync(TenantId tenant, IReadOnlyList<string> calls, CancellationToken cancellation = default)
    {
        if (calls.Count == 0)
            return Array.Empty<(string, string)>().ToLookup(row => row.Item1, row => row.Item2);

        await using var connection = await _database.ConnectAsync(cancellation);
        var rows = await connection.QueryAsync<(string Call, string Recording)>(new CommandDefinition(
            $"SELECT call_id, recording_id FROM recordings WHERE tenant_id = @tenant AND call_id IN ({_database.Each("keys")}) ORDER BY started_at, recording_id",
            new { tenant = tenant.Value, keys = TandemDatabase.Keys(calls) }, cancellationToken: cancellation));
        return rows.ToLookup(row => row.Call, row => row.Recording);
    }

    /// <summary>Deletes records of all tenants that ended before a time, a few of each tenant; the totals stay.</summary>
    /// <param name="limit">Records of one tenant at most: a transaction must be short.</param>
    /// <returns>How many were deleted; 0 when none is left.</returns>
    public async Task<int> PurgeAsync(DateTimeOffset before, int limit, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var deleted = 0;
        foreach (var tenant in await connection.QueryAsync<string>(new CommandDefinition("SELECT tenant_id FROM tenants", cancellationToken: cancellation)))
        {
            deleted += await connection.ExecuteAsync(new CommandDefinition(
                """
                DELETE FROM cdrs WHERE call_id IN (
                    SELECT call_id FROM cdrs WHERE tenant_id = @tenant AND ended_at < @before ORDER BY ended_at, call_id LIMIT @limit)
                """,
                new { tenant, before = before.ToStored(), limit }, cancellationToken: cancellation));
        }

        return deleted;
    }

    /// <summary>One record, or null.</summary>
    public async Task<CallDetailRecord?> FindAsync(TenantId tenant, CallId id, CancellationToken cancellation = default)
    {
        var found = await ReadAsync($"SELECT {CdrRow.Select} FROM cdrs WHERE call_id = @id AND tenant_id = @tenant", new { tenant = tenant.Value, id = id.Value }, cancellation);
        return found.Count == 0 ? null : found[0];
    }

    /// <summary>Sums over all calls, also those whose records were deleted for their age; one row is read, whatever the size of the history.</summary>
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
        var rows = new List<CdrRow>();
        await using (var reader = await connection.ExecuteReaderAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellation)))
        {
            while (await reader.ReadAsync(cancellation))
                rows.Add(CdrReader.Read(reader));
        }

        await AddAttemptsAsync(connection, rows.FindAll(row => row.Attempts > 0), cancellation);
        return rows.ConvertAll(row => row.ToRecord());
    }

    private async Task AddAttemptsAsync(DbConnection connection, List<CdrRow> rows, CancellationToken cancellation)
    {
        if (rows.Count == 0)
            return;

        var attempts = (await connection.QueryAsync<AttemptRow>(new CommandDefinition(
            $"SELECT * FROM cdr_attempts WHERE call_id IN ({_database.Each("keys")}) ORDER BY call_id, attempt",
            new { keys = TandemDatabase.Keys(rows.Select(row => row.CallId)) }, cancellationToken: cancellation))).ToLookup(row => row.CallId);
        foreach (var row in rows)
            row.AttemptRows = attempts[row.CallId].ToList();
    }

    private sealed class SumRow
    {
        public long Calls { get; set; }

        public long Answered { get; set; }

        public long DurationMs { get; set; }
    }
}
