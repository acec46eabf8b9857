using System.Data.Common;
using System.Text.Json;
using Dapper;
using Tandem.Calls.Routing.Features;
using Tandem.Calls.Routing.Rules;
using Tandem.Calls.Tenants;
using Tandem.Storage.Audit;
using Tandem.Storage.Database;

namespace Tandem.Storage.Routing;

/// <summary>Rules of tenants and features of extensions in the database.</summary>
public sealed class RoutingRepository
{
    /// <summary>The largest document, characters: a thousand rules with a few patterns each have some 500,000.</summary>
    public const int MostCharacters = 4_000_000;

    private readonly TandemDatabase _database;
    private readonly TopicChanges _changes;

    internal RoutingRepository(TandemDatabase database, TimeProvider time)
    {
        _database = database;
        _changes = new TopicChanges(database, RoutingDirectory.Topic, time);
    }

    /// <summary>Called after a change was committed, on the thread that made it.</summary>
    internal Action? Changed
    {
        get => _changes.Committed;
        set => _changes.Committed = value;
    }

    /// <summary>The document of a tenant and its version; an empty one of version 0 when it has none.</summary>
    public async Task<(RoutingDocument Document, long Version)> DocumentAsync(TenantId tenant, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var row = await connection.QuerySingleOrDefaultAsync<BodyRow>(new CommandDefinition(
            "SELECT body, version FROM routing_documents WHERE tenant_id = @tenant", new { tenant = tenant.Value }, cancellationToken: cancellation));
        return row is null ? (RoutingDocument.Empty, 0) : (RoutingJson.Document(row.Body) ?? RoutingDocument.Empty, row.Version);
    }

    /// <summary>True when a document has more than <see cref="MostCharacters"/>, and is not kept.</summary>
    public static bool IsTooLarge(RoutingDocument document) => JsonSerializer.Serialize(document, RoutingJson.Default.RoutingDocument).Length > MostCharacters;

    /// <summary>Saves a document in the place of the one with that version; the new version, or null when somebody else was faster.</summary>
    /// <param name="document">It must be accepted by <see cref="RoutingCompiler"/>, and not be <see cref="IsTooLarge">too large</see>.</param>
    public async Task<long?> SaveAsync(TenantId tenant, RoutingDocument document, long replaces, CancellationToken cancellation = default)
    {
        var body = JsonSerializer.Serialize(document, RoutingJson.Default.RoutingDocument);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(body.Length, MostCharacters);
        long saved = 0;
        var changed = await _changes.MakeAsync(
            (connection, transaction, version, now) =>
            {
                saved = version;
                return WriteDocumentAsync(connection, transaction, tenant, body, replaces, version, now, cancellation);
            },
            static rows => rows > 0, cancellation);
        return changed > 0 ? saved : null;
    }

    /// <summary>What the extensions of a tenant have set, by number.</summary>
    public async Task<IReadOnlyDictionary<string, ExtensionFeatures>> FeaturesAsync(TenantId tenant, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var rows = await connection.QueryAsync<BodyRow>(new CommandDefinition(
            "SELECT number, body FROM extension_features WHERE tenant_id = @tenant AND body <> '' ORDER BY number", new { tenant = tenant.Value }, cancellationToken: cancellation));
        var features = new Dictionary<string, ExtensionFeatures>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            if (RoutingJson.Features(row.Body) is { } read)
                features[row.Number] = read;
        }

