using System.Data.Common;
using Dapper;
using Tandem.Calls.Ports;
using Tandem.Calls.Queues;
using Tandem.Calls.Tenants;
using Tandem.Storage.Database;

namespace Tandem.Storage.Queues;

/// <summary>Queues, their members, and which agents are logged in.</summary>
public sealed partial class QueueRepository : IQueueStore
{
    internal const string Topic = "queues";

    private readonly TandemDatabase _database;
    private readonly TimeProvider _time;
    private readonly string _node;

    internal QueueRepository(TandemDatabase database, TimeProvider time, string node)
    {
        _node = node;
        _database = database;
        _time = time;
    }

    /// <inheritdoc/>
    public async Task<long> VersionAsync(CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        return await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "SELECT version FROM change_versions WHERE topic = @Topic", new { Topic }, cancellationToken: cancellation));
    }

    /// <inheritdoc/>
    /// <remarks>A queue whose settings this version does not understand is left out.</remarks>
    public async Task<IReadOnlyList<StoredQueue>> QueuesAsync(CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var members = (await connection.QueryAsync<MemberRow>(new CommandDefinition(
            "SELECT tenant_id, queue, number, skill, tier FROM queue_members ORDER BY tenant_id, queue, number", cancellationToken: cancellation)))
            .ToLookup(row => (row.TenantId, row.Queue), row => new QueueMember(row.Number, (int)row.Skill, (int)row.Tier));
        var rows = await connection.QueryAsync<Row>(new CommandDefinition("SELECT tenant_id, name, body FROM queues ORDER BY tenant_id, name", cancellationToken: cancellation));
        var queues = new List<StoredQueue>();
        foreach (var row in rows)
        {
            if (QueueBody.Parse(row.Body) is { } settings)
                queues.Add(new StoredQueue(new TenantId(row.TenantId), settings, [.. members[(row.TenantId, row.Name)]]));
        }

        return queues;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<(TenantId Tenant, AgentLogin Login)>> LoginsAsync(CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var rows = await connection.QueryAsync<LoginRow>(new CommandDefinition(
            "SELECT tenant_id, number, paused, reason FROM queue_logins ORDER BY tenant_id, number", cancellationToken: cancellation));
        return [.. rows.Select(row => (new TenantId(row.TenantId), new AgentLogin(row.Number, row.Paused != 0, row.Reason)))];
    }

    /// <inheritdoc/>
    public Task SaveAsync(StoredQueue queue, CancellationToken cancellation = default) => ChangeAsync(queue.Tenant, queue.Settings.Name, _ => queue, cancellation);

    /// <inheritdoc/>
    public async Task<StoredQueue?> ChangeAsync(TenantId tenant, string name, Func<StoredQueue?, StoredQueue?> change, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);

        // The row of the topic is locked from here on: whoever changes a queue at another node waits.
        await ChangeFollower.RaiseAsync(connection, transaction, Topic, cancellation);
        var known = await FindAsync(connection, transaction, tenant, name, cancellation);
        if (change(known) is not { } queue)
            return null;

        // A number that it had before stays its own, whatever came upon it since.
        if (queue.Settings.Number.Length > 0 && queue.Settings.Number != known?.Settings.Number)
            await RefuseTakenAsync(connection, transaction, queue, cancellation);
        await WriteAsync(connection, transaction, queue, cancellation);
        await transaction.CommitAsync(cancellation);
        return queue;
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(TenantId tenant, string name, CancellationToken cancellation = default)
    {
        var key = new { tenant = tenant.Value, name };
        await using var connection = await _database.ConnectAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await ChangeFollower.RaiseAsync(connection, transaction, Topic, cancellation);
        await connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM queue_members WHERE tenant_id = @tenant AND queue = @name", key, transaction, cancellationToken: cancellation));
        var deleted = await connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM queues WHERE tenant_id = @tenant AND name = @name", key, transaction, cancellationToken: cancellation));
        await transaction.CommitAsync(cancellation);
        return deleted > 0;
    }

    /// <inheritdoc/>
    public async Task SaveLoginAsync(TenantId tenant, string number, AgentLogin? login, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        await connection.ExecuteAsync(new CommandDefinition(
            login is null
                ? "DELETE FROM queue_logins WHERE tenant_id = @tenant AND number = @number"
                : """
                  INSERT INTO queue_logins (tenant_id, number, paused, reason, changed_at) VALUES (@tenant, @number, @paused, @reason, @now)
                  ON CONFLICT (tenant_id, number) DO UPDATE SET paused = excluded.paused, reason = excluded.reason, changed_at = excluded.changed_at
                  """,
            new
            {
                tenant = tenant.Value,
                number,
                paused = login?.IsPaused == true ? 1L : 0L,
                reason = StoredText.Clean(login?.PauseReason ?? ""),
                now = _time.GetUtcNow().ToStored(),
            },
            cancellationToken: cancellation));
    }

    private static async Task<StoredQueue?> FindAsync(DbConnection connection, DbTransaction transaction, TenantId tenant, string name, CancellationToken cancellation)
    {
        var key = new { tenant = tenant.Value, name };
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            "SELECT tenant_id, name, body FROM queues WHERE tenant_id = @tenant AND name = @name", key, transaction, cancellationToken: cancellation));
        if (row is null || QueueBody.Parse(row.Body) is not { } settings)
            return null;

        var members = await connection.QueryAsync<MemberRow>(new CommandDefinition(
            "SELECT tenant_id, queue, number, skill, tier FROM queue_members WHERE tenant_id = @tenant AND queue = @name ORDER BY number", key, transaction, cancellationToken: cancellation));
        return new StoredQueue(tenant, settings, [.. members.Select(member => new QueueMember(member.Number, (int)member.Skill, (int)member.Tier))]);
    }

    private async Task WriteAsync(DbConnection connection, DbTransaction transaction, StoredQueue queue, CancellationToken cancellation)
    {
        var key = new { tenant = queue.Tenant.Value, name = queue.Settings.Name, number = queue.Settings.Number, body = QueueBody.From(queue.Settings).ToJson(), now = _time.GetUtcNow().ToStored() };
        await connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO queues (tenant_id, name, number, body, changed_at) VALUES (@tenant, @name, @number, @body, @now)
            ON CONFLICT (tenant_id, name) DO UPDATE SET number = excluded.number, body = excluded.body, changed_at = excluded.changed_at
            """,
            key, transaction, cancellationToken: cancellation));
        await connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM queue_members WHERE tenant_id = @tenant AND queue = @name", key, transaction, cancellationToken: cancellation));
        foreach (var member in queue.Members)
        {
            await connection.ExecuteAsync(new CommandDefinition(
                "INSERT INTO queue_members (tenant_id, queue, number, skill, tier) VALUES (@tenant, @name, @number, @skill, @tier)",
                new { key.tenant, key.name, number = member.Number, skill = (long)member.Skill, tier = (long)member.Tier }, transaction, cancellationToken: cancellation));
        }
    }

    /// <summary>Takes an agent out of all queues within the transaction that removes its extension: who gets the number next is no agent.</summary>
    internal static async Task ForgetAgentAsync(DbConnection connection, DbTransaction transaction, TenantId tenant, string number, CancellationToken cancellation)
    {
        await ChangeFollower.RaiseAsync(connection, transaction, Topic, cancellation);
        foreach (var table in new[] { "queue_members", "queue_logins" })
        {
            await connection.ExecuteAsync(new CommandDefinition(
                $"DELETE FROM {table} WHERE tenant_id = @tenant AND number = @number", new { tenant = tenant.Value, number }, transaction, cancellationToken: cancellation));
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<(TenantId Tenant, QueueCallback Callback)>> CallbacksAsync(CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var rows = await connection.QueryAsync<CallbackRow>(new CommandDefinition(
            "SELECT tenant_id, call_id, queue, number, caller, priority, joined_at, tries FROM queue_callbacks WHERE node_id = @node ORDER BY joined_at, call_id",
            new { node = _node }, cancellationToken: cancellation));
        return [.. rows.Select(row => (new TenantId(row.TenantId), new QueueCallback(
            row.CallId, row.Queue, row.Number, row.Caller, (int)row.Priority, row.JoinedAt.ToTime(), (int)row.Tries)))];
    }

    /// <inheritdoc/>
    public async Task SaveCallbackAsync(TenantId tenant, string id, QueueCallback? callback, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        await connection.ExecuteAsync(new CommandDefinition(
            callback is null
                ? "DELETE FROM queue_callbacks WHERE tenant_id = @tenant AND call_id = @id"
                : """
                  INSERT INTO queue_callbacks (tenant_id, call_id, node_id, queue, number, caller, priority, joined_at, tries)
                  VALUES (@tenant, @id, @node, @queue, @number, @caller, @priority, @joined, @tries)
                  ON CONFLICT (tenant_id, call_id) DO UPDATE SET node_id = excluded.node_id, tries = excluded.tries
                  """,
            new
            {
                tenant = tenant.Value,
                id,
                node = _node,
                queue = callback?.Queue ?? "",
                number = callback?.Number ?? "",
                caller = StoredText.Clean(callback?.Caller ?? ""),
                priority = (long)(callback?.Priority ?? 0),
                joined = (callback?.JoinedAt ?? default).ToStored(),
                tries = (long)(callback?.Tries ?? 0),
            },
            cancellationToken: cancellation));
    }

    private sealed class CallbackRow
    {
        public string TenantId { get; set; } = "";

        public string CallId { get; set; } = "";

        public string Queue { get; set; } = "";

        public string Number { get; set; } = "";

        public string Caller { get; set; } = "";

        public long Priority { get; set; }

        public long JoinedAt { get; set; }

        public long Tries { get; set; }
    }

    private sealed class Row
    {
        public string TenantId { get; set; } = "";

        public string Name { get; set; } = "";

        public string Body { get; set; } = "";
    }

    private sealed class MemberRow
    {
        public string TenantId { get; set; } = "";

        public string Queue { get; set; } = "";

        public string Number { get; set; } = "";

        public long Skill { get; set; }

        public long Tier { get; set; }
    }

    private sealed class LoginRow
    {
        public string TenantId { get; set; } = "";

        public string Number { get; set; } = "";

        public long Paused { get; set; }

        public string Reason { get; set; } = "";
    }
}
