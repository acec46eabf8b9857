using System.Security.Cryptography;
using Dapper;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Storage.Database;
using Tandem.Storage.Security;

namespace Tandem.Storage.Webhooks;

/// <summary>The webhooks of tenants. Each change moves the version of the topic, which every node follows.</summary>
public sealed class WebhookRepository : SecretRepository
{
    /// <summary>The row of <c>change_versions</c>.</summary>
    internal const string Topic = "webhooks";

    private const int SecretBytes = 32;
    private const int IdBytes = 10;
    private const string SecretPrefix = "whsec_";

    internal WebhookRepository(TandemDatabase database, SecretBox box, TimeProvider time)
        : base(database, box, time)
    {
    }

    /// <summary>Called after a change that this process made, on its thread; it must neither block nor throw.</summary>
    public Action? Changed { get; set; }

    /// <summary>Adds a webhook with a random secret; null when the tenant has <paramref name="most"/> already.</summary>
    public async Task<Webhook?> AddAsync(
        TenantId tenant, string url, string description, IReadOnlyList<string> eventTypes, bool enabled, int most, CancellationToken cancellation = default)
    {
        var id = "wh_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        var now = Time.GetUtcNow().ToStored();
        var row = new WebhookRow
        {
            WebhookId = id,
            TenantId = tenant.Value,
            Url = url,
            Description = StoredText.Clean(description),
            EventTypes = string.Join(',', eventTypes),
            Enabled = enabled ? 1 : 0,
            Secret = Box.Seal(tenant, id, WebhookRow.Purpose, NewSecret()),
            CreatedAt = now,
            ChangedAt = now,
        };
        const string sql = """
            INSERT INTO webhooks (webhook_id, tenant_id, url, description, event_types, enabled, secret, previous_secret, previous_until, created_at, changed_at)
            SELECT @WebhookId, @TenantId, @Url, @Description, @EventTypes, @Enabled, @Secret, '', 0, @CreatedAt, @ChangedAt
            WHERE (SELECT COUNT(*) FROM webhooks WHERE tenant_id = @TenantId) < @most
            """;
        var parameters = new DynamicParameters(row);
        parameters.Add("most", most);
        return await ChangeAsync(sql, parameters, cancellation) > 0 ? row.ToWebhook(Box) : null;
    }

    /// <summary>Changes what is not null; the webhook as it is then, or null when there is none.</summary>
    public async Task<Webhook?> UpdateAsync(
        TenantId tenant, string id, string? url, string? description, IReadOnlyList<string>? eventTypes, bool? enabled, CancellationToken cancellation = default)
    {
        const string sql = """
            UPDATE webhooks SET url = COALESCE(@url, url), description = COALESCE(@description, description), event_types = COALESCE(@types, event_types),
                enabled = COALESCE(@enabled, enabled), changed_at = @now
            WHERE webhook_id = @id AND tenant_id = @tenant
            """;
        var parameters = new DynamicParameters();
        parameters.Add("url", url, System.Data.DbType.String);
        parameters.Add("description", description is null ? null : StoredText.Clean(description), System.Data.DbType.String);
        parameters.Add("types", eventTypes is null ? null : string.Join(',', eventTypes), System.Data.DbType.String);
        parameters.Add("enabled", enabled is { } on ? (on ? 1L : 0L) : null, System.Data.DbType.Int64);
        parameters.Add("now", Time.GetUtcNow().ToStored());
        parameters.Add("id", id);
        parameters.Add("tenant", tenant.Value);
        return await ChangeAsync(sql, parameters, cancellation) > 0 ? await FindAsync(tenant, id, cancellation) : null;
    }

