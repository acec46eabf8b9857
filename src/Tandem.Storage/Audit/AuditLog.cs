using Dapper;
using Tandem.Calls.Tenants;
using Tandem.Storage.Database;
using Tandem.Storage.Writing;

namespace Tandem.Storage.Audit;

/// <summary>
/// Who did what: a table that only grows. <see cref="Write"/> goes through the writer's bounded queue, which outlives a database that is
/// away; the request that did the thing does not wait.
/// </summary>
public sealed class AuditLog
{
    private readonly TandemDatabase _database;
    private readonly StorageWriter _writer;
    private readonly TimeProvider _time;

    internal AuditLog(TandemDatabase database, StorageWriter writer, TimeProvider time)
    {
        _database = database;
        _writer = writer;
        _time = time;
    }

    /// <summary>Queues an entry and returns at once. For a server.</summary>
    public void Write(AuditEntry entry) => _writer.Enqueue(new WriteItem(WriteKind.AuditWritten, AuditRow.From(entry, _time.GetUtcNow())));

    /// <summary>Writes an entry before it returns. For a command, which has no writer.</summary>
    public async Task WriteNowAsync(AuditEntry entry, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        new RowWriter(connection, transaction).Execute<AuditRow>(AuditRow.InsertSql, [AuditRow.From(entry, _time.GetUtcNow())]);
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>Entries of a tenant, newest first.</summary>
    public async Task<IReadOnlyList<AuditEntry>> ListAsync(TenantId tenant, AuditFilter filter, CancellationToken cancellation = default)
    {
        var begins = filter.Action is { } action && action.EndsWith('.');
        var sql = $"""
            SELECT entry_id, tenant_id, at, actor_kind, actor, actor_id, source, action, target, detail FROM audit_log
            WHERE tenant_id = @tenant
            {(filter.From is null ? "" : "AND at >= @from")} {(filter.To is null ? "" : "AND at < @to")}
            {(filter.Actor is null ? "" : "AND actor = @actor")} {(filter.Target is null ? "" : "AND target = @target")}
            {(filter.Action is null ? "" : begins ? "AND action >= @action AND action < @actionEnd" : "AND action = @action")}
            {(filter.After is null ? "" : "AND (at < @at OR (at = @at AND entry_id < @id))")}
            ORDER BY at DESC, entry_id DESC LIMIT @limit
            """;
        await using var connection = await _database.ConnectAsync(cancellation);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            sql,
            new
            {
                tenant = tenant.Value,
                from = filter.From.ToStored(),
                to = filter.To.ToStored(),
                actor = StoredText.Clean(filter.Actor),
                target = StoredText.Clean(filter.Target),
                action = StoredText.Clean(filter.Action),

                // The character after the dot.
                actionEnd = begins ? StoredText.Clean(filter.Action![..^1]) + "/" : "",
                at = filter.After?.At.ToStored(),
                id = StoredText.Clean(filter.After?.Id),
                limit = (long)filter.Limit,
            },
            cancellationToken: cancellation));
        return rows.Select(row => row.ToEntry()).ToList();
    }

    private sealed class Row
    {
        public string EntryId { get; set; } = "";

        public string TenantId { get; set; } = "";

        public long At { get; set; }

        public string ActorKind { get; set; } = "";

        public string Actor { get; set; } = "";

        public string ActorId { get; set; } = "";

        public string Source { get; set; } = "";

        public string Action { get; set; } = "";

        public string Target { get; set; } = "";

        public string Detail { get; set; } = "";

        public AuditEntry ToEntry() =>
            new(new TenantId(TenantId), ActorKind, Actor, ActorId, Source, Action, Target, Detail) { Id = EntryId, At = At.ToTime() };
    }
}
