using System.Collections.Concurrent;
using System.Data.Common;
using Dapper;
using Tandem.Calls.Monitoring;
using Tandem.Calls.Recording;
using Tandem.Calls.Rooms;
using Tandem.Calls.Tenants;
using Tandem.Storage.Database;
using Tandem.Storage.Security;

namespace Tandem.Storage.Policies;

/// <summary>Rooms, rules of recording and of monitoring of all tenants in memory; it follows changes by the version of the topic.</summary>
public sealed class PolicyDirectory : IRoomDirectory, IRecordingRules, IMonitorRules, IDisposable
{
    internal const string Topic = "policies";

    private readonly ConcurrentDictionary<(string Tenant, string Kind, string Target), object> _policies = new();
    private readonly ChangeFollower _follower;
    private readonly SecretBox _box;

    internal PolicyDirectory(TandemDatabase database, SecretBox box, TimeProvider time)
    {
        _box = box;
        _follower = new ChangeFollower(database, Topic, Read, _policies.Clear, time);
    }

    /// <inheritdoc/>
    RoomDefinition? IRoomDirectory.Find(TenantId tenant, string name) => Find<RoomDefinition>(tenant, PolicyKind.Room, name);

    /// <inheritdoc/>
    RecordingRule? IRecordingRules.Find(TenantId tenant, string scope) => Find<RecordingRule>(tenant, PolicyKind.Recording, scope);

    /// <inheritdoc/>
    public MonitorRules Of(TenantId tenant) => Find<MonitorRules>(tenant, PolicyKind.Monitor, "") ?? MonitorRules.Default;

    public void Dispose() => _follower.Dispose();

    internal void Refresh() => _follower.Refresh();

    internal void RefreshQuietly() => _follower.RefreshQuietly();

    internal void Follow(TimeSpan interval) => _follower.Follow(interval);

    private T? Find<T>(TenantId tenant, string kind, string target)
        where T : class => _policies.GetValueOrDefault((tenant.Value, kind, target)) as T;

    private void Read(DbConnection connection, long from, long newest)
    {
        foreach (var row in connection.Query<PolicyRow>("SELECT tenant_id, kind, target, body FROM policies WHERE version > @from AND version <= @newest", new { from, newest }))
        {
            var key = (row.TenantId, row.Kind, row.Target);
            if (row.Open(_box) is { } policy)
                _policies[key] = policy;
            else
                _policies.TryRemove(key, out _);
        }
    }
}