        return features;
    }

    /// <summary>Sets what an extension wants; null or empty features take all back.</summary>
    public Task SetFeaturesAsync(TenantId tenant, string number, ExtensionFeatures? features, CancellationToken cancellation = default)
    {
        var body = BodyOf(features);
        return _changes.MakeAsync((connection, transaction, version, now) => WriteFeaturesAsync(connection, transaction, tenant, number, body, version, now, cancellation), cancellation);
    }

    /// <summary>All of it, with what tells whether it changes until <see cref="ApplyAsync"/>.</summary>
    public async Task<RoutingConfiguration> ConfigurationAsync(TenantId tenant, CancellationToken cancellation = default)
    {
        // First: a change beside this makes the version too old, and never too new.
        await using var connection = await _database.ConnectAsync(cancellation);
        var last = await LastFeaturesAsync(connection, null, tenant, cancellation);
        var (document, version) = await DocumentAsync(tenant, cancellation);
        return new RoutingConfiguration(document, version, await FeaturesAsync(tenant, cancellation), last);
    }

    /// <summary>Saves rules and what extensions set, with the entry of the audit log, all together or nothing.</summary>
    /// <param name="read">What they were made from: when it has changed since, nothing is saved.</param>
    /// <param name="document">It must be accepted by <see cref="RoutingCompiler"/>, and not be <see cref="IsTooLarge">too large</see>.</param>
    /// <param name="features">Of extensions that exist, by number; the others keep what they have.</param>
    /// <param name="entry">Who did it.</param>
    /// <exception cref="DbException">It could not be saved; nothing is.</exception>
    public Task<RoutingSave> ApplyAsync(
        TenantId tenant, RoutingConfiguration read, RoutingDocument document, IReadOnlyDictionary<string, ExtensionFeatures> features, AuditEntry entry, CancellationToken cancellation = default)
    {
        var body = JsonSerializer.Serialize(document, RoutingJson.Default.RoutingDocument);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(body.Length, MostCharacters);
        return _changes.MakeAsync(
            async (connection, transaction, version, now) =>
            {
                // The topic is locked: what is seen now stays until the commit.
                if (await LastFeaturesAsync(connection, transaction, tenant, cancellation) != read.FeaturesVersion)
                    return RoutingSave.Stale;
                if (await KnownAsync(connection, transaction, tenant, features.Keys, cancellation) < features.Count)
                    return RoutingSave.UnknownExtension;
                if (await WriteDocumentAsync(connection, transaction, tenant, body, read.Version, version, now, cancellation) == 0)
                    return RoutingSave.Stale;

                foreach (var (number, one) in features)
                    await WriteFeaturesAsync(connection, transaction, tenant, number, BodyOf(one), version, now, cancellation);
                new RowWriter(connection, transaction).Execute<AuditRow>(AuditRow.InsertSql, [AuditRow.From(entry, now.ToTime())]);
                return RoutingSave.Done;
            },
            static save => save == RoutingSave.Done, cancellation);
    }

    /// <summary>Empties what belongs to an extension, or to a whole tenant, within the transaction that removes it: the copies of other processes become empty too.</summary>
    internal static async Task ForgetAsync(DbConnection connection, DbTransaction transaction, TenantId tenant, string? number, long now, CancellationToken cancellation)
    {
        var values = new { tenant = tenant.Value, number, now, version = await ChangeFollower.RaiseAsync(connection, transaction, RoutingDirectory.Topic, cancellation) };
        await connection.ExecuteAsync(new CommandDefinition(
            "UPDATE extension_features SET body = '', version = @version, changed_at = @now WHERE tenant_id = @tenant" + (number is null ? "" : " AND number = @number"),
            values, transaction, cancellationToken: cancellation));
        if (number is null)
            await connection.ExecuteAsync(new CommandDefinition(
                "UPDATE routing_documents SET body = '', version = @version, changed_at = @now WHERE tenant_id = @tenant", values, transaction, cancellationToken: cancellation));
    }

    private static string BodyOf(ExtensionFeatures? features) => features is null || features.IsEmpty ? "" : JsonSerializer.Serialize(features, RoutingJson.Default.ExtensionFeatures);

    // A row of another version is not touched by either, and then nothing is changed.
    private static Task<int> WriteDocumentAsync(
        DbConnection connection, DbTransaction transaction, TenantId tenant, string body, long replaces, long version, long now, CancellationToken cancellation) => connection.ExecuteAsync(new CommandDefinition(
            replaces == 0
                ? "INSERT INTO routing_documents (tenant_id, body, version, changed_at) VALUES (@tenant, @body, @version, @now) ON CONFLICT (tenant_id) DO NOTHING"
                : "UPDATE routing_documents SET body = @body, version = @version, changed_at = @now WHERE tenant_id = @tenant AND version = @replaces",
            new { tenant = tenant.Value, body, version, replaces, now }, transaction, cancellationToken: cancellation));

    private static Task WriteFeaturesAsync(
        DbConnection connection, DbTransaction transaction, TenantId tenant, string number, string body, long version, long now, CancellationToken cancellation) => connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO extension_features (tenant_id, number, body, version, changed_at) VALUES (@tenant, @number, @body, @version, @now)
            ON CONFLICT (tenant_id, number) DO UPDATE SET body = excluded.body, version = excluded.version, changed_at = excluded.changed_at
            """,
            new { tenant = tenant.Value, number, body, version, now }, transaction, cancellationToken: cancellation));

    private static Task<long> LastFeaturesAsync(DbConnection connection, DbTransaction? transaction, TenantId tenant, CancellationToken cancellation) => connection.ExecuteScalarAsync<long>(new CommandDefinition(
        "SELECT COALESCE(MAX(version), 0) FROM extension_features WHERE tenant_id = @tenant", new { tenant = tenant.Value }, transaction, cancellationToken: cancellation));

    private Task<long> KnownAsync(DbConnection connection, DbTransaction transaction, TenantId tenant, IEnumerable<string> numbers, CancellationToken cancellation) => connection.ExecuteScalarAsync<long>(new CommandDefinition(
        $"SELECT COUNT(*) FROM extensions WHERE tenant_id = @tenant AND deleted_at IS NULL AND number IN ({_database.Each("numbers")})",
        new { tenant = tenant.Value, numbers = TandemDatabase.Keys(numbers) }, transaction, cancellationToken: cancellation));

    internal sealed class BodyRow
    {
        public string TenantId { get; set; } = "";

        public string Number { get; set; } = "";

        public string Body { get; set; } = "";

        public long Version { get; set; }
    }
}
