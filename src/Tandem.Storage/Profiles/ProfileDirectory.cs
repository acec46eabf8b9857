using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Data.Common;
using Dapper;
using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;
using Tandem.Storage.Database;
using Tandem.Storage.Security;

namespace Tandem.Storage.Profiles;

/// <summary>
/// All SIP profiles and numbers in memory. It follows changes by the version of the topic: one row is read every half second, and only
/// what has a newer version is fetched. While the database is away it answers from what it has.
/// </summary>
public sealed class ProfileDirectory : IProfileDirectory, IDisposable
{
    /// <summary>The row of <c>change_versions</c>.</summary>
    internal const string Topic = "profiles";

    private readonly SecretBox _box;
    private readonly ConcurrentDictionary<ProfileId, SipProfile> _profiles = new();
    private readonly ConcurrentDictionary<string, SipProfile> _byToken = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SipProfile>.AlternateLookup<ReadOnlySpan<char>> _tokens;
    private readonly ConcurrentDictionary<(string Tenant, string Number), ProfileNumber> _numbers = new();
    private readonly ChangeFollower _follower;
    private readonly HashSet<ProfileId> _forgotten = [];
    private ImmutableDictionary<TenantId, ImmutableArray<SipProfile>> _byTenant = ImmutableDictionary<TenantId, ImmutableArray<SipProfile>>.Empty;
    private volatile IReadOnlyList<SipProfile> _withPrefixes = [];
    private volatile bool _requiresCertificates;

    internal ProfileDirectory(TandemDatabase database, SecretBox box, TimeProvider time)
    {
        _box = box;
        _tokens = _byToken.GetAlternateLookup<ReadOnlySpan<char>>();
        _follower = new ChangeFollower(database, Topic, Read, Forget, time);
    }

    /// <inheritdoc/>
    public Action<ProfileId>? Changed { get; set; }

    /// <summary>Profiles in memory.</summary>
    public int Count => _profiles.Count;

    /// <summary>Looks for changes that failed because the database was away.</summary>
    public long Failures => _follower.Failures;

    /// <summary>Hears why a profile could not be taken from the database.</summary>
    public Action<string>? Unreadable { get; set; }

    /// <inheritdoc/>
    public SipProfile? Find(ProfileId id) => _profiles.GetValueOrDefault(id);

    /// <inheritdoc/>
    public SipProfile? FindToken(ReadOnlySpan<char> token) => _tokens.TryGetValue(token, out var profile) ? profile : null;

    /// <inheritdoc/>
    public IReadOnlyList<SipProfile> Of(TenantId tenant) =>
        Volatile.Read(ref _byTenant).TryGetValue(tenant, out var profiles) ? profiles : [];

    /// <inheritdoc/>
    public IReadOnlyList<SipProfile> All() => [.. _profiles.Values];

    /// <inheritdoc/>
    public IReadOnlyList<SipProfile> WithPrefixes() => _withPrefixes;

    /// <summary>True when an enabled profile believes nobody without a certificate (<see cref="SipProfile.InboundCertificate"/>).</summary>
    public bool RequiresCertificates => _requiresCertificates;

    /// <inheritdoc/>
    public ProfileNumber? FindNumber(TenantId tenant, string number) => _numbers.GetValueOrDefault((tenant.Value, number));

    /// <summary>Fetches what changed since the last time.</summary>
    /// <exception cref="System.Data.Common.DbException">The database is away; what is in memory stays.</exception>
    public void Refresh() => _follower.Refresh();

    public void Dispose() => _follower.Dispose();

    /// <summary>Begins to follow changes.</summary>
    internal void Follow(TimeSpan interval) => _follower.Follow(interval);

    /// <summary>Refreshes after a change that this process made; when that fails, the next poll does it.</summary>
    internal void RefreshQuietly() => _follower.RefreshQuietly();

    private void Read(DbConnection connection, long from, long newest)
    {
        foreach (var row in connection.Query<NumberRow>("SELECT * FROM sip_profile_numbers WHERE version > @from AND version <= @newest", new { from, newest }))
        {
            if (row.DeletedAt is null)
                _numbers[(row.TenantId, row.Number)] = row.ToNumber();
            else
                _numbers.TryRemove((row.TenantId, row.Number), out _);
        }

        var changed = new HashSet<ProfileId>(_forgotten);
        _forgotten.Clear();
        foreach (var row in connection.Query<ProfileRow>("SELECT * FROM sip_profiles WHERE version > @from AND version <= @newest", new { from, newest }))
        {
            Take(row);
            changed.Add(new ProfileId(row.ProfileId));
        }

        if (changed.Count == 0)
            return;

        Volatile.Write(ref _byTenant, _profiles.Values.GroupBy(profile => profile.Tenant).ToImmutableDictionary(group => group.Key, group => group.ToImmutableArray()));
        _withPrefixes = [.. _profiles.Values.Where(profile => profile is { Enabled: true, Prefixes.Count: > 0 })];
        _requiresCertificates = _profiles.Values.Any(profile => profile is { Enabled: true, InboundCertificate: InboundCertificate.Required });
        foreach (var id in changed)
            Changed?.Invoke(id);
    }

    private void Forget()
    {
        _forgotten.UnionWith(_profiles.Keys);
        _profiles.Clear();
        _byToken.Clear();
        _numbers.Clear();
    }

    // One profile that cannot be read must not keep the others, nor the exchange, from working.
    private void Take(ProfileRow row)
    {
        var id = new ProfileId(row.ProfileId);
        SipProfile? profile = null;
        try
        {
            profile = row.DeletedAt is null ? row.ToProfile(_box) : null;
        }
        catch (StorageException e)
        {
            Unreadable?.Invoke(e.Message);
        }

        if (profile is null)
        {
            _profiles.TryRemove(id, out _);
            _byToken.TryRemove(row.Token, out _);
        }
        else
        {
            _profiles[id] = profile;
            _byToken[profile.Token] = profile;
        }
    }
}
