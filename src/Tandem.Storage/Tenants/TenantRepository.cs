using System.Data.Common;
using Dapper;
using Tandem.Calls.Tenants;
using Tandem.Storage.Database;
using Tandem.Storage.Extensions;
using Tandem.Storage.Ivr;
using Tandem.Storage.Policies;
using Tandem.Storage.Profiles;
using Tandem.Storage.Queues;
using Tandem.Storage.Toll;
using Tandem.Storage.Voicemail;
using Tandem.Storage.Webhooks;

namespace Tandem.Storage.Tenants;

/// <summary>The tenants in the database. Every change raises the version of the topic, by which <see cref="TenantDirectory"/> of every process notices it.</summary>
public sealed class TenantRepository
{
    // What belongs to a tenant and must not work any more once it is gone. Its calls, recordings and audit log stay.
    internal static readonly string[] Emptied =
    [
        "sessions", "api_tokens", "recovery_codes", "users", "bindings", "mailboxes", "settings", "webhook_deliveries", "webhooks", "outbox", "stream_events", "event_streams", "toll_prices", "toll_states", "toll_node_states", "toll_lifts",
        "queue_members", "queue_number_conflicts", "queues", "queue_callbacks", "queue_logins", "voicemail_messages", "voicemail_boxes", "idempotency_keys",
    ];

    private readonly TandemDatabase _database;
    private readonly TopicChanges _changes;

    internal TenantRepository(TandemDatabase database, TimeProvider time)
    {
        _database = database;
        _changes = new TopicChanges(database, TenantDirectory.Topic, time);
    }

    /// <summary>Called after a change was committed, on the thread that made it.</summary>
    internal Action? Changed
    {
        get => _changes.Committed;
        set => _changes.Committed = value;
    }

    /// <summary>All tenants, by id.</summary>
    public async Task<IReadOnlyList<Tenant>> ListAsync(CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var rows = await connection.QueryAsync<TenantRow>(new CommandDefinition(
            "SELECT * FROM tenants WHERE deleted_at IS NULL ORDER BY tenant_id", cancellationToken: cancellation));
        return rows.Select(row => row.ToTenant()).ToList();
    }

    /// <summary>One tenant, or null.</summary>
    public async Task<Tenant?> FindAsync(TenantId id, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        return (await connection.QuerySingleOrDefaultAsync<TenantRow>(new CommandDefinition(
            "SELECT * FROM tenants WHERE tenant_id = @id AND deleted_at IS NULL", new { id = id.Value }, cancellationToken: cancellation)))?.ToTenant();
    }

    /// <summary>Tenants that were removed. What they had outside of the database can go.</summary>
    public async Task<IReadOnlyList<TenantId>> RemovedAsync(CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var ids = await connection.QueryAsync<string>(new CommandDefinition(
            "SELECT tenant_id FROM tenants WHERE deleted_at IS NOT NULL ORDER BY tenant_id", cancellationToken: cancellation));
        return ids.Select(id => new TenantId(id)).ToList();
    }

    /// <summary>Adds a tenant. Its fields keep <see cref="TenantRules"/>.</summary>
    public Task<TenantSave> AddAsync(Tenant tenant, CancellationToken cancellation = default) => ChangeAsync(async (connection, transaction, version, now) =>
    {
        var there = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "SELECT COUNT(*) FROM tenants WHERE tenant_id = @id", new { id = tenant.Id.Value }, transaction, cancellationToken: cancellation));
        if (there > 0)
            return TenantSave.IdTaken;
        if (await IsDomainTakenAsync(connection, transaction, tenant, cancellation))
            return TenantSave.DomainTaken;

