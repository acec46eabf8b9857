using System.Data.Common;
using Dapper;
using Tandem.Calls.Monitoring;
using Tandem.Calls.Recording;
using Tandem.Calls.Rooms;
using Tandem.Calls.Tenants;
using Tandem.Storage.Database;
using Tandem.Storage.Security;

namespace Tandem.Storage.Policies;

/// <summary>Rooms that are kept, rules of recording and of monitoring in the database.</summary>
public sealed class PolicyRepository
{
    // Copies of other processes have read that something was removed long before it is forgotten.
    private static readonly TimeSpan KeepsRemoved = TimeSpan.FromDays(1);

    private readonly TandemDatabase _database;
    private readonly SecretBox _box;
    private readonly StorageOptions _options;
    private readonly TopicChanges _changes;

    internal PolicyRepository(TandemDatabase database, SecretBox box, StorageOptions options, TimeProvider time)
    {
        _database = database;
        _options = options;
        _box = box;
        _changes = new TopicChanges(database, PolicyDirectory.Topic, time);
    }

    /// <summary>Called after a change was committed, on the thread that made it.</summary>
    internal Action? Changed
    {
        get => _changes.Committed;
        set => _changes.Committed = value;
    }

    /// <summary>The rooms of a tenant, by name.</summary>
    public Task<IReadOnlyList<RoomDefinition>> RoomsAsync(TenantId tenant, CancellationToken cancellation = default) =>
        ListAsync(tenant, PolicyKind.Room, static (_, policy) => (RoomDefinition)policy, cancellation);

    /// <summary>One room; null when it is not kept.</summary>
    public async Task<RoomDefinition?> RoomAsync(TenantId tenant, string name, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var row = await connection.QuerySingleOrDefaultAsync<PolicyRow>(new CommandDefinition(
            "SELECT tenant_id, kind, target, body FROM policies WHERE tenant_id = @tenant AND kind = @kind AND target = @name AND body <> ''",
            new { tenant = tenant.Value, kind = PolicyKind.Room, name }, cancellationToken: cancellation));
        return row?.Open(_box) as RoomDefinition;
    }

    /// <summary>Keeps a room, in the place of one of that name; false when there are as many others as there may be.</summary>
    public Task<bool> SaveAsync(TenantId tenant, RoomDefinition room, CancellationToken cancellation = default) =>
        SetAsync(tenant, PolicyKind.Room, room.Name, RoomBody.From(room), cancellation);

    /// <summary>Removes a room; false when there was none. Who is in it stays.</summary>
    public Task<bool> RemoveRoomAsync(TenantId tenant, string name, CancellationToken cancellation = default) => RemoveAsync(tenant, PolicyKind.Room, name, cancellation);

    /// <summary>The rules of recording of a tenant, by scope.</summary>
    public Task<IReadOnlyList<(string Scope, RecordingRule Rule)>> RecordingRulesAsync(TenantId tenant, CancellationToken cancellation = default) =>
        ListAsync(tenant, PolicyKind.Recording, static (scope, policy) => (scope, (RecordingRule)policy), cancellation);

    /// <summary>Sets a rule of recording; false when there are as many others as there may be.</summary>
    public Task<bool> SaveAsync(TenantId tenant, string scope, RecordingRule rule, CancellationToken cancellation = default) =>
        SetAsync(tenant, PolicyKind.Recording, scope, RecordingBody.From(rule), cancellation);

    /// <summary>Takes a rule of recording back; false when there was none.</summary>
    public Task<bool> RemoveRecordingRuleAsync(TenantId tenant, string scope, CancellationToken cancellation = default) =>
        RemoveAsync(tenant, PolicyKind.Recording, scope, cancellation);

    /// <summary>The rules of monitoring of a tenant.</summary>
    public async Task<MonitorRules> MonitorRulesAsync(TenantId tenant, CancellationToken cancellation = default) =>
        (await ListAsync(tenant, PolicyKind.Monitor, static (_, policy) => (MonitorRules)policy, cancellation)).FirstOrDefault() ?? MonitorRules.Default;

    /// <summary>Sets the rules of monitoring.</summary>
    public Task SaveAsync(TenantId tenant, MonitorRules rules, CancellationToken cancellation = default) =>
        SetAsync(tenant, PolicyKind.Monitor, "", MonitorBody.From(rules), cancellation);

