using System.Collections.Concurrent;
using System.Data.Common;
using System.Text;
using Dapper;
using Tandem.Calls.Ivr;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Storage.Database;
using Tandem.Storage.Security;

namespace Tandem.Storage.Ivr;

/// <summary>The flows of all tenants in memory; it follows changes by the version of the topic.</summary>
public sealed class IvrDirectory : IIvrFlows, IDisposable
{
    internal const string Topic = "ivr";

    private readonly ConcurrentDictionary<(string Tenant, string Id), IvrFlow> _flows = new();
    private readonly ConcurrentDictionary<string, Secret> _secrets = new(StringComparer.Ordinal);
    private readonly ChangeFollower _follower;
    private readonly SecretBox _box;
    private readonly FlowReading _reading;

    internal IvrDirectory(TandemDatabase database, SecretBox box, FlowReading reading, TimeProvider time)
    {
        _box = box;
        _reading = reading;
        _follower = new ChangeFollower(database, Topic, Read, Forget, time);
    }

    /// <summary>Flows in memory.</summary>
    public int Count => _flows.Count;

    /// <inheritdoc/>
    public IvrFlow? Find(TenantId tenant, string id) => _flows.GetValueOrDefault((tenant.Value, id));

    /// <summary>The secret of a tenant's requests, where there is one already.</summary>
    public Secret? FindSecret(TenantId tenant) => _secrets.GetValueOrDefault(tenant.Value);

    public void Dispose() => _follower.Dispose();

    internal void Refresh() => _follower.Refresh();

    internal void RefreshQuietly() => _follower.RefreshQuietly();

    internal void Follow(TimeSpan interval) => _follower.Follow(interval);

    private void Read(DbConnection connection, long from, long newest)
    {
        foreach (var row in connection.Query<IvrRepository.FlowRow>(
            "SELECT tenant_id, flow_id, name, document, source, version, changed_at FROM ivr_flows WHERE version > @from AND version <= @newest", new { from, newest }))
            Take(row);
        foreach (var row in connection.Query<SecretRow>("SELECT tenant_id, secret FROM ivr_secrets WHERE version > @from AND version <= @newest", new { from, newest }))
        {
            if (row.Secret.Length > 0 && _box.TryUnseal(new TenantId(row.TenantId), "ivr", "ivr", row.Secret) is { } secret)
                _secrets[row.TenantId] = secret;
            else
                _secrets.TryRemove(row.TenantId, out _);
        }
    }

    // A flow that another version of this program wrote and this one cannot read is none, and is told.
    private void Take(IvrRepository.FlowRow row)
    {
        var key = (row.TenantId, row.FlowId);
        if (row.Document.Length == 0)
        {
            _flows.TryRemove(key, out _);
            return;
        }

        var (flow, problems) = IvrFlowReader.Read(row.FlowId, Encoding.UTF8.GetBytes(row.Document), _reading.Options);
        if (flow is not null)
        {
            _flows[key] = flow;
            return;
        }

        _flows.TryRemove(key, out _);
        _reading.Unreadable?.Invoke($"The flow {row.FlowId} of {row.TenantId} cannot be read: {problems[0].Field}: {problems[0].Accepted}");
    }

    private void Forget()
    {
        _flows.Clear();
        _secrets.Clear();
    }

    internal sealed class SecretRow
    {
        public string TenantId { get; set; } = "";

        public string Secret { get; set; } = "";
    }
}
