using System.Text.Json;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Storage.Administration;
using Tandem.Storage.Security;

namespace Tandem.Server.Rest;

/// <summary>Users, the own account, sessions, tokens and the audit log together, as people use them.</summary>
public sealed class PeopleResourceTests(SharedApi shared) : IClassFixture<SharedApi>
{
    private const string Password = "long enough";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_user_is_made_changed_and_removed_and_the_log_says_who_did_it_without_the_password()
    {
        await using var server = await ApiServer.StartAsync();
        var (status, body) = await server.SendAsync(HttpMethod.Post, "/api/v1/users", new { name = "ann", displayName = "Ann", role = "supervisor", password = Password });
        Assert.Equal(201, status);
        Assert.DoesNotContain("assword", body, StringComparison.Ordinal);
        Assert.Equal(409, (await server.SendAsync(HttpMethod.Post, "/api/v1/users", new { name = "ann", role = "agent", password = Password })).Status);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Patch, "/api/v1/users/ann", new { role = "agent", password = "another one" })).Status);
        Assert.Equal("agent", (await server.JsonAsync("/api/v1/users/ann")).GetProperty("data").GetProperty("role").GetString());
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Delete, "/api/v1/users/ann")).Status);
        Assert.Equal(404, (await server.GetAsync("/api/v1/users/ann")).Status);

        await server.Storage.Writer.FlushAsync(Cancellation);
        var (_, log) = await server.GetAsync("/api/v1/audit?target=ann");
        var actions = JsonDocument.Parse(log).RootElement.GetProperty("data").GetProperty("entries").EnumerateArray().ToList();
        Assert.Equal(["user.change", "user.create", "user.remove"], actions.Select(a => a.GetProperty("action").GetString()).Order());
        Assert.All(actions, a => Assert.Equal(("loopback", "127.0.0.1"), (a.GetProperty("actor").GetString(), a.GetProperty("source").GetString())));
        Assert.DoesNotContain(Password, log, StringComparison.Ordinal);
        Assert.DoesNotContain("another one", log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"Ann","role":"agent","password":"long enough"}""", "name")]
    [InlineData("""{"name":"a/b","role":"agent","password":"long enough"}""", "name")]
    [InlineData("""{"name":"a b\r\n","role":"agent","password":"long enough"}""", "name")]
    [InlineData("""{"role":"agent","password":"long enough"}""", "name")]
    [InlineData("""{"name":"ann","role":"root","password":"long enough"}""", "role")]
    [InlineData("""{"name":"ann","password":"long enough"}""", "role")]
    [InlineData("""{"name":"ann","role":"agent"}""", "password")]
    [InlineData("""{"name":"ann","role":"agent","password":"short"}""", "password")]
    [InlineData("""{"name":"ann","role":"agent","password":"long\u0000enough"}""", "password")]
    [InlineData("""{"name":"ann","role":"agent","password":"long enough","displayName":"a\u001bb"}""", "displayName")]
    public async Task A_field_that_is_not_accepted_is_named(string body, string field)
    {
        var server = shared.Server;
        var (status, text) = await server.SendAsync(HttpMethod.Post, "/api/v1/users", JsonDocument.Parse(body).RootElement);
        Assert.Equal(400, status);
        var failure = JsonDocument.Parse(text).RootElement;
        Assert.Equal(("INVALID", field), (failure.GetProperty("code").GetString(), failure.GetProperty("field").GetString()));
        Assert.NotEqual("", failure.GetProperty("accepted").GetString());
    }

    // The rule that matters most: nobody lifts himself, or anybody, above what he is.
    [Fact]
    public async Task A_tenant_admin_makes_no_operator_and_changes_none()
    {
        await using var server = await ApiServer.StartAsync(ApiServer.Production);
        await server.Storage.Users.EnsureFirstAsync(TenantId.Default, Cancellation);
        var admin = await TokenAsync(server, Role.TenantAdmin, PermissionSet.All);
        Assert.Equal(403, (await server.SendAsync(HttpMethod.Post, "/api/v1/users", new { name = "x", role = "operator", password = Password }, admin)).Status);
        Assert.Equal(403, (await server.SendAsync(HttpMethod.Patch, "/api/v1/users/admin", new { password = Password }, admin)).Status);
        Assert.Equal(403, (await server.SendAsync(HttpMethod.Delete, "/api/v1/users/admin", null, admin)).Status);
        Assert.Equal(201, (await server.SendAsync(HttpMethod.Post, "/api/v1/users", new { name = "x", role = "tenant-admin", password = Password }, admin)).Status);
        Assert.Equal(403, (await server.SendAsync(HttpMethod.Patch, "/api/v1/users/x", new { role = "operator" }, admin)).Status);

        // A token that may look after users, and little else, makes no user who may do more.
        var narrow = await TokenAsync(server, Role.TenantAdmin, PermissionSet.Of(Permission.UsersWrite, Permission.CallsRead));
        Assert.Equal(403, (await server.SendAsync(HttpMethod.Post, "/api/v1/users", new { name = "y", role = "agent", password = Password }, narrow)).Status);
    }

    [Fact]
    public async Task The_last_operator_stays_and_operators_belong_to_the_default_tenant()
    {
        await using var server = await ApiServer.StartAsync();
        await server.Storage.Users.EnsureFirstAsync(TenantId.Default, Cancellation);
        await server.Storage.Tenants.AddAsync(new Tenant(new TenantId("other"), "Other"), Cancellation);
        var (status, body) = await server.SendAsync(HttpMethod.Delete, "/api/v1/users/admin");
        Assert.Equal(409, status);
        Assert.Contains("LAST_OPERATOR", body, StringComparison.Ordinal);
        Assert.Equal(403, (await server.SendAsync(HttpMethod.Post, "/api/v1/users", new { name = "x", role = "operator", password = Password }, ("X-Tenant", "other"))).Status);
    }

    [Fact]
    public async Task A_user_sets_up_the_second_factor_and_signs_in_with_it()
    {
        await using var server = await ApiServer.StartAsync(ApiServer.Production);
        Assert.True(await server.Storage.Users.AddAsync(TenantId.Default, "ann", "Ann", Role.Agent, new Secret(Password), Cancellation));
        var cookie = await SignInAsync(server, new { user = "ann", password = Password });

        Assert.Equal(403, (await server.SendAsync(HttpMethod.Post, "/api/v1/me/second-factor", new { password = "wrong one" }, cookie)).Status);
        var (_, enrolled) = await server.SendAsync(HttpMethod.Post, "/api/v1/me/second-factor", new { password = Password }, cookie);
        var secret = JsonDocument.Parse(enrolled).RootElement.GetProperty("data").GetProperty("secret").GetString()!;
        Assert.Contains($"otpauth://totp/Tandem%3Aann?secret={secret}&issuer=Tandem", JsonDocument.Parse(enrolled).RootElement.GetProperty("data").GetProperty("uri").GetString(), StringComparison.Ordinal);
        Assert.Equal(403, (await server.SendAsync(HttpMethod.Post, "/api/v1/me/second-factor/confirm", new { code = "none" }, cookie)).Status);
        var (confirmed, codes) = await server.SendAsync(HttpMethod.Post, "/api/v1/me/second-factor/confirm", new { code = CodeNow(secret) }, cookie);
        Assert.Equal(200, confirmed);
        var recovery = JsonDocument.Parse(codes).RootElement.GetProperty("data").GetProperty("codes")[0].GetString();

        Assert.Equal(
            (401, """{"success":false,"error":"The code of the second factor is needed: send the same again with code","code":"CODE_REQUIRED"}"""),
            await server.SendAsync(HttpMethod.Post, "/api/v1/sessions", new { user = "ann", password = Password }));
        Assert.Contains("WRONG_CODE", (await server.SendAsync(HttpMethod.Post, "/api/v1/sessions", new { user = "ann", password = Password, code = "none" })).Body, StringComparison.Ordinal);
        var again = await SignInAsync(server, new { user = "ann", password = Password, code = recovery });
        var me = JsonDocument.Parse((await server.GetAsync("/api/v1/me", again)).Body).RootElement.GetProperty("data");
        Assert.Equal((true, 9, "agent", "default"), (me.GetProperty("secondFactor").GetBoolean(), me.GetProperty("recoveryCodesLeft").GetInt32(), me.GetProperty("role").GetString(), me.GetProperty("tenant").GetString()));

        Assert.Equal(200, (await server.SendAsync(HttpMethod.Post, "/api/v1/me/second-factor/remove", new { password = Password }, again)).Status);
        await SignInAsync(server, new { user = "ann", password = Password });
    }

    [Fact]
    public async Task Sessions_are_listed_and_ended_and_a_new_password_ends_all()
    {
        await using var server = await ApiServer.StartAsync(ApiServer.Production);
        foreach (var name in new[] { "ann", "bob" })
            Assert.True(await server.Storage.Users.AddAsync(TenantId.Default, name, "", Role.Agent, new Secret(Password), Cancellation));
        var one = await SignInAsync(server, new { user = "ann", password = Password });
        var two = await SignInAsync(server, new { user = "ann", password = Password });
        var bob = await SignInAsync(server, new { user = "bob", password = Password });

        var sessions = JsonDocument.Parse((await server.GetAsync("/api/v1/sessions", one)).Body).RootElement.GetProperty("data").EnumerateArray().ToList();
        Assert.Equal(2, sessions.Count);
        var other = Assert.Single(sessions, s => !s.GetProperty("current").GetBoolean()).GetProperty("id").GetString();
        Assert.Equal(403, (await server.GetAsync("/api/v1/sessions?all=true", one)).Status);
        Assert.Equal(404, (await server.SendAsync(HttpMethod.Delete, $"/api/v1/sessions/{other}", null, bob)).Status);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Delete, $"/api/v1/sessions/{other}", null, one)).Status);
        Assert.Equal(401, (await server.GetAsync("/api/v1/me", two)).Status);

        Assert.Equal(403, (await server.SendAsync(HttpMethod.Put, "/api/v1/me/password", new { password = "not mine", newPassword = "a new password" }, one)).Status);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Put, "/api/v1/me/password", new { password = Password, newPassword = "a new password" }, one)).Status);
        Assert.Equal(401, (await server.GetAsync("/api/v1/me", one)).Status);
        await SignInAsync(server, new { user = "ann", password = "a new password" });
    }

    [Fact]
    public async Task A_person_of_a_tenant_signs_in_there_and_nowhere_else()
    {
        await using var server = await ApiServer.StartAsync(ApiServer.Production);
        var other = new TenantId("other");
        await server.Storage.Tenants.AddAsync(new Tenant(other, "Other"), Cancellation);
        Assert.True(await server.Storage.Users.AddAsync(other, "ann", "", Role.TenantAdmin, new Secret(Password), Cancellation));

        Assert.Equal(401, (await server.SendAsync(HttpMethod.Post, "/api/v1/sessions", new { user = "ann", password = Password })).Status);
        Assert.Equal(401, (await server.SendAsync(HttpMethod.Post, "/api/v1/sessions", new { user = "ann", password = Password, tenant = "none" })).Status);
        var cookie = await SignInAsync(server, new { user = "ann", password = Password, tenant = "other" });
        Assert.Equal((200, "[]"), await server.GetAsync("/api/extensions", cookie));
        Assert.Equal(404, (await server.GetAsync("/api/extensions", cookie, ("X-Tenant", "default"))).Status);
    }

    [Fact]
    public async Task A_token_is_made_with_scopes_and_grants_no_more_than_its_maker_has()
    {
        await using var server = await ApiServer.StartAsync(ApiServer.Production);
        var maker = await TokenAsync(server, Role.TenantAdmin, PermissionSet.Of(Permission.TokensWrite, Permission.CallsRead));
        Assert.Equal(403, (await server.SendAsync(HttpMethod.Post, "/api/v1/tokens", new { name = "x", scopes = new[] { "calls:read", "cdr:read" } }, maker)).Status);
        Assert.Equal(400, (await server.SendAsync(HttpMethod.Post, "/api/v1/tokens", new { name = "x", scopes = new[] { "everything" } }, maker)).Status);
        Assert.Equal(400, (await server.SendAsync(HttpMethod.Post, "/api/v1/tokens", new { name = "x", addresses = new[] { "192.0.2.1/24" } }, maker)).Status);
        Assert.Equal(400, (await server.SendAsync(HttpMethod.Post, "/api/v1/tokens", new { name = "x", days = 0 }, maker)).Status);

        var (status, body) = await server.SendAsync(HttpMethod.Post, "/api/v1/tokens", new { name = "x", scopes = new[] { "calls:read" }, addresses = new[] { "127.0.0.0/8" }, days = 1 }, maker);
        Assert.Equal(201, status);
        var made = JsonDocument.Parse(body).RootElement.GetProperty("data");
        var header = ("Authorization", "Bearer " + made.GetProperty("text").GetString());
        Assert.Equal(200, (await server.GetAsync("/api/calls", header)).Status);
        Assert.Equal(403, (await server.GetAsync("/api/calls/history", header)).Status);
        var (_, list) = await server.GetAsync("/api/v1/tokens", maker);
        Assert.DoesNotContain(made.GetProperty("text").GetString()!, list, StringComparison.Ordinal);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Delete, "/api/v1/tokens/" + made.GetProperty("token").GetProperty("id").GetString(), null, maker)).Status);
        Assert.Equal(401, (await server.GetAsync("/api/calls", header)).Status);
    }

    private static async Task<(string, string)> TokenAsync(ApiServer server, Role role, PermissionSet scopes) =>
        ("Authorization", "Bearer " + (await server.Storage.Tokens.CreateAsync(
            TenantId.Default, "robot", grant: new TokenGrant(scopes, role, TenantId.Default), cancellation: Cancellation)).Text.Reveal());

    private static async Task<(string, string)> SignInAsync(ApiServer server, object body)
    {
        using var begun = await server.RawAsync(HttpMethod.Post, "/api/v1/sessions", body);
        Assert.Equal(201, (int)begun.StatusCode);
        return ("Cookie", begun.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
    }

    // The confirming code is one of the time: at the end of its 30 seconds that of the next is accepted as well.
    private static string CodeNow(string secret) =>
        Totp.Hotp(Base32.Decode(secret)!, Totp.StepOf(DateTimeOffset.UtcNow), Totp.Digits, System.Security.Cryptography.HashAlgorithmName.SHA1);
}
