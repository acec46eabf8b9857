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

    // Two requests of one program are mostly closer together than that, and each would be a write.
    private static readonly TimeSpan UseGrain = TimeSpan.FromMinutes(1);

    // The maker bounds what a token may do, as he is now: a LEFT JOIN, for those of the command line have none.
    private const string Select =
        "SELECT t.*, u.role AS maker_role, u.enabled AS maker_enabled FROM api_tokens t LEFT JOIN users u ON u.tenant_id = t.maker_tenant AND u.user_name = t.made_by";

    private readonly TandemDatabase _database;
    private readonly TimeProvider _time;

    internal ApiTokenRepository(TandemDatabase database, TimeProvider time)
    {
        _database = database;
        _time = time;
    }

    /// <summary>Makes a token. Its text is returned here and can never be read again.</summary>
    /// <param name="lifetime">How long it works; null for ever.</param>
    /// <param name="grant">What it may do; null for all that a token of the tenant can.</param>
    public async Task<(ApiToken Token, Secret Text)> CreateAsync(
        TenantId tenant, string name, TimeSpan? lifetime = null, TokenGrant? grant = null, CancellationToken cancellation = default)
    {
        grant ??= TokenGrant.Whole(tenant);
        var text = BearerSecret.New(TokenPrefix);
        var now = DateTimeOffset.FromUnixTimeMilliseconds(_time.GetUtcNow().ToUnixTimeMilliseconds());
        var token = new ApiToken(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), tenant, StoredText.Clean(name), text[..ShownCharacters], now, now + lifetime)
        {
            Scopes = grant.Scopes,
            Role = Cap(grant.Role, tenant, grant.MakerTenant),
            Addresses = grant.Addresses,
            MakerTenant = grant.MakerTenant,
            MadeBy = grant.MadeBy,
        };
        await using var connection = await _database.ConnectAsync(cancellation);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO api_tokens (token_hash, token_id, tenant_id, display_name, prefix, created_at, expires_at, scopes, role, addresses, maker_tenant, made_by)
            VALUES (@hash, @Id, @tenant, @Name, @Prefix, @created, @expires, @scopes, @role, @Addresses, @maker, @MadeBy)
            """,
            new
            {
                hash = BearerSecret.Hash(text),
                token.Id,
                tenant = tenant.Value,
                token.Name,
                token.Prefix,
                created = now.ToStored(),
                expires = token.ExpiresAt.ToStored(),
                scopes = token.Scopes.ToString(),
                role = Roles.Word(token.Role),
                token.Addresses,
                maker = token.MakerTenant.Value,
                token.MadeBy,
            },
            cancellationToken: cancellation));
        return (token, new Secret(text));
    }

    /// <summary>The token with this text, or null when there is none, it has expired, or the user that made it is disabled.</summary>
    public async Task<ApiToken?> FindAsync(string text, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var row = await connection.QuerySingleOrDefaultAsync<TokenRow>(new CommandDefinition(
            $"{Select} WHERE t.token_hash = @hash AND (t.expires_at IS NULL OR t.expires_at > @now)",
            new { hash = BearerSecret.Hash(text), now = _time.GetUtcNow().ToStored() }, cancellationToken: cancellation));
        return row is null || !row.HasMaker ? null : row.ToToken();
    }

    /// <summary>Notes that a token was used; it is written at most once a minute.</summary>
    public async Task TouchAsync(ApiToken token, CancellationToken cancellation = default)
    {
        var now = _time.GetUtcNow();
        if (token.LastUsedAt is { } last && now - last < UseGrain)
            return;

        await using var connection = await _database.ConnectAsync(cancellation);
        await connection.ExecuteAsync(new CommandDefinition(
            "UPDATE api_tokens SET last_used_at = @now WHERE token_id = @Id AND (last_used_at IS NULL OR last_used_at <= @before)",
            new { token.Id, now = now.ToStored(), before = (now - UseGrain).ToStored() }, cancellationToken: cancellation));
    }

    /// <summary>All tokens of a tenant, oldest first, expired ones too.</summary>
    public async Task<IReadOnlyList<ApiToken>> ListAsync(TenantId tenant, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var rows = await connection.QueryAsync<TokenRow>(new CommandDefinition(
            $"{Select} WHERE t.tenant_id = @tenant ORDER BY t.created_at, t.token_id", new { tenant = tenant.Value }, cancellationToken: cancellation));
        return rows.Select(row => row.ToToken()).ToList();
    }

    /// <summary>Ends a token; false when there is none with that id.</summary>
    public async Task<bool> RevokeAsync(TenantId tenant, string id, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        return await connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM api_tokens WHERE tenant_id = @tenant AND token_id = @id", new { tenant = tenant.Value, id = StoredText.Clean(id) }, cancellationToken: cancellation)) > 0;
    }

    // A token acts in its own tenant; only one that an operator's own tenant owns is an operator.
    private static Role Cap(Role role, TenantId tenant, TenantId makerTenant) =>
        role == Role.Operator && (tenant != makerTenant || tenant != TenantId.Default) ? Role.TenantAdmin : role;

    private sealed class TokenRow
    {
        public string TokenId { get; set; } = "";

        public string TenantId { get; set; } = "";

        public string DisplayName { get; set; } = "";

        public string Prefix { get; set; } = "";

        public long CreatedAt { get; set; }

        public long? ExpiresAt { get; set; }

        public string Scopes { get; set; } = "";

        public string Role { get; set; } = "";

        public string Addresses { get; set; } = "";

        public string MakerTenant { get; set; } = "";

        public string MadeBy { get; set; } = "";

        public long? LastUsedAt { get; set; }

        public string? MakerRole { get; set; }

        public long? MakerEnabled { get; set; }

        public bool HasMaker => MadeBy.Length == 0 || MakerEnabled == 1;

        public ApiToken ToToken()
        {
            var own = UserRow.ReadRole(Role);
            var maker = MadeBy.Length == 0 ? own : UserRow.ReadRole(MakerRole ?? "");
            return new ApiToken(TokenId, new TenantId(TenantId), DisplayName, Prefix, CreatedAt.ToTime(), ExpiresAt.ToTime())
            {
                Scopes = PermissionSet.Parse(Scopes),
                Role = (Role)Math.Min((int)own, (int)maker),
                Addresses = Addresses,
                MakerTenant = new TenantId(MakerTenant),
                MadeBy = MadeBy,
                LastUsedAt = LastUsedAt.ToTime(),
            };
        }
    }
}