    private async Task<IReadOnlyList<T>> ListAsync<T>(TenantId tenant, string kind, Func<string, object, T> make, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var rows = await connection.QueryAsync<PolicyRow>(new CommandDefinition(
            "SELECT tenant_id, kind, target, body FROM policies WHERE tenant_id = @tenant AND kind = @kind AND body <> '' ORDER BY target",
            new { tenant = tenant.Value, kind }, cancellationToken: cancellation));
        var list = new List<T>();
        foreach (var row in rows)
        {
            if (row.Open(_box) is { } policy)
                list.Add(make(row.Target, policy));
        }

        return list;
    }

    private Task<bool> SetAsync(TenantId tenant, string kind, string target, object policy, CancellationToken cancellation) => _changes.MakeAsync(
        async (connection, transaction, version, now) =>
        {
            var others = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
                "SELECT COUNT(*) FROM policies WHERE tenant_id = @tenant AND kind = @kind AND target <> @target AND body <> ''",
                new { tenant = tenant.Value, kind, target }, transaction, cancellationToken: cancellation));
            if (others >= _options.MaxPolicies)
                return false;

            await WriteAsync(connection, transaction, tenant, kind, target, PolicyRow.Seal(_box, tenant, kind, target, policy), version, now, cancellation);
            return true;
        },
        static isKept => isKept, cancellation);

    private Task<bool> RemoveAsync(TenantId tenant, string kind, string target, CancellationToken cancellation) => _changes.MakeAsync(
        async (connection, transaction, version, now) =>
        {
            var removed = await connection.ExecuteAsync(new CommandDefinition(
                "UPDATE policies SET body = '', version = @version, changed_at = @now WHERE tenant_id = @tenant AND kind = @kind AND target = @target AND body <> ''",
                new { tenant = tenant.Value, kind, target, version, now }, transaction, cancellationToken: cancellation));
            await connection.ExecuteAsync(new CommandDefinition(
                "DELETE FROM policies WHERE tenant_id = @tenant AND body = '' AND changed_at < @before",
                new { tenant = tenant.Value, before = (now.ToTime() - KeepsRemoved).ToStored() }, transaction, cancellationToken: cancellation));
            return removed > 0;
        },
        static isRemoved => isRemoved, cancellation);

    private static Task WriteAsync(
        DbConnection connection, DbTransaction transaction, TenantId tenant, string kind, string target, string body, long version, long now, CancellationToken cancellation) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO policies (tenant_id, kind, target, body, version, changed_at) VALUES (@tenant, @kind, @target, @body, @version, @now)
            ON CONFLICT (tenant_id, kind, target) DO UPDATE SET body = excluded.body, version = excluded.version, changed_at = excluded.changed_at
            """,
            new { tenant = tenant.Value, kind, target, body, version, now }, transaction, cancellationToken: cancellation));

    /// <summary>
    /// Takes an extension out of all rules within the transaction that removes it: who gets the number next is neither a supervisor nor recorded for it.
    /// </summary>
    internal static async Task ForgetExtensionAsync(
        DbConnection connection, DbTransaction transaction, SecretBox box, TenantId tenant, string number, long now, CancellationToken cancellation)
    {
        var version = await ChangeFollower.RaiseAsync(connection, transaction, PolicyDirectory.Topic, cancellation);
        var rules = await connection.QuerySingleOrDefaultAsync<PolicyRow>(new CommandDefinition(
            "SELECT tenant_id, kind, target, body FROM policies WHERE tenant_id = @tenant AND kind = @kind AND target = ''",
            new { tenant = tenant.Value, kind = PolicyKind.Monitor }, transaction, cancellationToken: cancellation));
        if (rules?.Open(box) is MonitorRules monitor && monitor.Supervisors.Contains(number))
            await SetBodyAsync(PolicyKind.Monitor, "", PolicyRow.Seal(
                box, tenant, PolicyKind.Monitor, "", MonitorBody.From(monitor with { Supervisors = [.. monitor.Supervisors.Where(known => known != number)] })));
        await SetBodyAsync(PolicyKind.Recording, RecordingScope.Extension(number), "");

        Task SetBodyAsync(string kind, string target, string body) => connection.ExecuteAsync(new CommandDefinition(
            "UPDATE policies SET body = @body, version = @version, changed_at = @now WHERE tenant_id = @tenant AND kind = @kind AND target = @target AND body <> ''",
            new { tenant = tenant.Value, kind, target, body, version, now }, transaction, cancellationToken: cancellation));
    }
}