        await connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO tenants (tenant_id, display_name, domain, enabled, time_zone, language, max_calls, max_calls_per_second, max_registrations, max_storage_bytes,
                max_spend_micros, version, created_at, changed_at)
            VALUES (@id, @name, @domain, @enabled, @zone, @language, @calls, @rate, @registrations, @bytes, @spend, @version, @now, @now)
            """,
            Values(tenant, version, now), transaction, cancellationToken: cancellation));
        return TenantSave.Done;
    }, cancellation);

    /// <summary>Writes all fields of a tenant that exists. Its fields keep <see cref="TenantRules"/>.</summary>
    /// <param name="expected">The version that was read; null to write over whatever is there.</param>
    public Task<TenantSave> ChangeAsync(Tenant tenant, long? expected = null, CancellationToken cancellation = default) => ChangeAsync(async (connection, transaction, version, now) =>
    {
        var there = await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
            "SELECT version FROM tenants WHERE tenant_id = @id AND deleted_at IS NULL", new { id = tenant.Id.Value }, transaction, cancellationToken: cancellation));
        if (there is null)
            return TenantSave.Unknown;
        if (expected is { } read && read != there)
            return TenantSave.Stale;
        if (await IsDomainTakenAsync(connection, transaction, tenant, cancellation))
            return TenantSave.DomainTaken;

        await connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE tenants SET display_name = @name, domain = @domain, enabled = @enabled, time_zone = @zone, language = @language, max_calls = @calls,
                max_calls_per_second = @rate, max_registrations = @registrations, max_storage_bytes = @bytes, max_spend_micros = @spend, version = @version, changed_at = @now
            WHERE tenant_id = @id
            """,
            Values(tenant, version, now), transaction, cancellationToken: cancellation));
        return TenantSave.Done;
    }, cancellation);

    /// <summary>
    /// Removes a tenant: its people, tokens, extensions, profiles, numbers, webhooks with what waits for them, rooms and rules of calls, and its toll rules, prices and state are gone
    /// with it. Ended calls, recordings of calls and the audit log stay, and so its id is never given again. Its sounds are files, and go with
    /// <c>SoundStore.RemoveTenant</c>.
    /// </summary>
    /// <exception cref="ArgumentException">The default tenant cannot be removed.</exception>
    public Task<TenantSave> RemoveAsync(TenantId id, CancellationToken cancellation = default)
    {
        if (id == TenantId.Default)
            throw new ArgumentException("the default tenant cannot be removed", nameof(id));

        return ChangeAsync(async (connection, transaction, version, now) =>
        {
            var removed = await connection.ExecuteAsync(new CommandDefinition(
                "UPDATE tenants SET deleted_at = @now, enabled = 0, domain = NULL, version = @version, changed_at = @now WHERE tenant_id = @id AND deleted_at IS NULL",
                new { id = id.Value, version, now }, transaction, cancellationToken: cancellation));
            if (removed == 0)
                return TenantSave.Unknown;

            await VoicemailRepository.ForgetAsync(_database, connection, transaction, id, null, cancellation);
            foreach (var table in Emptied)
                await connection.ExecuteAsync(new CommandDefinition($"DELETE FROM {table} WHERE tenant_id = @id", new { id = id.Value }, transaction, cancellationToken: cancellation));

            await BuryAsync(connection, transaction, "extensions", "secret = '', ", ExtensionDirectory.Topic, id, now, cancellation);
            await BuryAsync(connection, transaction, "sip_profiles", "secret = '', client_key = '', ", ProfileDirectory.Topic, id, now, cancellation);
            await BuryAsync(connection, transaction, "sip_profile_numbers", "", ProfileDirectory.Topic, id, now, cancellation);
            await TollRepository.ForgetAsync(connection, transaction, id, null, now, cancellation);
            await ForgetPoliciesAsync(connection, transaction, id, now, cancellation);
            await IvrRepository.ForgetAsync(connection, transaction, id, now, cancellation);
            await Routing.RoutingRepository.ForgetAsync(connection, transaction, id, null, now, cancellation);
            await ChangeFollower.RaiseAsync(connection, transaction, WebhookRepository.Topic, cancellation);
            await ChangeFollower.RaiseAsync(connection, transaction, QueueRepository.Topic, cancellation);
            return TenantSave.Done;
        }, cancellation);
    }

    // A tombstone instead of no row: other processes have a copy that they must empty.
    private static async Task BuryAsync(
        DbConnection connection, DbTransaction transaction, string table, string set, string topic, TenantId id, long now, CancellationToken cancellation)
    {
        var version = await ChangeFollower.RaiseAsync(connection, transaction, topic, cancellation);
        await connection.ExecuteAsync(new CommandDefinition(
            $"UPDATE {table} SET {set}deleted_at = @now, version = @version, changed_at = @now WHERE tenant_id = @id AND deleted_at IS NULL",
            new { id = id.Value, version, now }, transaction, cancellationToken: cancellation));
    }

    private static async Task ForgetPoliciesAsync(DbConnection connection, DbTransaction transaction, TenantId id, long now, CancellationToken cancellation)
    {
        var values = new { id = id.Value, version = await ChangeFollower.RaiseAsync(connection, transaction, PolicyDirectory.Topic, cancellation), now };
        await connection.ExecuteAsync(new CommandDefinition(
            "UPDATE policies SET body = '', version = @version, changed_at = @now WHERE tenant_id = @id", values, transaction, cancellationToken: cancellation));
    }

    private static async Task<bool> IsDomainTakenAsync(DbConnection connection, DbTransaction transaction, Tenant tenant, CancellationToken cancellation) =>
        tenant.Domain is { } domain && await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "SELECT COUNT(*) FROM tenants WHERE domain = @domain AND tenant_id <> @id", new { domain, id = tenant.Id.Value }, transaction, cancellationToken: cancellation)) > 0;

    private static object Values(Tenant tenant, long version, long now) => new
    {
        id = tenant.Id.Value,
        name = StoredText.Clean(tenant.DisplayName),
        domain = tenant.Domain,
        enabled = tenant.Enabled ? 1L : 0L,
        zone = tenant.TimeZone,
        language = tenant.Language,
        calls = (long)tenant.Limits.Calls,
        rate = (long)tenant.Limits.CallsPerSecond,
        registrations = (long)tenant.Limits.Registrations,
        bytes = tenant.Limits.StorageBytes,
        spend = Money.ToMicros(tenant.Limits.SpendPerDay),
        version,
        now,
    };

    private Task<TenantSave> ChangeAsync(Func<DbConnection, DbTransaction, long, long, Task<TenantSave>> change, CancellationToken cancellation) =>
        _changes.MakeAsync(change, saved => saved == TenantSave.Done, cancellation);
}