    /// <summary>Gives a webhook a new secret; the old one counts beside it for <paramref name="overlap"/>. Null when there is none.</summary>
    public async Task<Webhook?> RotateAsync(TenantId tenant, string id, TimeSpan overlap, CancellationToken cancellation = default)
    {
        var now = Time.GetUtcNow();
        var parameters = new
        {
            id,
            tenant = tenant.Value,
            secret = Box.Seal(tenant, id, WebhookRow.Purpose, NewSecret()),
            until = (now + overlap).ToStored(),
            now = now.ToStored(),
        };
        const string sql = """
            UPDATE webhooks SET previous_secret = secret, previous_until = @until, secret = @secret, changed_at = @now
            WHERE webhook_id = @id AND tenant_id = @tenant
            """;
        return await ChangeAsync(sql, parameters, cancellation) > 0 ? await FindAsync(tenant, id, cancellation) : null;
    }

    /// <summary>Removes a webhook and all of its deliveries; false when there is none.</summary>
    public async Task<bool> DeleteAsync(TenantId tenant, string id, CancellationToken cancellation = default)
    {
        var key = new { id, tenant = tenant.Value };
        await using var connection = await Database.ConnectAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM webhook_deliveries WHERE webhook_id = @id AND tenant_id = @tenant", key, transaction, cancellationToken: cancellation));
        var deleted = await connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM webhooks WHERE webhook_id = @id AND tenant_id = @tenant", key, transaction, cancellationToken: cancellation));
        await connection.ExecuteAsync(new CommandDefinition(MoveVersion, transaction: transaction, cancellationToken: cancellation));
        await transaction.CommitAsync(cancellation);
        Changed?.Invoke();
        return deleted > 0;
    }

    /// <summary>One webhook, or null.</summary>
    public async Task<Webhook?> FindAsync(TenantId tenant, string id, CancellationToken cancellation = default)
    {
        await using var connection = await Database.ConnectAsync(cancellation);
        var row = await connection.QuerySingleOrDefaultAsync<WebhookRow>(new CommandDefinition(
            "SELECT * FROM webhooks WHERE webhook_id = @id AND tenant_id = @tenant", new { id, tenant = tenant.Value }, cancellationToken: cancellation));
        return row?.ToWebhook(Box);
    }

    /// <summary>The webhooks of a tenant, oldest first.</summary>
    public async Task<IReadOnlyList<Webhook>> ListAsync(TenantId tenant, CancellationToken cancellation = default)
    {
        await using var connection = await Database.ConnectAsync(cancellation);
        var rows = await connection.QueryAsync<WebhookRow>(new CommandDefinition(
            "SELECT * FROM webhooks WHERE tenant_id = @tenant ORDER BY created_at, webhook_id", new { tenant = tenant.Value }, cancellationToken: cancellation));
        return rows.Select(row => row.ToWebhook(Box)).ToList();
    }

    /// <summary>The webhooks of all tenants, and the version of the topic that they belong to.</summary>
    /// <param name="known">The version that the caller has; null is returned when nothing changed since.</param>
    internal (long Version, IReadOnlyList<Webhook> Webhooks)? ReadAll(long known)
    {
        using var connection = Database.Connect();
        var version = connection.ExecuteScalar<long>("SELECT version FROM change_versions WHERE topic = 'webhooks'");
        if (version == known)
            return null;

        return (version, connection.Query<WebhookRow>("SELECT * FROM webhooks ORDER BY webhook_id").Select(row => row.ToWebhook(Box)).ToList());
    }

    private const string MoveVersion = "UPDATE change_versions SET version = version + 1 WHERE topic = 'webhooks'";

    private static Secret NewSecret() => new(SecretPrefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes)));

    private async Task<int> ChangeAsync(string sql, object parameters, CancellationToken cancellation)
    {
        await using var connection = await Database.ConnectAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);

        // First of all, so that versions become visible in the order of the changes.
        await connection.ExecuteAsync(new CommandDefinition(MoveVersion, transaction: transaction, cancellationToken: cancellation));
        var changed = await connection.ExecuteAsync(new CommandDefinition(sql, parameters, transaction, cancellationToken: cancellation));
        await transaction.CommitAsync(cancellation);
        Changed?.Invoke();
        return changed;
    }
}
