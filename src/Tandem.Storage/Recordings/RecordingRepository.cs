using Dapper;
using Tandem.Calls.Ports;
using Tandem.Calls.Recording;
using Tandem.Calls.Tenants;
using Tandem.Storage.Database;

namespace Tandem.Storage.Recordings;

/// <summary>Keeps what is known of recordings; their sound lies in files.</summary>
public sealed class RecordingRepository : IRecordingStore
{
    private readonly TandemDatabase _database;

    internal RecordingRepository(TandemDatabase database) => _database = database;

    /// <inheritdoc/>
    public async Task SaveAsync(RecordingEntry entry, CancellationToken cancellation = default)
    {
        // The end may be written by a retry before its beginning was: an entry that is over never becomes one that is being made. Nor does one whose voicemail went become anything else.
        const string sql = """
            INSERT INTO recordings (recording_id, tenant_id, call_id, caller_number, callee_number, format, channels, key_id, file, state,
                started_at, ended_at, duration_ms, bytes, sha256, dropped_ms, end_reason, held, consent_at)
            VALUES (@RecordingId, @TenantId, @CallId, @CallerNumber, @CalleeNumber, @Format, @Channels, @KeyId, @File, @State,
                @StartedAt, @EndedAt, @DurationMs, @Bytes, @Sha256, @DroppedMs, @EndReason, @Held, @ConsentAt)
            ON CONFLICT (recording_id) DO UPDATE SET state = CASE WHEN recordings.state = 'Abandoned' THEN recordings.state ELSE excluded.state END, ended_at = excluded.ended_at, duration_ms = excluded.duration_ms,
                bytes = excluded.bytes, sha256 = excluded.sha256, dropped_ms = excluded.dropped_ms, end_reason = excluded.end_reason
            WHERE recordings.tenant_id = excluded.tenant_id AND (recordings.state = 'Recording' OR excluded.state <> 'Recording')
            """;
        await using var connection = await _database.ConnectAsync(cancellation);
        await connection.ExecuteAsync(new CommandDefinition(sql, RecordingRow.From(entry), cancellationToken: cancellation));
    }

    /// <inheritdoc/>
    public async Task<RecordingEntry?> FindAsync(TenantId tenant, string id, CancellationToken cancellation = default)
    {
        var found = await ReadAsync("SELECT * FROM recordings WHERE recording_id = @id AND tenant_id = @tenant", new { id, tenant = tenant.Value }, cancellation);
        return found.Count == 0 ? null : found[0];
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<RecordingEntry>> ListAsync(TenantId tenant, RecordingFilter filter, CancellationToken cancellation = default)
    {
        var where = "tenant_id = @tenant";
        if (filter.Number is not null)
            where += " AND (caller_number = @number OR callee_number = @number)";
        if (filter.CallId is not null)
            where += " AND call_id = @call";
        if (filter.State is not null)
            where += " AND state = @state";
        if (filter.From is not null)
            where += " AND started_at >= @from";
        if (filter.To is not null)
            where += " AND started_at < @to";
        if (filter.After is not null)
            where += " AND (started_at < @at OR (started_at = @at AND recording_id < @id))";

        return ReadAsync(
            $"SELECT * FROM recordings WHERE {where} ORDER BY started_at DESC, recording_id DESC LIMIT @limit",
            new
            {
                tenant = tenant.Value,
                number = filter.Number ?? "",
                call = filter.CallId ?? "",
                state = filter.State?.ToString() ?? "",
                from = filter.From.ToStored() ?? 0,
                to = filter.To.ToStored() ?? 0,
                at = filter.After?.StartedAt.ToStored() ?? 0,
                id = filter.After?.Id ?? "",
                limit = filter.Limit,
            },
            cancellation);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<RecordingEntry>> UnfinishedAsync(CancellationToken cancellation = default) =>
        ReadAsync("SELECT * FROM recordings WHERE state IN ('Recording', 'Abandoned') AND ended_at IS NULL ORDER BY recording_id", new { }, cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<RecordingEntry>> OlderAsync(DateTimeOffset before, int limit, RecordingEntry? after = null, CancellationToken cancellation = default) =>
        ReadAsync(
            $"""
            SELECT * FROM recordings WHERE started_at < @before AND (ended_at IS NULL OR ended_at < @before) AND state <> 'Recording' AND held = 0
                AND NOT EXISTS (SELECT 1 FROM voicemail_messages WHERE voicemail_messages.message_id = recordings.recording_id)
                AND recording_id NOT IN (SELECT greeting FROM voicemail_boxes WHERE greeting <> '')
                {Behind(after)} ORDER BY started_at, recording_id LIMIT @limit
            """,
            new { before = before.ToStored(), limit, at = after?.StartedAt.ToStored() ?? 0, id = after?.Id ?? "" },
            cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<RecordingEntry>> AbandonedAsync(int limit, RecordingEntry? after = null, CancellationToken cancellation = default) => ReadAsync(
        $"SELECT * FROM recordings WHERE state = 'Abandoned' AND ended_at IS NOT NULL AND held = 0 {Behind(after)} ORDER BY started_at, recording_id LIMIT @limit",
        new { limit, at = after?.StartedAt.ToStored() ?? 0, id = after?.Id ?? "" }, cancellation);

    /// <inheritdoc/>
    public async Task<bool> AbandonAsync(TenantId tenant, string id, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        return await connection.ExecuteAsync(new CommandDefinition(
            "UPDATE recordings SET state = 'Abandoned' WHERE recording_id = @id AND tenant_id = @tenant AND held = 0 AND ended_at IS NOT NULL",
            new { id, tenant = tenant.Value }, cancellationToken: cancellation)) > 0;
    }

    /// <summary>Bytes of all recordings of a tenant.</summary>
    public async Task<long> BytesAsync(TenantId tenant, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        return await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM recordings WHERE tenant_id = @tenant", new { tenant = tenant.Value }, cancellationToken: cancellation));
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(TenantId tenant, string id, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        return await connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM recordings WHERE recording_id = @id AND tenant_id = @tenant AND held = 0", new { id, tenant = tenant.Value }, cancellationToken: cancellation)) > 0;
    }

    /// <inheritdoc/>
    public async Task<bool> HoldAsync(TenantId tenant, string id, bool isHeld, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        return await connection.ExecuteAsync(new CommandDefinition(
            "UPDATE recordings SET held = @held WHERE recording_id = @id AND tenant_id = @tenant",
            new { id, tenant = tenant.Value, held = isHeld ? 1 : 0 }, cancellationToken: cancellation)) > 0;
    }

    private static string Behind(RecordingEntry? after) => after is null ? "" : "AND (started_at > @at OR (started_at = @at AND recording_id > @id))";

    private async Task<IReadOnlyList<RecordingEntry>> ReadAsync(string sql, object parameters, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var rows = await connection.QueryAsync<RecordingRow>(new CommandDefinition(sql, parameters, cancellationToken: cancellation));
        return rows.Select(row => row.ToEntry()).ToList();
    }
}
