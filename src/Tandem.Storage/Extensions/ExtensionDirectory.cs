using System.Collections.Concurrent;
using System.Data.Common;
using Dapper;
using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Storage.Database;
using Tandem.Storage.Security;

namespace Tandem.Storage.Extensions;

/// <summary>
/// All extensions in memory. It follows changes by the version of the topic: one row is read every half second, and only
/// extensions with a newer version are fetched. While the database is away it answers from what it has.
/// </summary>
public sealed class ExtensionDirectory : IExtensionDirectory, IDisposable
{
    /// <summary>The row of <c>change_versions</c>.</summary>
    internal const string Topic = "extensions";

    private readonly SecretBox _box;
    private readonly ConcurrentDictionary<(string Tenant, string Number), Extension> _extensions = new();
    private readonly ChangeFollower _follower;
    private readonly Lock _changing = new();

    // Made when somebody asks, dropped when something changes.
    private volatile Dictionary<string, ExtensionList>? _lists;

    internal ExtensionDirectory(TandemDatabase database, SecretBox box, TimeProvider time)
    {
        _box = box;
        _follower = new ChangeFollower(database, Topic, Read, Forget, time);
    }

    /// <summary>Extensions in memory.</summary>
    public int Count => _extensions.Count;

    /// <summary>Looks for changes that failed because the database was away.</summary>
    public long Failures => _follower.Failures;

    /// <summary>
    /// Called for an extension that was removed or disabled, or has another secret than before: what was registered with the old
    /// one should go. It runs on the thread that noticed and must neither block nor throw.
    /// </summary>
    public Action<TenantId, string>? Revoked { get; set; }

    /// <inheritdoc/>
    public Extension? Find(TenantId tenant, string number) => _extensions.GetValueOrDefault((tenant.Value, number));

    /// <summary>All extensions of a tenant as they are in memory, shorter numbers first and equally long ones in their order.</summary>
    public ExtensionList All(TenantId tenant)
    {
        if (_lists is { } known)
            return known.GetValueOrDefault(tenant.Value) ?? ExtensionList.Empty;

        lock (_changing)
        {
            _lists ??= _extensions.GroupBy(pair => pair.Key.Tenant, pair => pair.Value).ToDictionary(group => group.Key, group => new ExtensionList(group));
            return _lists.GetValueOrDefault(tenant.Value) ?? ExtensionList.Empty;
        }
    }

    /// <summary>Fetches what changed since the last time.</summary>
    /// <exception cref="DbException">The database is away; what is in memory stays.</exception>
    /// <exception cref="StorageException">A secret was sealed with another key.</exception>
    public void Refresh() => _follower.Refresh();

    public void Dispose() => _follower.Dispose();

    /// <summary>Begins to follow changes.</summary>
    internal void Follow(TimeSpan interval) => _follower.Follow(interval);

    /// <summary>Refreshes after a change that this process made; when that fails, the next poll does it.</summary>
    internal void RefreshQuietly() => _follower.RefreshQuietly();

    private static bool MayStay(Extension before, Extension? after) =>
        after is { Enabled: true } && before.Secret.Reveal() == after.Secret.Reveal();

    private void Forget()
    {
        lock (_changing)
        {
            _extensions.Clear();
            _lists = null;
        }
    }

    private void Read(DbConnection connection, long from, long newest)
    {
        foreach (var row in connection.Query<ExtensionRow>("SELECT * FROM extensions WHERE version > @from AND version <= @newest", new { from, newest }))
        {
            var key = (row.TenantId, row.Number);
            var before = _extensions.GetValueOrDefault(key);
            var after = row.DeletedAt is null ? row.ToExtension(_box) : null;
            lock (_changing)
            {
                if (after is null)
                    _extensions.TryRemove(key, out _);
                else
                    _extensions[key] = after;
                _lists = null;
            }

            if (before is not null && !MayStay(before, after))
                Revoked?.Invoke(before.Tenant, before.Number);
        }
    }
}
