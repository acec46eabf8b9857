using Dapper;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Storage.Database;
using Tandem.Storage.Security;

namespace Tandem.Storage.Administration;

/// <summary>Sessions of people who signed in. Only hashes of the cookies are stored; sessions survive a restart.</summary>
public sealed class SessionRepository
{
    // The beginning of the hash: enough to tell sessions apart, and nothing that a cookie could be made of.
    private const int IdLength = 16;

    private readonly TandemDatabase _database;
    private readonly TimeProvider _time;

    internal SessionRepository(TandemDatabase database, TimeProvider time)
    {
        _database = database;
        _time = time;
    }

    /// <summary>The <see cref="SessionEntry.Id"/> of a cookie.</summary>
    public static string IdOf(string text) => BearerSecret.Hash(text)[..IdLength];

    /// <summary>Begins a session and returns the text of its cookie. Sessions that have expired are deleted on the way.</summary>
    public async Task<Secret> BeginAsync(
        TenantId tenant, string userName, TimeSpan lifetime, string source = "", string userAgent = "", CancellationToken cancellation = default)
    {
        var text = BearerSecret.New("");
        var now = _time.GetUtcNow();
        await using var connection = await _database.ConnectAsync(cancellation);
        await connection.ExecuteAsync(new CommandDefinition("DELETE FROM sessions WHERE expires_at <= @now", new { now = now.ToStored() }, cancellationToken: cancellation));
        await connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO sessions (session_hash, tenant_id, user_name, created_at, expires_at, source, user_agent)
            VALUES (@hash, @tenant, @userName, @created, @expires, @source, @agent)
            """,
            new
            {
                hash = BearerSecret.Hash(text),
                tenant = tenant.Value,
                userName,
                created = now.ToStored(),
                expires = (now + lifetime).ToStored(),
                source = StoredText.Clean(source),
                agent = StoredText.Clean(userAgent),
            },
            cancellationToken: cancellation));
        return new Secret(text);
    }

    /// <summary>The session of this cookie, or null when there is none, it has expired, or its user may not sign in any more.</summary>
    public async Task<SignedIn?> FindAsync(string text, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var row = await connection.QuerySingleOrDefaultAsync<SessionRow>(new CommandDefinition(
            """
            SELECT s.tenant_id, s.user_name, s.expires_at, u.role FROM sessions s
            JOIN users u ON u.tenant_id = s.tenant_id AND u.user_name = s.user_name
            WHERE s.session_hash = @hash AND s.expires_at > @now AND u.enabled = 1
            """,
            new { hash = BearerSecret.Hash(text), now = _time.GetUtcNow().ToStored() }, cancellationToken: cancellation));
        return row is null ? null : new SignedIn(new TenantId(row.TenantId), row.UserName, UserRow.ReadRole(row.Role), row.ExpiresAt.ToTime());
    }

    /// <summary>Sessions in force of one user, or of all of the tenant; the newest first, 1,000 at most.</summary>
    public async Task<IReadOnlyList<SessionEntry>> ListAsync(TenantId tenant, string? userName, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var rows = await connection.QueryAsync<SessionRow>(new CommandDefinition(
            $"""
            SELECT * FROM sessions WHERE tenant_id = @tenant AND expires_at > @now {(userName is null ? "" : "AND user_name = @userName")}
            ORDER BY created_at DESC, session_hash LIMIT 1000
            """,
            new { tenant = tenant.Value, userName, now = _time.GetUtcNow().ToStored() }, cancellationToken: cancellation));
        return rows.Select(row => new SessionEntry(row.SessionHash[..IdLength], row.UserName, row.CreatedAt.ToTime(), row.ExpiresAt.ToTime(), row.Source, row.UserAgent)).ToList();
    }

    /// <summary>Ends the session of this cookie; nothing happens when there is none.</summary>
    public async Task EndAsync(string text, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        await connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM sessions WHERE session_hash = @hash", new { hash = BearerSecret.Hash(text) }, cancellationToken: cancellation));
    }

    /// <summary>Ends a session by its id; false when there is none, or when it belongs to another than <paramref name="userName"/>.</summary>
    public async Task<bool> EndByIdAsync(TenantId tenant, string id, string? userName, CancellationToken cancellation = default)
    {
        if (id.Length != IdLength || !id.All(char.IsAsciiHexDigitLower))
            return false;

        await using var connection = await _database.ConnectAsync(cancellation);
        return await connection.ExecuteAsync(new CommandDefinition(
            $"DELETE FROM sessions WHERE tenant_id = @tenant AND session_hash LIKE @begins {(userName is null ? "" : "AND user_name = @userName")}",
            new { tenant = tenant.Value, begins = id + "%", userName }, cancellationToken: cancellation)) > 0;
    }

    /// <summary>Ends all sessions of a user, for example after a new password.</summary>
    public async Task EndAllAsync(TenantId tenant, string userName, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        await connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM sessions WHERE tenant_id = @tenant AND user_name = @userName", new { tenant = tenant.Value, userName }, cancellationToken: cancellation));
    }

    private sealed class SessionRow
    {
        public string SessionHash { get; set; } = "";

        public string TenantId { get; set; } = "";

        public string UserName { get; set; } = "";

        public string Role { get; set; } = "";

        public long CreatedAt { get; set; }

        public long ExpiresAt { get; set; }

        public string Source { get; set; } = "";

        public string UserAgent { get; set; } = "";
    }
}
