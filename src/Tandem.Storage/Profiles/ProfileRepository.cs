using System.Data.Common;
using Dapper;
using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;
using Tandem.Storage.Database;
using Tandem.Storage.Recordings;
using Tandem.Storage.Security;
using Tandem.Storage.Toll;

namespace Tandem.Storage.Profiles;

/// <summary>
/// The SIP profiles in the database. Every change raises the version of the topic, by which <see cref="ProfileDirectory"/> of this
/// and every other process notices it.
/// </summary>
public sealed class ProfileRepository
{
    private const int IdLength = 12;
    private const int TokenLength = 20;

    private readonly TandemDatabase _database;
    private readonly SecretBox _box;
    private readonly TopicChanges _changes;

    internal ProfileRepository(TandemDatabase database, SecretBox box, TimeProvider time)
    {
        _database = database;
        _box = box;
        _changes = new TopicChanges(database, ProfileDirectory.Topic, time);
    }

    /// <summary>Called after a change was committed, on the thread that made it.</summary>
    internal Action? Changed
    {
        get => _changes.Committed;
        set => _changes.Committed = value;
    }

    /// <summary>All profiles of a tenant, by name.</summary>
    /// <exception cref="StorageException">A password was sealed with another key.</exception>
    public async Task<IReadOnlyList<SipProfile>> ListAsync(TenantId tenant, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var rows = await connection.QueryAsync<ProfileRow>(new CommandDefinition(
            "SELECT * FROM sip_profiles WHERE tenant_id = @tenant AND deleted_at IS NULL ORDER BY name, profile_id",
            new { tenant = tenant.Value }, cancellationToken: cancellation));
        return rows.Select(row => row.ToProfile(_box)).ToList();
    }

    /// <summary>One profile by its id or name; null when the tenant has none.</summary>
    /// <exception cref="StorageException">Its password was sealed with another key.</exception>
    public async Task<SipProfile?> FindAsync(TenantId tenant, string idOrName, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var rows = await connection.QueryAsync<ProfileRow>(new CommandDefinition(
            "SELECT * FROM sip_profiles WHERE tenant_id = @tenant AND deleted_at IS NULL AND (profile_id = @key OR name = @key)",
            new { tenant = tenant.Value, key = idOrName }, cancellationToken: cancellation));
        var found = rows.ToList();
        return (found.Find(row => row.ProfileId == idOrName) ?? found.FirstOrDefault())?.ToProfile(_box);
    }

    /// <summary>Adds a profile under an id and a token of its own; null when the name is taken.</summary>
    /// <param name="profile">Its id and token are not looked at.</param>
    /// <param name="limit">Profiles of the whole installation.</param>
    /// <exception cref="StorageException">There are as many as there may be.</exception>
    public async Task<SipProfile?> AddAsync(SipProfile profile, int limit, CancellationToken cancellation = default)
    {
        profile = profile with { Id = new ProfileId(RandomText.Secret(IdLength)), Token = RandomText.Secret(TokenLength).ToLowerInvariant() };
        var isAdded = await ChangeAsync(async (connection, transaction, version, now) =>
        {
            if (await connection.ExecuteScalarAsync<long>(new CommandDefinition(
                "SELECT COUNT(*) FROM sip_profiles WHERE deleted_at IS NULL", transaction: transaction, cancellationToken: cancellation)) >= limit)
                throw new StorageException($"there are {limit} SIP profiles already (PROFILE_MAX)");

            profile = profile with { Version = version, CreatedAt = now.ToTime(), ChangedAt = now.ToTime() };
            if (await IsTakenAsync(connection, transaction, profile, cancellation))
                return false;

            await connection.ExecuteAsync(new CommandDefinition(
                """
                INSERT INTO sip_profiles (profile_id, tenant_id, name, enabled, secret, client_key, token, settings, version, created_at, changed_at, deleted_at)
                VALUES (@id, @tenant, @name, @enabled, @secret, @clientKey, @token, @settings, @version, @now, @now, NULL)
                """,
                Values(profile, version, now), transaction, cancellationToken: cancellation));
            return true;
        }, cancellation);
        return isAdded ? profile : null;
    }

