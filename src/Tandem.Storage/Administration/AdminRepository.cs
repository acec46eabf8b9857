using Dapper;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Storage.Database;
using Tandem.Storage.Security;

namespace Tandem.Storage.Administration;

/// <summary>People who administer the exchange.</summary>
public sealed class AdminRepository
{
    /// <summary>The user that the first start makes.</summary>
    public const string FirstUser = "admin";

    // After so many failures in a row the user is locked, first for a minute, then twice as long with each further failure.
    private const int FailuresBeforeLock = 5;
    private const int LongestLockDoublings = 5;
    private static readonly TimeSpan FirstLock = TimeSpan.FromMinutes(1);

    private readonly TandemDatabase _database;
    private readonly TimeProvider _time;

    internal AdminRepository(TandemDatabase database, TimeProvider time)
    {
        _database = database;
        _time = time;
    }

    /// <summary>Makes the user <see cref="FirstUser"/> with a random password when the tenant has no user at all.</summary>
    /// <returns>The password, to be shown once; null when there was a user.</returns>
    public async Task<Secret?> EnsureFirstAsync(TenantId tenant, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var key = new { tenant = tenant.Value };
        if (await connection.ExecuteScalarAsync<long>(new CommandDefinition(
                "SELECT COUNT(*) FROM admin_users WHERE tenant_id = @tenant", key, cancellationToken: cancellation)) > 0)
            return null;

        var password = new Secret(RandomText.Secret());
        var made = await connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO admin_users (tenant_id, user_name, password_hash, failures, locked_until, created_at, changed_at)
            VALUES (@tenant, @name, @hash, 0, 0, @now, @now) ON CONFLICT (tenant_id, user_name) DO NOTHING
            """,
            new { tenant = tenant.Value, name = FirstUser, hash = PasswordHash.Make(password.Reveal()), now = Now }, cancellationToken: cancellation));
        return made > 0 ? password : null;
    }

    /// <summary>Checks a password. Every answer costs the same, and failures in a row lock the user for a while.</summary>
    public async Task<SignInResult> SignInAsync(TenantId tenant, string userName, string password, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var key = new { tenant = tenant.Value, name = userName };
        var user = await connection.QuerySingleOrDefaultAsync<UserRow>(new CommandDefinition(
            "SELECT password_hash, failures, locked_until FROM admin_users WHERE tenant_id = @tenant AND user_name = @name", key, cancellationToken: cancellation));
        var right = PasswordHash.Verify(user?.PasswordHash, password);
        if (user is null)
            return SignInResult.Wrong;
        if (user.LockedUntil > Now)
            return SignInResult.Locked;

        if (right)
        {
            await connection.ExecuteAsync(new CommandDefinition(
                "UPDATE admin_users SET failures = 0, locked_until = 0 WHERE tenant_id = @tenant AND user_name = @name AND failures > 0", key, cancellationToken: cancellation));
            return SignInResult.Accepted;
        }

        var failures = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "UPDATE admin_users SET failures = failures + 1 WHERE tenant_id = @tenant AND user_name = @name RETURNING failures", key, cancellationToken: cancellation));
        if (failures >= FailuresBeforeLock)
            await LockAsync(connection, tenant, userName, failures, cancellation);
        return SignInResult.Wrong;
    }

    /// <summary>Sets a password and lifts a lock; makes the user when it is new.</summary>
    public async Task SetPasswordAsync(TenantId tenant, string userName, Secret password, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO admin_users (tenant_id, user_name, password_hash, failures, locked_until, created_at, changed_at)
            VALUES (@tenant, @name, @hash, 0, 0, @now, @now)
            ON CONFLICT (tenant_id, user_name) DO UPDATE SET password_hash = excluded.password_hash, failures = 0, locked_until = 0, changed_at = excluded.changed_at
            """,
            new { tenant = tenant.Value, name = userName, hash = PasswordHash.Make(password.Reveal()), now = Now }, cancellationToken: cancellation));
    }

    private long Now => _time.GetUtcNow().ToStored();

    private Task LockAsync(System.Data.Common.DbConnection connection, TenantId tenant, string userName, long failures, CancellationToken cancellation)
    {
        var doublings = (int)Math.Min(failures - FailuresBeforeLock, LongestLockDoublings);
        var until = (_time.GetUtcNow() + (FirstLock * (1 << doublings))).ToStored();
        return connection.ExecuteAsync(new CommandDefinition(
            "UPDATE admin_users SET locked_until = @until WHERE tenant_id = @tenant AND user_name = @name",
            new { tenant = tenant.Value, name = userName, until }, cancellationToken: cancellation));
    }

    private sealed class UserRow
    {
        public string PasswordHash { get; set; } = "";

        public long Failures { get; set; }

        public long LockedUntil { get; set; }
    }
}
