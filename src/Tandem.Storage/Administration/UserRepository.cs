using System.Data.Common;
using Dapper;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Storage.Database;
using Tandem.Storage.Security;

namespace Tandem.Storage.Administration;

/// <summary>People who sign in, and their passwords. Second factors are in <see cref="SecondFactorRepository"/>.</summary>
public sealed class UserRepository
{
    /// <summary>The user that the first start makes.</summary>
    public const string FirstUser = "admin";

    /// <summary>Characters of a password at least.</summary>
    public const int MinimumPasswordLength = 8;

    /// <summary>Characters of a password at most; hashing more would only cost time.</summary>
    public const int MaximumPasswordLength = 128;

    private const string LockTopic = "users";
    private const int LongestName = 64;

    // After so many failures in a row the user is locked, first for a minute, then twice as long with each further failure.
    private const int FailuresBeforeLock = 5;
    private const int LongestLockDoublings = 5;
    private static readonly TimeSpan FirstLock = TimeSpan.FromMinutes(1);

    private readonly TandemDatabase _database;
    private readonly SecondFactorRepository _factors;
    private readonly TimeProvider _time;

    internal UserRepository(TandemDatabase database, SecondFactorRepository factors, TimeProvider time)
    {
        _database = database;
        _factors = factors;
        _time = time;
    }

    private long Now => _time.GetUtcNow().ToStored();

    /// <summary>True for 1 to 64 of a-z, 0-9 and <c>. _ - @ +</c>.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= LongestName && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-' or '@' or '+');

    /// <summary>True for 8 to 128 characters without control characters.</summary>
    public static bool IsPassword(string password) => password.Length is >= MinimumPasswordLength and <= MaximumPasswordLength && !password.Any(char.IsControl);

    /// <summary>Makes the user <see cref="FirstUser"/>, an operator, with a random password when the tenant has no user at all.</summary>
    /// <returns>The password, to be shown once; null when there was a user.</returns>
    public async Task<Secret?> EnsureFirstAsync(TenantId tenant, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        if (await connection.ExecuteScalarAsync<long>(new CommandDefinition(
                "SELECT COUNT(*) FROM users WHERE tenant_id = @tenant", new { tenant = tenant.Value }, cancellationToken: cancellation)) > 0)
            return null;

        var password = new Secret(RandomText.Secret());
        return await InsertAsync(connection, null, tenant, FirstUser, "", Role.Operator, password, cancellation) ? password : null;
    }

    /// <summary>
    /// Checks a password, and the code of the second factor where there is one. Every wrong answer costs the same, and failures in a row lock the
    /// user for a while; wrong codes count as wrong passwords do.
    /// </summary>
    /// <param name="code">A code of the authenticator or one of the recovery codes; null when none was given.</param>
    public async Task<SignInResult> SignInAsync(TenantId tenant, string userName, string password, string? code = null, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var user = await FindRowAsync(connection, null, tenant, userName, cancellation);
        var right = PasswordHash.Verify(user?.PasswordHash, password);
        if (user is null || user.Enabled == 0)
            return SignInResult.Wrong;
        if (user.LockedUntil > Now)
            return SignInResult.Locked;
        if (right && user.TotpSecret.Length > 0 && string.IsNullOrEmpty(code))
            return SignInResult.CodeNeeded;

        if (right && (user.TotpSecret.Length == 0 || await _factors.UseAsync(connection, user, code!, cancellation)))
        {
            await connection.ExecuteAsync(new CommandDefinition(
                "UPDATE users SET failures = 0, locked_until = 0 WHERE tenant_id = @tenant AND user_name = @name AND failures > 0",
                new { tenant = tenant.Value, name = userName }, cancellationToken: cancellation));
            return SignInResult.Accepted;
        }

        await FailAsync(connection, tenant, userName, cancellation);
        return right ? SignInResult.WrongCode : SignInResult.Wrong;
    }

    /// <summary>True when this is the password of the user; for a change that he makes himself. It counts failures as a sign-in does.</summary>
    public async Task<bool> CheckPasswordAsync(TenantId tenant, string userName, string password, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var user = await FindRowAsync(connection, null, tenant, userName, cancellation);
        var right = PasswordHash.Verify(user?.PasswordHash, password);
        if (user is null || user.LockedUntil > Now)
            return false;
        if (!right)
            await FailAsync(connection, tenant, userName, cancellation);
        return right;
    }

