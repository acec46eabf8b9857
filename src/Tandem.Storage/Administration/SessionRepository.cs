using Dapper;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Storage.Database;
using Tandem.Storage.Security;

namespace Tandem.Storage.Administration;

/// <summary>Sessions of people who signed in. Only hashes of the cookies are stored; sessions survive a restart.</summary>
public sealed class SessionRepository
{
    private readonly TandemDatabase _database;
    private readonly TimeProvider _time;

    internal SessionRepository(TandemDatabase database, TimeProvider time)
    {
        _database = database;
        _time = time;
    }

    /// <summary>Begins a session and returns the text of its cookie. Sessions that have expired are deleted on the way.</summary>
    public async Task<Secret> BeginAsync(TenantId tenant, string userName, TimeSpan lifetime, CancellationToken cancellation = default)
    {
        var text = BearerSecret.New("");
        var now = _time.GetUtcNow();
        await using var connection = await _database.ConnectAsync(cancellation);
        await connection.ExecuteAsync(new CommandDefinition("DELETE FROM sessions WHERE expires_at <= @now", new { now = now.ToStored() }, cancellationToken: cancellation));
        await connection.ExecuteAsync(new CommandDefinition(
            "INSERT INTO sessions (session_hash, tenant_id, user_name, created_at, expires_at) VALUES (@hash, @tenant, @userName, @created, @expires)",
            new { hash = BearerSecret.Hash(text), tenant = tenant.Value, userName, created = now.ToStored(), expires = (now + lifetime).ToStored() }, cancellationToken: cancellation));
        return new Secret(text);
    }

    /// <summary>The session of this cookie, or null when there is none or it has expired.</summary>
    public async Task<SignedIn?> FindAsync(string text, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var row = await connection.QuerySingleOrDefaultAsync<SessionRow>(new CommandDefinition(
            "SELECT tenant_id, user_name, expires_at FROM sessions WHERE session_hash = @hash AND expires_at > @now",
            new { hash = BearerSecret.Hash(text), now = _time.GetUtcNow().ToStored() }, cancellationToken: cancellation));
        return row is null ? null : new SignedIn(new TenantId(row.TenantId), row.UserName, row.ExpiresAt.ToTime());
    }

    /// <summary>Ends the session of this cookie; nothing happens when there is none.</summary>
    public async Task EndAsync(string text, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        await connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM sessions WHERE session_hash = @hash", new { hash = BearerSecret.Hash(text) }, cancellationToken: cancellation));
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
        public string TenantId { get; set; } = "";

        public string UserName { get; set; } = "";

        public long ExpiresAt { get; set; }
    }
}