    /// <summary>
    /// Replaces what a profile says; its id, tenant and token stay. Null when its name is taken by another, or when it is gone or has changed
    /// since it was read (<see cref="SipProfile.Version"/>).
    /// </summary>
    public async Task<SipProfile?> UpdateAsync(SipProfile profile, CancellationToken cancellation = default)
    {
        var isChanged = await ChangeAsync(async (connection, transaction, version, now) =>
        {
            if (await IsTakenAsync(connection, transaction, profile, cancellation))
                return false;

            var before = profile.Version;
            profile = profile with { Version = version, ChangedAt = now.ToTime() };
            return await connection.ExecuteAsync(new CommandDefinition(
                """
                UPDATE sip_profiles SET name = @name, enabled = @enabled, secret = @secret, client_key = @clientKey, settings = @settings, version = @version, changed_at = @now
                WHERE profile_id = @id AND tenant_id = @tenant AND deleted_at IS NULL AND version = @before
                """,
                Values(profile, version, now, before), transaction, cancellationToken: cancellation)) > 0;
        }, cancellation);
        return isChanged ? profile : null;
    }

    /// <summary>Removes a profile, the numbers that come in by it alone, and the rules and prices of the toll guard that it adds; false when the tenant has none with that id.</summary>
    public Task<bool> RemoveAsync(TenantId tenant, ProfileId id, CancellationToken cancellation = default) =>
        ChangeAsync(async (connection, transaction, version, now) =>
        {
            var values = new { tenant = tenant.Value, id = id.Value, version, now };
            if (await connection.ExecuteAsync(new CommandDefinition(
                "UPDATE sip_profiles SET deleted_at = @now, secret = '', client_key = '', version = @version, changed_at = @now WHERE profile_id = @id AND tenant_id = @tenant AND deleted_at IS NULL",
                values, transaction, cancellationToken: cancellation)) == 0)
                return false;

            await connection.ExecuteAsync(new CommandDefinition(
                "UPDATE sip_profile_numbers SET deleted_at = @now, version = @version, changed_at = @now WHERE tenant_id = @tenant AND profile_id = @id AND deleted_at IS NULL",
                values, transaction, cancellationToken: cancellation));
            await TollRepository.ForgetAsync(connection, transaction, tenant, id.Value, now, cancellation);
            return true;
        }, cancellation);

    /// <summary>
    /// Seals the passwords and client keys of all profiles, of all tenants, anew with another key; nobody registers anew for that. A server may run meanwhile, and
    /// wherever it breaks off everything can be read and the next attempt finishes it.
    /// </summary>
    /// <exception cref="StorageException">A key cannot be read, made or removed.</exception>
    public Task<RotationReport> RotateKeyAsync(CancellationToken cancellation = default) => RotateKeyAsync(cancellation, reached: null);

    /// <param name="cancellation">Breaks it off.</param>
    /// <param name="reached">Told of each step; what it throws breaks the rotation off there.</param>
    internal Task<RotationReport> RotateKeyAsync(CancellationToken cancellation, Action<RotationStep>? reached) =>
        new ProfileKeyRotation(_database, _box, reached).RunAsync(cancellation);

    /// <summary>All numbers of a tenant.</summary>
    public async Task<IReadOnlyList<ProfileNumber>> ListNumbersAsync(TenantId tenant, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var rows = await connection.QueryAsync<NumberRow>(new CommandDefinition(
            "SELECT * FROM sip_profile_numbers WHERE tenant_id = @tenant AND deleted_at IS NULL ORDER BY number", new { tenant = tenant.Value }, cancellationToken: cancellation));
        return rows.Select(row => row.ToNumber()).ToList();
    }