    /// <summary>All users of a tenant, by name.</summary>
    public async Task<IReadOnlyList<UserAccount>> ListAsync(TenantId tenant, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var rows = await connection.QueryAsync<UserRow>(new CommandDefinition(
            "SELECT * FROM users WHERE tenant_id = @tenant ORDER BY user_name", new { tenant = tenant.Value }, cancellationToken: cancellation));
        var now = Now;
        return rows.Select(row => row.ToUser(now)).ToList();
    }

    /// <summary>One user, or null.</summary>
    public async Task<UserAccount?> FindAsync(TenantId tenant, string userName, CancellationToken cancellation = default)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        return (await FindRowAsync(connection, null, tenant, userName, cancellation))?.ToUser(Now);
    }

    /// <summary>Adds a user; false when the name is taken.</summary>
    /// <exception cref="ArgumentException">The name or password is not accepted.</exception>
    public async Task<bool> AddAsync(TenantId tenant, string userName, string displayName, Role role, Secret password, CancellationToken cancellation = default)
    {
        if (!IsName(userName) || !IsPassword(password.Reveal()))
            throw new ArgumentException("the name or the password of the user is not accepted", nameof(userName));

        await using var connection = await _database.ConnectAsync(cancellation);
        return await InsertAsync(connection, null, tenant, userName, displayName, role, password, cancellation);
    }

    /// <summary>Changes a user.</summary>
    public Task<UserSave> ChangeAsync(TenantId tenant, string userName, UserChange change, CancellationToken cancellation = default)
    {
        // Slow on purpose, and so before anything is locked.
        var hash = change.Password is { } password ? PasswordHash.Make(password.Reveal()) : null;
        return LockedAsync(tenant, userName, async (connection, transaction, user) =>
        {
            if (user.Enabled != 0 && user.Role == Roles.Word(Role.Operator) && (change.Enabled == false || (change.Role ?? Role.Operator) != Role.Operator)
                && await IsLastOperatorAsync(connection, transaction, cancellation))
                return UserSave.LastOperator;

            await connection.ExecuteAsync(new CommandDefinition(
                """
                UPDATE users SET display_name = @display, role = @role, enabled = @enabled, password_hash = @hash, failures = @failures, locked_until = @locked, changed_at = @now
                WHERE tenant_id = @tenant AND user_name = @name
                """,
                new
                {
                    tenant = tenant.Value,
                    name = userName,
                    display = change.DisplayName is { } display ? StoredText.Clean(display) : user.DisplayName,
                    role = change.Role is { } role ? Roles.Word(role) : user.Role,
                    enabled = change.Enabled is { } enabled ? (enabled ? 1L : 0L) : user.Enabled,
                    hash = hash ?? user.PasswordHash,
                    failures = hash is null ? user.Failures : 0,
                    locked = hash is null ? user.LockedUntil : 0,
                    now = Now,
                },
                transaction, cancellationToken: cancellation));
            if (change.RemoveSecondFactor)
                await SecondFactorRepository.ClearAsync(connection, transaction, tenant, userName, cancellation);
            if (hash is not null || change.Enabled == false)
                await EndSessionsAsync(connection, transaction, tenant, userName, cancellation);
            return UserSave.Done;
        }, cancellation);
    }

    /// <summary>Removes a user with his sessions; tokens that he made stop working.</summary>
    public Task<UserSave> RemoveAsync(TenantId tenant, string userName, CancellationToken cancellation = default) =>
        LockedAsync(tenant, userName, async (connection, transaction, user) =>
        {
            if (user.Enabled != 0 && user.Role == Roles.Word(Role.Operator) && await IsLastOperatorAsync(connection, transaction, cancellation))
                return UserSave.LastOperator;

            await EndSessionsAsync(connection, transaction, tenant, userName, cancellation);
            var key = new { tenant = tenant.Value, name = userName };
            await connection.ExecuteAsync(new CommandDefinition("DELETE FROM recovery_codes WHERE tenant_id = @tenant AND user_name = @name", key, transaction, cancellationToken: cancellation));

            // A user of the same name that is made later must not find the tokens of this one working again.
            await connection.ExecuteAsync(new CommandDefinition("DELETE FROM api_tokens WHERE maker_tenant = @tenant AND made_by = @name", key, transaction, cancellationToken: cancellation));
            await connection.ExecuteAsync(new CommandDefinition("DELETE FROM users WHERE tenant_id = @tenant AND user_name = @name", key, transaction, cancellationToken: cancellation));
            return UserSave.Done;
        }, cancellation);

    /// <summary>
    /// Sets a password, enables the user, lifts a lock and ends the sessions; makes the user when it is new, as operator in the default tenant and as
    /// tenant admin in others. For the command line: who has the database has everything.
    /// </summary>
    public async Task SetPasswordAsync(TenantId tenant, string userName, Secret password, bool removeSecondFactor = false, CancellationToken cancellation = default)
    {
        var role = tenant == TenantId.Default ? Role.Operator : Role.TenantAdmin;
        await using (var connection = await _database.ConnectAsync(cancellation))
        {
            if (await InsertAsync(connection, null, tenant, userName, "", role, password, cancellation))
                return;
        }

        await ChangeAsync(tenant, userName, new UserChange(Enabled: true, Password: password, RemoveSecondFactor: removeSecondFactor), cancellation);
    }

    internal static Task<UserRow?> FindRowAsync(DbConnection connection, DbTransaction? transaction, TenantId tenant, string userName, CancellationToken cancellation) =>
        connection.QuerySingleOrDefaultAsync<UserRow>(new CommandDefinition(
            "SELECT * FROM users WHERE tenant_id = @tenant AND user_name = @name", new { tenant = tenant.Value, name = StoredText.Clean(userName) }, transaction, cancellationToken: cancellation));

    private static async Task<bool> IsLastOperatorAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellation) =>
        await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "SELECT COUNT(*) FROM users WHERE role = @role AND enabled = 1", new { role = Roles.Word(Role.Operator) }, transaction, cancellationToken: cancellation)) <= 1;

    private static Task EndSessionsAsync(DbConnection connection, DbTransaction transaction, TenantId tenant, string userName, CancellationToken cancellation) =>
        connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM sessions WHERE tenant_id = @tenant AND user_name = @name", new { tenant = tenant.Value, name = userName }, transaction, cancellationToken: cancellation));

    private async Task<bool> InsertAsync(
        DbConnection connection, DbTransaction? transaction, TenantId tenant, string userName, string displayName, Role role, Secret password, CancellationToken cancellation) =>
        await connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO users (tenant_id, user_name, display_name, password_hash, role, enabled, failures, locked_until, totp_secret, totp_pending, totp_step, created_at, changed_at)
            VALUES (@tenant, @name, @display, @hash, @role, 1, 0, 0, '', '', 0, @now, @now) ON CONFLICT (tenant_id, user_name) DO NOTHING
            """,
            new
            {
                tenant = tenant.Value,
                name = userName,
                display = StoredText.Clean(displayName),
                hash = PasswordHash.Make(password.Reveal()),
                role = Roles.Word(role),
                now = Now,
            },
            transaction, cancellationToken: cancellation)) > 0;

    private async Task<UserSave> LockedAsync(
        TenantId tenant, string userName, Func<DbConnection, DbTransaction, UserRow, Task<UserSave>> change, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await ChangeFollower.RaiseAsync(connection, transaction, LockTopic, cancellation);
        if (await FindRowAsync(connection, transaction, tenant, userName, cancellation) is not { } user)
            return UserSave.Unknown;

        var saved = await change(connection, transaction, user);
        if (saved == UserSave.Done)
            await transaction.CommitAsync(cancellation);
        return saved;
    }

    private async Task FailAsync(DbConnection connection, TenantId tenant, string userName, CancellationToken cancellation)
    {
        var failures = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "UPDATE users SET failures = failures + 1 WHERE tenant_id = @tenant AND user_name = @name RETURNING failures",
            new { tenant = tenant.Value, name = userName }, cancellationToken: cancellation));
        if (failures < FailuresBeforeLock)
            return;

        var doublings = (int)Math.Min(failures - FailuresBeforeLock, LongestLockDoublings);
        var until = (_time.GetUtcNow() + (FirstLock * (1 << doublings))).ToStored();
        await connection.ExecuteAsync(new CommandDefinition(
            "UPDATE users SET locked_until = @until WHERE tenant_id = @tenant AND user_name = @name",
            new { tenant = tenant.Value, name = userName, until }, cancellationToken: cancellation));
    }
}
