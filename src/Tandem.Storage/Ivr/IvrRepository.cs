using System.Data.Common;
using System.Security.Cryptography;
using Dapper;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Storage.Database;
using Tandem.Storage.Security;

namespace Tandem.Storage.Ivr;

/// <summary>Flows and the secrets of their requests in the database. Every change raises the version of the topic, by which the copies of all processes notice it.</summary>
public sealed class IvrRepository
{
    private const string Purpose = "ivr";
    private const int SecretBytes = 24;

    private readonly TandemDatabase _database;
    private readonly SecretBox _box;
    private readonly TopicChanges _changes;

    internal IvrRepository(TandemDatabase database, SecretBox box, TimeProvider time)
    {
        _database = database;
        _box = box;
        _changes = new TopicChanges(database, IvrDirectory.Topic, time);
    }

    /// <summary>Called after a change was committed, on the thread that made it.</summary>
    internal Action? Changed
    {
        get => _changes.Committed;
        set => _changes.Committed = value;
    }

    /// <summary>The flows of a tenant by id, without their documents.</summary>
    public async Task<IReadOnlyList<StoredFlow>> ListAsync(TenantId tenant, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var rows = await connection.QueryAsync<FlowRow>(new CommandDefinition(
            "SELECT flow_id, name, '' AS document, '' AS source, version, changed_at FROM ivr_flows WHERE tenant_id = @tenant AND document <> '' ORDER BY flow_id",
            new { tenant = tenant.Value }, cancellationToken: cancellation));
        return [.. rows.Select(row => row.ToFlow())];
    }

    /// <summary>One flow; null when there is none.</summary>
    public async Task<StoredFlow?> FindAsync(TenantId tenant, string id, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var row = await connection.QuerySingleOrDefaultAsync<FlowRow>(new CommandDefinition(
            "SELECT flow_id, name, document, source, version, changed_at FROM ivr_flows WHERE tenant_id = @tenant AND flow_id = @id AND document <> ''",
            new { tenant = tenant.Value, id }, cancellationToken: cancellation));
        return row?.ToFlow();
    }

