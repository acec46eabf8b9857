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
    private readonly ConcurrentDictionary<string, int> _recordingRules = new();
    private readonly ChangeFollower _follower;
    private readonly SecretBox _box;

    internal PolicyDirectory(TandemDatabase database, SecretBox box, TimeProvider time)
    {
        _box = box;
        _follower = new ChangeFollower(database, Topic, Read, Forget, time);
    }

    /// <inheritdoc/>
    RoomDefinition? IRoomDirectory.Find(TenantId tenant, string name) => Find<RoomDefinition>(tenant, PolicyKind.Room, name);

    /// <inheritdoc/>
    public bool HasAny(TenantId tenant) => _recordingRules.ContainsKey(tenant.Value);

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

    private void Forget()
    {
        _policies.Clear();
        _recordingRules.Clear();
    }

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

        // Readers look at one tenant at a time: a count that is replaced is right before and after.
        var counts = _policies.Keys.Where(key => key.Kind == PolicyKind.Recording).CountBy(key => key.Tenant).ToDictionary();
        foreach (var (tenant, count) in counts)
            _recordingRules[tenant] = count;
        foreach (var tenant in _recordingRules.Keys)
        {
            if (!counts.ContainsKey(tenant))
                _recordingRules.TryRemove(tenant, out _);
        }
    }
}
