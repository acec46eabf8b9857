using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Storage.Administration;
using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Administration;

public sealed class UserRepositoryOnSqliteTests() : UserRepositoryTests(null);

public sealed class UserRepositoryOnPostgresTests(PostgresServer postgres) : UserRepositoryTests(postgres);

public abstract class UserRepositoryTests(PostgresServer? postgres) : StorageTests(postgres)
{
    private static readonly TenantId Tenant = TenantId.Default;

    [Fact]
    public async Task The_first_start_makes_one_administrator_whose_password_is_shown_once()
    {
        var storage = OpenBeside();
        var password = await storage.Users.EnsureFirstAsync(Tenant, Cancellation);

        Assert.Null(await storage.Users.EnsureFirstAsync(Tenant, Cancellation));
        Assert.Equal(SignInResult.Accepted, await storage.Users.SignInAsync(Tenant, "admin", password!.Reveal(), cancellation: Cancellation));
        Assert.Equal(SignInResult.Wrong, await storage.Users.SignInAsync(Tenant, "admin", "guess", cancellation: Cancellation));
        Assert.Equal(SignInResult.Wrong, await storage.Users.SignInAsync(Tenant, "nobody", password.Reveal(), cancellation: Cancellation));
        Assert.StartsWith("pbkdf2-sha256$600000$", Scalar<string>(storage, "SELECT password_hash FROM users"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Five_failures_lock_for_a_minute_and_the_next_for_two()
    {
        var time = new ManualTime();
        var storage = OpenBeside(time);
        await storage.Users.SetPasswordAsync(Tenant, "admin", new Secret("right"), cancellation: Cancellation);
        for (var i = 0; i < 5; i++)
            Assert.Equal(SignInResult.Wrong, await storage.Users.SignInAsync(Tenant, "admin", "wrong", cancellation: Cancellation));

        Assert.Equal(SignInResult.Locked, await storage.Users.SignInAsync(Tenant, "admin", "right", cancellation: Cancellation));
        time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(SignInResult.Wrong, await storage.Users.SignInAsync(Tenant, "admin", "wrong", cancellation: Cancellation));
        time.Advance(TimeSpan.FromSeconds(119));
        Assert.Equal(SignInResult.Locked, await storage.Users.SignInAsync(Tenant, "admin", "right", cancellation: Cancellation));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(SignInResult.Accepted, await storage.Users.SignInAsync(Tenant, "admin", "right", cancellation: Cancellation));
        Assert.Equal(0, Scalar<long>(storage, "SELECT failures FROM users"));
    }

    [Fact]
    public async Task A_token_works_until_it_expires_or_is_revoked_and_only_its_hash_is_stored()
    {
        var time = new ManualTime();
        var storage = OpenBeside(time);
        var (token, text) = await storage.Tokens.CreateAsync(Tenant, "robot", TimeSpan.FromHours(1), cancellation: Cancellation);
        var (forever, foreverText) = await storage.Tokens.CreateAsync(Tenant, "monitor", cancellation: Cancellation);

        Assert.Equal(token, await storage.Tokens.FindAsync(text.Reveal(), Cancellation));
        Assert.Equal([token.Id, forever.Id], (await storage.Tokens.ListAsync(Tenant, Cancellation)).OrderBy(t => t.ExpiresAt ?? DateTimeOffset.MaxValue).Select(t => t.Id));
        Assert.StartsWith(token.Prefix, text.Reveal(), StringComparison.Ordinal);
        Assert.Equal(0, Scalar<long>(storage, $"SELECT COUNT(*) FROM api_tokens WHERE token_hash LIKE '%{text.Reveal()[10..]}%'"));

        time.Advance(TimeSpan.FromHours(1));
        Assert.Null(await storage.Tokens.FindAsync(text.Reveal(), Cancellation));
        Assert.Equal(forever, await storage.Tokens.FindAsync(foreverText.Reveal(), Cancellation));
        Assert.True(await storage.Tokens.RevokeAsync(Tenant, forever.Id, Cancellation));
        Assert.False(await storage.Tokens.RevokeAsync(Tenant, forever.Id, Cancellation));
        Assert.Null(await storage.Tokens.FindAsync(foreverText.Reveal(), Cancellation));
    }

    [Fact]
    public async Task A_session_ends_when_its_time_is_over_or_the_user_leaves()
    {
        var time = new ManualTime();
        var storage = OpenBeside(time);
        await storage.Users.SetPasswordAsync(Tenant, "admin", new Secret("right"), cancellation: Cancellation);
        var one = (await storage.Sessions.BeginAsync(Tenant, "admin", TimeSpan.FromHours(8), cancellation: Cancellation)).Reveal();
        var two = (await storage.Sessions.BeginAsync(Tenant, "admin", TimeSpan.FromHours(8), cancellation: Cancellation)).Reveal();

        Assert.Equal(new SignedIn(Tenant, "admin", Role.Operator, Sample.Start.AddHours(8)), await storage.Sessions.FindAsync(one, Cancellation));
        await storage.Sessions.EndAsync(one, Cancellation);
        Assert.Null(await storage.Sessions.FindAsync(one, Cancellation));
        Assert.NotNull(await storage.Sessions.FindAsync(two, Cancellation));

        time.Advance(TimeSpan.FromHours(8));
        Assert.Null(await storage.Sessions.FindAsync(two, Cancellation));
        await storage.Sessions.BeginAsync(Tenant, "admin", TimeSpan.FromHours(8), cancellation: Cancellation);
        Assert.Equal(1, Count(storage, "sessions"));
    }

    [Fact]
    public async Task A_setting_is_set_replaced_and_removed()
    {
        var settings = OpenBeside().Settings;
        Assert.Null(await settings.FindAsync(Tenant, "greeting", Cancellation));
        await settings.SetAsync(Tenant, "greeting", "one", Cancellation);
        await settings.SetAsync(Tenant, "greeting", "two", Cancellation);
        Assert.Equal("two", await settings.FindAsync(Tenant, "greeting", Cancellation));
        await settings.RemoveAsync(Tenant, "greeting", Cancellation);
        Assert.Null(await settings.FindAsync(Tenant, "greeting", Cancellation));
    }
}