    /// <summary>One number; null when the tenant has none like that.</summary>
    public async Task<ProfileNumber?> FindNumberAsync(TenantId tenant, string number, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        return (await connection.QuerySingleOrDefaultAsync<NumberRow>(new CommandDefinition(
            "SELECT * FROM sip_profile_numbers WHERE tenant_id = @tenant AND number = @number AND deleted_at IS NULL",
            new { tenant = tenant.Value, number }, cancellationToken: cancellation)))?.ToNumber();
    }

    /// <summary>Adds a number or says anew where its calls go.</summary>
    /// <param name="number">The number.</param>
    /// <param name="limit">Numbers of the whole installation.</param>
    /// <exception cref="StorageException">There are as many as there may be.</exception>
    public Task SetNumberAsync(ProfileNumber number, int limit, CancellationToken cancellation = default) =>
        ChangeAsync(async (connection, transaction, version, now) =>
        {
            if (await connection.ExecuteScalarAsync<long>(new CommandDefinition(
                "SELECT COUNT(*) FROM sip_profile_numbers WHERE deleted_at IS NULL AND NOT (tenant_id = @tenant AND number = @number)",
                new { tenant = number.Tenant.Value, number = number.Number }, transaction, cancellationToken: cancellation)) >= limit)
                throw new StorageException($"there are {limit} numbers already (PROFILE_MAX_NUMBERS)");

            return await connection.ExecuteAsync(new CommandDefinition(
                """
                INSERT INTO sip_profile_numbers (tenant_id, number, profile_id, target, label, version, created_at, changed_at, deleted_at)
                VALUES (@tenant, @number, @profile, @target, @label, @version, @now, @now, NULL)
                ON CONFLICT (tenant_id, number) DO UPDATE SET profile_id = excluded.profile_id, target = excluded.target, label = excluded.label,
                    version = excluded.version, changed_at = excluded.changed_at, deleted_at = NULL
                """,
                new
                {
                    tenant = number.Tenant.Value,
                    number = number.Number,
                    profile = number.Profile?.Value ?? "",
                    target = number.Target,
                    label = StoredText.Clean(number.Label),
                    version,
                    now,
                },
                transaction, cancellationToken: cancellation)) > 0;
        }, cancellation);

    /// <summary>Removes a number; false when the tenant has none like that.</summary>
    public Task<bool> RemoveNumberAsync(TenantId tenant, string number, CancellationToken cancellation = default) =>
        ChangeAsync(async (connection, transaction, version, now) => await connection.ExecuteAsync(new CommandDefinition(
            "UPDATE sip_profile_numbers SET deleted_at = @now, version = @version, changed_at = @now WHERE tenant_id = @tenant AND number = @number AND deleted_at IS NULL",
            new { tenant = tenant.Value, number, version, now }, transaction, cancellationToken: cancellation)) > 0, cancellation);

    private object Values(SipProfile profile, long version, long now, long before = 0) => new
    {
        id = profile.Id.Value,
        tenant = profile.Tenant.Value,
        name = StoredText.Clean(profile.Name),
        enabled = profile.Enabled ? 1L : 0L,
        secret = _box.Seal(profile.Tenant, profile.Id.Value, ProfileKeys.Purpose, profile.Password),
        clientKey = profile.ClientKey.Reveal().Length == 0 ? "" : _box.Seal(profile.Tenant, profile.Id.Value, ProfileKeys.KeyPurpose, profile.ClientKey),
        token = profile.Token,
        settings = ProfileSettings.Write(profile),
        version,
        now,
        before,
    };

    private static async Task<bool> IsTakenAsync(DbConnection connection, DbTransaction transaction, SipProfile profile, CancellationToken cancellation) =>
        await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "SELECT COUNT(*) FROM sip_profiles WHERE tenant_id = @tenant AND name = @name AND profile_id <> @id AND deleted_at IS NULL",
            new { tenant = profile.Tenant.Value, name = StoredText.Clean(profile.Name), id = profile.Id.Value }, transaction, cancellationToken: cancellation)) > 0;

    private Task<bool> ChangeAsync(Func<DbConnection, DbTransaction, long, long, Task<bool>> change, CancellationToken cancellation) =>
        _changes.MakeAsync(change, isChanged => isChanged, cancellation);
}