    /// <summary>Keeps a flow in the place of the one with its id. Null when there are <paramref name="most"/> others already; else whether it is a new one.</summary>
    public async Task<bool?> SaveAsync(TenantId tenant, string id, string name, string document, string source, int most, CancellationToken cancellation = default)
    {
        bool? result = null;
        await ChangeAsync(async (connection, transaction, version, now) =>
        {
            var known = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
                "SELECT COUNT(*) FROM ivr_flows WHERE tenant_id = @tenant AND flow_id = @id AND document <> ''", new { tenant = tenant.Value, id }, transaction, cancellationToken: cancellation));
            var others = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
                "SELECT COUNT(*) FROM ivr_flows WHERE tenant_id = @tenant AND flow_id <> @id AND document <> ''", new { tenant = tenant.Value, id }, transaction, cancellationToken: cancellation));
            if (others >= most)
                return;

            await connection.ExecuteAsync(new CommandDefinition(
                """
                INSERT INTO ivr_flows (tenant_id, flow_id, name, document, source, version, changed_at) VALUES (@tenant, @id, @name, @document, @source, @version, @now)
                ON CONFLICT (tenant_id, flow_id) DO UPDATE
                SET name = excluded.name, document = excluded.document, source = excluded.source, version = excluded.version, changed_at = excluded.changed_at
                """,
                new { tenant = tenant.Value, id, name = StoredText.Clean(name), document, source, version, now }, transaction, cancellationToken: cancellation));
            result = known == 0;
        }, cancellation);
        return result;
    }

    /// <summary>Removes a flow; false when there is none. Calls that are in it go on.</summary>
    public async Task<bool> RemoveAsync(TenantId tenant, string id, CancellationToken cancellation = default)
    {
        var removed = 0;
        await ChangeAsync(async (connection, transaction, version, now) => removed = await connection.ExecuteAsync(new CommandDefinition(
            "UPDATE ivr_flows SET name = '', document = '', source = '', version = @version, changed_at = @now WHERE tenant_id = @tenant AND flow_id = @id AND document <> ''",
            new { tenant = tenant.Value, id, version, now }, transaction, cancellationToken: cancellation)), cancellation);
        return removed > 0;
    }

    /// <summary>The secret that a tenant's requests are signed with (<c>whsec_…</c>); it is made when it is asked for first, and null when its key is gone.</summary>
    public async Task<Secret?> SecretAsync(TenantId tenant, CancellationToken cancellation = default)
    {
        await using (var connection = await _database.ConnectAsync(cancellation))
        {
            if (await connection.ExecuteScalarAsync<string?>(new CommandDefinition(
                "SELECT secret FROM ivr_secrets WHERE tenant_id = @tenant AND secret <> ''", new { tenant = tenant.Value }, cancellationToken: cancellation)) is { Length: > 0 } sealedText)
                return _box.TryUnseal(tenant, Purpose, Purpose, sealedText);
        }

        return await RotateAsync(tenant, replaces: false, cancellation);
    }

    /// <summary>Makes a new secret; the one before counts no more.</summary>
    public Task<Secret?> RotateAsync(TenantId tenant, CancellationToken cancellation = default) => RotateAsync(tenant, replaces: true, cancellation);

    private async Task<Secret?> RotateAsync(TenantId tenant, bool replaces, CancellationToken cancellation)
    {
        var secret = new Secret("whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes)));
        string kept = "";
        await ChangeAsync(async (connection, transaction, version, now) =>
        {
            await connection.ExecuteAsync(new CommandDefinition(
                """
                INSERT INTO ivr_secrets (tenant_id, secret, version, changed_at) VALUES (@tenant, @text, @version, @now)
                ON CONFLICT (tenant_id) DO UPDATE SET secret = excluded.secret, version = excluded.version, changed_at = excluded.changed_at
                WHERE @replaces = 1 OR ivr_secrets.secret = ''
                """,
                new { tenant = tenant.Value, text = _box.Seal(tenant, Purpose, Purpose, secret), version, now, replaces = replaces ? 1L : 0L }, transaction, cancellationToken: cancellation));
            kept = await connection.ExecuteScalarAsync<string>(new CommandDefinition(
                "SELECT secret FROM ivr_secrets WHERE tenant_id = @tenant", new { tenant = tenant.Value }, transaction, cancellationToken: cancellation)) ?? "";
        }, cancellation);
        return _box.TryUnseal(tenant, Purpose, Purpose, kept);
    }

    /// <summary>What a tenant that is removed leaves behind, within the transaction that removes it.</summary>
    internal static async Task ForgetAsync(DbConnection connection, DbTransaction transaction, TenantId id, long now, CancellationToken cancellation)
    {
        var values = new { id = id.Value, version = await ChangeFollower.RaiseAsync(connection, transaction, IvrDirectory.Topic, cancellation), now };
        await connection.ExecuteAsync(new CommandDefinition(
            "UPDATE ivr_flows SET name = '', document = '', source = '', version = @version, changed_at = @now WHERE tenant_id = @id", values, transaction, cancellationToken: cancellation));
        await connection.ExecuteAsync(new CommandDefinition(
            "UPDATE ivr_secrets SET secret = '', version = @version, changed_at = @now WHERE tenant_id = @id", values, transaction, cancellationToken: cancellation));
    }

    private Task ChangeAsync(Func<DbConnection, DbTransaction, long, long, Task> change, CancellationToken cancellation) =>
        _changes.MakeAsync(change, cancellation);

    internal sealed class FlowRow
    {
        public string TenantId { get; set; } = "";

        public string FlowId { get; set; } = "";

        public string Name { get; set; } = "";

        public string Document { get; set; } = "";

        public string Source { get; set; } = "";

        public long Version { get; set; }

        public long ChangedAt { get; set; }

        public StoredFlow ToFlow() => new(FlowId, Name, Document, Source, Version, ChangedAt.ToTime());
    }
}
