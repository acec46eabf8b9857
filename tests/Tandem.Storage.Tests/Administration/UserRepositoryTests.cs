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
    public async Task The_last_operator_can_be_neither_removed_nor_disabled_nor_made_something_else()
    {
        var users = OpenBeside().Users;
        await users.EnsureFirstAsync(Tenant, Cancellation);
        Assert.Equal(UserSave.LastOperator, await users.RemoveAsync(Tenant, "admin", Cancellation));
        Assert.Equal(UserSave.LastOperator, await users.ChangeAsync(Tenant, "admin", new UserChange(Enabled: false), Cancellation));
        Assert.Equal(UserSave.LastOperator, await users.ChangeAsync(Tenant, "admin", new UserChange(Role: Role.TenantAdmin), Cancellation));

        Assert.True(await users.AddAsync(Tenant, "second", "", Role.Operator, new Secret("long enough"), Cancellation));
        Assert.Equal(UserSave.Done, await users.ChangeAsync(Tenant, "second", new UserChange(Enabled: false), Cancellation));
        Assert.Equal(UserSave.LastOperator, await users.RemoveAsync(Tenant, "admin", Cancellation));
        Assert.Equal(UserSave.Done, await users.ChangeAsync(Tenant, "second", new UserChange(Enabled: true), Cancellation));
        Assert.Equal(UserSave.Done, await users.RemoveAsync(Tenant, "admin", Cancellation));
        Assert.Equal(UserSave.Unknown, await users.RemoveAsync(Tenant, "admin", Cancellation));
    }

    [Fact]
    public async Task Two_operators_that_remove_each_other_leave_one()
    {
        var users = OpenBeside().Users;
        foreach (var name in new[] { "one", "two" })
            Assert.True(await users.AddAsync(Tenant, name, "", Role.Operator, new Secret("long enough"), Cancellation));

        var ends = await Task.WhenAll(users.RemoveAsync(Tenant, "one", Cancellation), users.RemoveAsync(Tenant, "two", Cancellation));
        Assert.Equal([UserSave.Done, UserSave.LastOperator], ends.Order());
        Assert.Single(await users.ListAsync(Tenant, Cancellation));
    }

    [Fact]
    public async Task A_user_of_one_tenant_is_none_of_another_and_a_disabled_one_is_signed_out()
    {
        var storage = OpenBeside();
        await storage.Tenants.AddAsync(new Tenant(new TenantId("other"), "Other"), Cancellation);
        Assert.True(await storage.Users.AddAsync(Tenant, "ann", "Ann", Role.Agent, new Secret("long enough"), Cancellation));
        Assert.False(await storage.Users.AddAsync(Tenant, "ann", "Ann", Role.Agent, new Secret("long enough"), Cancellation));
        Assert.Equal(SignInResult.Wrong, await storage.Users.SignInAsync(new TenantId("other"), "ann", "long enough", cancellation: Cancellation));
        Assert.Null(await storage.Users.FindAsync(new TenantId("other"), "ann", Cancellation));

        var cookie = (await storage.Sessions.BeginAsync(Tenant, "ann", TimeSpan.FromHours(1), cancellation: Cancellation)).Reveal();
        Assert.Equal(Role.Agent, (await storage.Sessions.FindAsync(cookie, Cancellation))!.Role);
        await storage.Users.ChangeAsync(Tenant, "ann", new UserChange(Role: Role.Supervisor), Cancellation);
        Assert.Equal(Role.Supervisor, (await storage.Sessions.FindAsync(cookie, Cancellation))!.Role);
        await storage.Users.ChangeAsync(Tenant, "ann", new UserChange(Enabled: false), Cancellation);
        Assert.Null(await storage.Sessions.FindAsync(cookie, Cancellation));
        Assert.Equal(SignInResult.Wrong, await storage.Users.SignInAsync(Tenant, "ann", "long enough", cancellation: Cancellation));
    }

    [Fact]
    public async Task A_token_does_no_more_than_its_scopes_its_role_and_its_maker_now()
    {
        var time = new ManualTime();
        var storage = OpenBeside(time);
        await storage.Users.EnsureFirstAsync(Tenant, Cancellation);
        Assert.True(await storage.Users.AddAsync(Tenant, "ann", "", Role.TenantAdmin, new Secret("long enough"), Cancellation));
        var grant = new TokenGrant(PermissionSet.Of(Permission.CallsRead, Permission.UsersWrite), Role.TenantAdmin, Tenant, "ann", "192.0.2.0/24,2001:db8::1/128");
        var (made, text) = await storage.Tokens.CreateAsync(Tenant, "robot", grant: grant, cancellation: Cancellation);
        Assert.Equal(made, await storage.Tokens.FindAsync(text.Reveal(), Cancellation));
        Assert.Equal(grant.Scopes, made.Permissions);
        Assert.True(made.Allows(System.Net.IPAddress.Parse("192.0.2.77")));
        Assert.True(made.Allows(System.Net.IPAddress.Parse("::ffff:192.0.2.77")));
        Assert.True(made.Allows(System.Net.IPAddress.Parse("2001:db8::1")));
        Assert.False(made.Allows(System.Net.IPAddress.Parse("192.0.3.77")));
        Assert.False(made.Allows(null));

        await storage.Users.ChangeAsync(Tenant, "ann", new UserChange(Role: Role.ReadOnly), Cancellation);
        Assert.Equal(PermissionSet.Of(Permission.CallsRead), (await storage.Tokens.FindAsync(text.Reveal(), Cancellation))!.Permissions);
        await storage.Users.ChangeAsync(Tenant, "ann", new UserChange(Enabled: false), Cancellation);
        Assert.Null(await storage.Tokens.FindAsync(text.Reveal(), Cancellation));
        await storage.Users.RemoveAsync(Tenant, "ann", Cancellation);
        Assert.Empty(await storage.Tokens.ListAsync(Tenant, Cancellation));
    }

    [Fact]
    public async Task A_token_of_another_tenant_is_never_an_operator()
    {
        var storage = OpenBeside();
        var other = new TenantId("other");
        await storage.Tenants.AddAsync(new Tenant(other, "Other"), Cancellation);
        var (token, text) = await storage.Tokens.CreateAsync(other, "robot", grant: new TokenGrant(PermissionSet.All, Role.Operator, Tenant), cancellation: Cancellation);

        Assert.Equal(Role.TenantAdmin, token.Role);
        Assert.Equal(token, await storage.Tokens.FindAsync(text.Reveal(), Cancellation));
        Assert.False(token.Permissions.Contains(Permission.SystemRead));
        Assert.False(await storage.Tokens.RevokeAsync(Tenant, token.Id, Cancellation));
    }

    [Fact]
    public async Task The_last_use_of_a_token_is_written_once_a_minute()
    {
        var time = new ManualTime();
        var storage = OpenBeside(time);
        var (_, text) = await storage.Tokens.CreateAsync(Tenant, "robot", cancellation: Cancellation);
        async Task<DateTimeOffset?> UseAsync()
        {
            await storage.Tokens.TouchAsync((await storage.Tokens.FindAsync(text.Reveal(), Cancellation))!, Cancellation);
            return (await storage.Tokens.ListAsync(Tenant, Cancellation))[0].LastUsedAt;
        }

        Assert.Equal(Sample.Start, await UseAsync());
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(Sample.Start, await UseAsync());
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Sample.Start.AddSeconds(60), await UseAsync());
    }

    [Fact]
    public async Task Sessions_are_listed_and_ended_by_their_ids()
    {
        var storage = OpenBeside(new ManualTime());
        foreach (var name in new[] { "ann", "bob" })
            Assert.True(await storage.Users.AddAsync(Tenant, name, "", Role.Agent, new Secret("long enough"), Cancellation));
        var cookie = (await storage.Sessions.BeginAsync(Tenant, "ann", TimeSpan.FromHours(1), "192.0.2.1", "Browser", Cancellation)).Reveal();
        await storage.Sessions.BeginAsync(Tenant, "bob", TimeSpan.FromHours(1), cancellation: Cancellation);

        var id = SessionRepository.IdOf(cookie);
        Assert.Equal([new SessionEntry(id, "ann", Sample.Start, Sample.Start.AddHours(1), "192.0.2.1", "Browser")], await storage.Sessions.ListAsync(Tenant, "ann", Cancellation));
        Assert.Equal(2, (await storage.Sessions.ListAsync(Tenant, null, Cancellation)).Count);
        Assert.Empty(await storage.Sessions.ListAsync(new TenantId("other"), null, Cancellation));

        foreach (var wrong in new[] { "%", "", "________________", id[..15] + "%", new string('0', 17) })
            Assert.False(await storage.Sessions.EndByIdAsync(Tenant, wrong, null, Cancellation));
        Assert.False(await storage.Sessions.EndByIdAsync(Tenant, id, "bob", Cancellation));
        Assert.False(await storage.Sessions.EndByIdAsync(new TenantId("other"), id, null, Cancellation));
        Assert.True(await storage.Sessions.EndByIdAsync(Tenant, id, "ann", Cancellation));
        Assert.Null(await storage.Sessions.FindAsync(cookie, Cancellation));
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
