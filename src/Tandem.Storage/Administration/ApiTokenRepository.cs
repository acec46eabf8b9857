using System.Security.Cryptography;
using Dapper;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Storage.Database;
using Tandem.Storage.Security;

namespace Tandem.Storage.Administration;

/// <summary>Tokens for programs that use the API. Only hashes are stored.</summary>
public sealed class ApiTokenRepository
{
    private const string TokenPrefix = "tdm_";
    private const int ShownCharacters = 10;

    private readonly TandemDatabase _database;
    private readonly TimeProvider _time;

    internal ApiTokenRepository(TandemDatabase database, TimeProvider time)
    {
        _database = database;
        _time = time;
    }

    /// <summary>Makes a token. Its text is returned here and can never be read again.</summary>
    /// <param name="lifetime">How long it works; null for ever.</param>
    public async Task<(ApiToken Token, Secret Text)> CreateAsync(TenantId tenant, string name, TimeSpan? lifetime = null, CancellationToken cancellation = default)
    {
        var text = BearerSecret.New(TokenPrefix);
        var now = DateTimeOffset.FromUnixTimeMilliseconds(_time.GetUtcNow().ToUnixTimeMilliseconds());
        var token = new ApiToken(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), tenant, StoredText.Clean(name), text[..ShownCharacters], now, now + lifetime);
        await using var connection = await _database.ConnectAsync(cancellation);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO api_tokens (token_hash, token_id, tenant_id, display_name, prefix, created_at, expires_at)
            VALUES (@hash, @Id, @tenant, @Name, @Prefix, @created, @expires)
            """,
            new { hash = BearerSecret.Hash(text), token.Id, tenant = tenant.Value, token.Name, token.Prefix, created = now.ToStored(), expires = token.ExpiresAt.ToStored() },
            cancellationToken: cancellation));
        return (token, new Secret(text));
    }

    /// <summary>The token with this text, or null when there is none or it has expired.</summary>
    public async Task<ApiToken?> FindAsync(string text, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var row = await connection.QuerySingleOrDefaultAsync<TokenRow>(new CommandDefinition(
            "SELECT * FROM api_tokens WHERE token_hash = @hash AND (expires_at IS NULL OR expires_at > @now)",
            new { hash = BearerSecret.Hash(text), now = _time.GetUtcNow().ToStored() }, cancellationToken: cancellation));
        return row?.ToToken();
    }

    /// <summary>All tokens of a tenant, oldest first, expired ones too.</summary>
    public async Task<IReadOnlyList<ApiToken>> ListAsync(TenantId tenant, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var rows = await connection.QueryAsync<TokenRow>(new CommandDefinition(
            "SELECT * FROM api_tokens WHERE tenant_id = @tenant ORDER BY created_at, token_id", new { tenant = tenant.Value }, cancellationToken: cancellation));
        return rows.Select(row => row.ToToken()).ToList();
    }

    /// <summary>Ends a token; false when there is none with that id.</summary>
    public async Task<bool> RevokeAsync(TenantId tenant, string id, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        return await connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM api_tokens WHERE tenant_id = @tenant AND token_id = @id", new { tenant = tenant.Value, id }, cancellationToken: cancellation)) > 0;
    }

    private sealed class TokenRow
    {
        public string TokenId { get; set; } = "";

        public string TenantId { get; set; } = "";

        public string DisplayName { get; set; } = "";

        public string Prefix { get; set; } = "";

        public long CreatedAt { get; set; }

        public long? ExpiresAt { get; set; }

        public ApiToken ToToken() => new(TokenId, new TenantId(TenantId), DisplayName, Prefix, CreatedAt.ToTime(), ExpiresAt.ToTime());
    }
}
