using System.Data.Common;
using System.Security.Cryptography;
using Dapper;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Storage.Database;
using Tandem.Storage.Security;

namespace Tandem.Storage.Administration;

/// <summary>
/// The second factor of users: codes of an authenticator (RFC 6238), and recovery codes for the day when it is lost. Secrets lie sealed,
/// recovery codes hashed, and each code is accepted once.
/// </summary>
public sealed class SecondFactorRepository : SecretRepository
{
    /// <summary>Recovery codes that a user gets.</summary>
    public const int RecoveryCodes = 10;

    // 12 of 56 symbols are 69 bits: no slow hash is needed.
    private const int RecoveryCodeLength = 12;
    private const string Purpose = "totp";

    internal SecondFactorRepository(TandemDatabase database, SecretBox box, TimeProvider time)
        : base(database, box, time)
    {
    }

    /// <summary>Makes a secret that is not in force until <see cref="ConfirmAsync"/>; the one in force, if any, stays meanwhile.</summary>
    /// <returns>The secret in base32, to be shown once; null when there is no such user.</returns>
    public async Task<Secret?> EnrolAsync(TenantId tenant, string userName, CancellationToken cancellation = default)
    {
        var secret = new Secret(Base32.Encode(RandomNumberGenerator.GetBytes(Totp.KeySize)));
        await using var connection = await Database.ConnectAsync(cancellation);
        return await connection.ExecuteAsync(new CommandDefinition(
            "UPDATE users SET totp_pending = @pending WHERE tenant_id = @tenant AND user_name = @name",
            new { tenant = tenant.Value, name = userName, pending = Box.Seal(tenant, userName, Purpose, secret) }, cancellationToken: cancellation)) > 0 ? secret : null;
    }

    /// <summary>Puts the secret in force when the code proves that the authenticator has it.</summary>
    /// <returns>New recovery codes, to be shown once; null when the code is wrong or nothing was enrolled.</returns>
    public async Task<IReadOnlyList<string>?> ConfirmAsync(TenantId tenant, string userName, string code, CancellationToken cancellation = default)
    {
        await using var connection = await Database.ConnectAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var user = await UserRepository.FindRowAsync(connection, transaction, tenant, userName, cancellation);
        if (user is null || Key(user, user.TotpPending) is not { } key || Totp.Match(key, code, Time.GetUtcNow(), 0) is not { } step)
            return null;

        var changed = await connection.ExecuteAsync(new CommandDefinition(
            "UPDATE users SET totp_secret = totp_pending, totp_pending = '', totp_step = @step WHERE tenant_id = @tenant AND user_name = @name AND totp_pending = @pending",
            new { tenant = tenant.Value, name = userName, pending = user.TotpPending, step }, transaction, cancellationToken: cancellation));
        if (changed == 0)
            return null;

        var codes = Enumerable.Range(0, RecoveryCodes).Select(_ => RandomText.Secret(RecoveryCodeLength)).ToList();
        await connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM recovery_codes WHERE tenant_id = @tenant AND user_name = @name", new { tenant = tenant.Value, name = userName }, transaction, cancellationToken: cancellation));
        foreach (var one in codes)
        {
            await connection.ExecuteAsync(new CommandDefinition(
                "INSERT INTO recovery_codes (tenant_id, user_name, code_hash) VALUES (@tenant, @name, @hash)",
                new { tenant = tenant.Value, name = userName, hash = BearerSecret.Hash(one) }, transaction, cancellationToken: cancellation));
        }

        await transaction.CommitAsync(cancellation);
        return codes;
    }

    /// <summary>Recovery codes that a user has left.</summary>
    public async Task<int> RecoveryCodesLeftAsync(TenantId tenant, string userName, CancellationToken cancellation = default)
    {
        await using var connection = await Database.ConnectAsync(cancellation);
        return (int)await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "SELECT COUNT(*) FROM recovery_codes WHERE tenant_id = @tenant AND user_name = @name", new { tenant = tenant.Value, name = userName }, cancellationToken: cancellation));
    }

    internal static async Task ClearAsync(DbConnection connection, DbTransaction transaction, TenantId tenant, string userName, CancellationToken cancellation)
    {
        var key = new { tenant = tenant.Value, name = userName };
        await connection.ExecuteAsync(new CommandDefinition(
            "UPDATE users SET totp_secret = '', totp_pending = '', totp_step = 0 WHERE tenant_id = @tenant AND user_name = @name", key, transaction, cancellationToken: cancellation));
        await connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM recovery_codes WHERE tenant_id = @tenant AND user_name = @name", key, transaction, cancellationToken: cancellation));
    }

    /// <summary>True when the code is right and was not used before; from now on it was.</summary>
    internal async Task<bool> UseAsync(DbConnection connection, UserRow user, string code, CancellationToken cancellation)
    {
        var text = code.Replace(" ", "", StringComparison.Ordinal);
        if (Key(user, user.TotpSecret) is { } key && Totp.Match(key, text, Time.GetUtcNow(), user.TotpStep) is { } step)
        {
            // Of two requests with the same code, the row lets one through.
            return await connection.ExecuteAsync(new CommandDefinition(
                "UPDATE users SET totp_step = @step WHERE tenant_id = @tenant AND user_name = @name AND totp_step < @step",
                new { tenant = user.TenantId, name = user.UserName, step }, cancellationToken: cancellation)) > 0;
        }

        return text.Length == RecoveryCodeLength && await connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM recovery_codes WHERE tenant_id = @tenant AND user_name = @name AND code_hash = @hash",
            new { tenant = user.TenantId, name = user.UserName, hash = BearerSecret.Hash(text) }, cancellationToken: cancellation)) > 0;
    }

    private byte[]? Key(UserRow user, string sealedText) =>
        sealedText.Length > 0 && Box.TryUnseal(new TenantId(user.TenantId), user.UserName, Purpose, sealedText) is { } secret ? Base32.Decode(secret.Reveal()) : null;
}
