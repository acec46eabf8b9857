using System.Security.Cryptography;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Storage.Administration;
using Tandem.Storage.Security;
using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Administration;

public sealed class SecondFactorRepositoryOnSqliteTests() : SecondFactorRepositoryTests(null);

public sealed class SecondFactorRepositoryOnPostgresTests(PostgresServer postgres) : SecondFactorRepositoryTests(postgres);

public abstract class SecondFactorRepositoryTests(PostgresServer? postgres) : StorageTests(postgres)
{
    private const string Password = "right-password";

    private static readonly TenantId Tenant = TenantId.Default;

    private readonly ManualTime _time = new();

    [Fact]
    public async Task A_factor_is_in_force_once_it_is_confirmed_and_each_code_is_accepted_once()
    {
        var storage = await WithUserAsync();
        var key = Base32.Decode((await storage.SecondFactors.EnrolAsync(Tenant, "ann", Cancellation))!.Reveal())!;
        Assert.Equal(SignInResult.Accepted, await SignInAsync(storage, null));
        Assert.Null(await storage.SecondFactors.ConfirmAsync(Tenant, "ann", "000000", Cancellation));

        var codes = await storage.SecondFactors.ConfirmAsync(Tenant, "ann", Code(key), Cancellation);
        Assert.Equal(SecondFactorRepository.RecoveryCodes, codes!.Distinct().Count());
        Assert.True((await storage.Users.FindAsync(Tenant, "ann", Cancellation))!.HasSecondFactor);
        Assert.Equal(SignInResult.CodeNeeded, await SignInAsync(storage, null));

        // The code that confirmed was used by that.
        Assert.Equal(SignInResult.WrongCode, await SignInAsync(storage, Code(key)));
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(SignInResult.Accepted, await SignInAsync(storage, Code(key)));
        Assert.Equal(SignInResult.WrongCode, await SignInAsync(storage, Code(key)));
        Assert.Equal(SignInResult.WrongCode, await SignInAsync(storage, "000000"));
    }

    [Fact]
    public async Task A_recovery_code_signs_in_once_and_only_hashes_lie_in_the_database()
    {
        var storage = await WithUserAsync();
        var secret = (await storage.SecondFactors.EnrolAsync(Tenant, "ann", Cancellation))!.Reveal();
        var codes = await storage.SecondFactors.ConfirmAsync(Tenant, "ann", Code(Base32.Decode(secret)!), Cancellation);

        Assert.Equal(SignInResult.Accepted, await SignInAsync(storage, codes![3]));
        Assert.Equal(SignInResult.WrongCode, await SignInAsync(storage, codes[3]));
        Assert.Equal(9, await storage.SecondFactors.RecoveryCodesLeftAsync(Tenant, "ann", Cancellation));
        Assert.Equal(0, Scalar<long>(storage, $"SELECT COUNT(*) FROM recovery_codes WHERE code_hash = '{codes[4]}'"));
        Assert.DoesNotContain(secret, Scalar<string>(storage, "SELECT totp_secret FROM users"), StringComparison.Ordinal);

        await storage.Users.ChangeAsync(Tenant, "ann", new UserChange(RemoveSecondFactor: true), Cancellation);
        Assert.Equal(SignInResult.Accepted, await SignInAsync(storage, null));
        Assert.Equal(0, Count(storage, "recovery_codes"));
    }

    [Fact]
    public async Task Wrong_codes_lock_as_wrong_passwords_do()
    {
        var storage = await WithUserAsync();
        var key = Base32.Decode((await storage.SecondFactors.EnrolAsync(Tenant, "ann", Cancellation))!.Reveal())!;
        await storage.SecondFactors.ConfirmAsync(Tenant, "ann", Code(key), Cancellation);
        for (var i = 0; i < 5; i++)
            Assert.Equal(SignInResult.WrongCode, await SignInAsync(storage, "not it"));

        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(SignInResult.Locked, await SignInAsync(storage, Code(key)));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(SignInResult.Accepted, await SignInAsync(storage, Code(key)));
    }

    private Task<SignInResult> SignInAsync(TandemStorage storage, string? code) => storage.Users.SignInAsync(Tenant, "ann", Password, code, Cancellation);

    private string Code(byte[] key) => Totp.Hotp(key, Totp.StepOf(_time.GetUtcNow()), Totp.Digits, HashAlgorithmName.SHA1);

    private async Task<TandemStorage> WithUserAsync()
    {
        var storage = OpenBeside(_time);
        Assert.True(await storage.Users.AddAsync(Tenant, "ann", "Ann", Role.Supervisor, new Secret(Password), Cancellation));
        return storage;
    }
}
