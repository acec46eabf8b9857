using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Server.Rest;

namespace Tandem.Server.Http;

public sealed class HttpAuthenticationTests
{
    private const string Refused = """{"error":"Authentication required"}""";

    [Theory]
    [InlineData(200)]
    [InlineData(200, "Host", "localhost:3000")]
    [InlineData(200, "Host", "[::1]:3000")]
    [InlineData(200, "Host", "pbx.example.org")]
    [InlineData(401, "Host", "evil.example:3000")]
    [InlineData(401, "Host", "127.0.0.1.evil.example")]
    [InlineData(401, "Origin", "http://evil.example")]
    [InlineData(401, "Origin", "null")]
    [InlineData(401, "Sec-Fetch-Site", "cross-site")]
    [InlineData(200, "Sec-Fetch-Site", "same-origin")]
    [InlineData(401, "X-Forwarded-For", "203.0.113.9")]
    [InlineData(401, "Forwarded", "for=203.0.113.9")]
    [InlineData(401, "X-Real-IP", "203.0.113.9")]
    [InlineData(401, "Via", "1.1 proxy")]
    public async Task In_development_this_machine_is_administrator_unless_another_site_or_proxy_speaks_through_it(int expected, string? name = null, string value = "")
    {
        await using var server = await ApiServer.StartAsync(o => o with { Server = o.Server with { ServerAddress = "pbx.example.org" } });
        Assert.Equal(expected, (await server.GetAsync("/api/users", name is null ? [] : [(name, value)])).Status);
    }

    [Fact]
    public async Task A_page_of_our_own_may_send_its_origin()
    {
        await using var server = await ApiServer.StartAsync();
        Assert.Equal(200, (await server.GetAsync("/api/users", ("Origin", server.Client.BaseAddress!.GetLeftPart(UriPartial.Authority)))).Status);
    }

    [Fact]
    public async Task An_origin_that_is_listed_by_name_may_call_and_the_star_lists_nobody()
    {
        await using var listed = await ApiServer.StartAsync(o => o with { Http = o.Http with { CorsOrigins = ["https://desk.example"] } });
        Assert.Equal(200, (await listed.GetAsync("/api/users", ("Origin", "https://desk.example"))).Status);

        await using var any = await ApiServer.StartAsync();
        Assert.Equal((401, Refused), await any.GetAsync("/api/users", ("Origin", "https://desk.example")));
    }

    [Theory]
    [InlineData("/api/users")]
    [InlineData("/api/statistics")]
    [InlineData("/api/nothing")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/")]
    public async Task In_production_nobody_reads_without_proof(string path)
    {
        await using var server = await ApiServer.StartAsync(ApiServer.Production);
        using var response = await server.RawAsync(HttpMethod.Get, path);
        Assert.Equal(401, (int)response.StatusCode);
        Assert.Equal("Bearer realm=\"tandem\"", response.Headers.WwwAuthenticate.ToString());
        Assert.Equal(Refused, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_token_opens_until_it_is_revoked()
    {
        await using var server = await ApiServer.StartAsync(ApiServer.Production);
        var (token, text) = await server.Storage.Tokens.CreateAsync(TenantId.Default, "robot");
        var header = ("Authorization", $"Bearer {text.Reveal()}");

        Assert.Equal(200, (await server.GetAsync("/api/users", header)).Status);
        Assert.Equal(401, (await server.GetAsync("/api/users", ("Authorization", "Bearer nonsense"))).Status);
        await server.Storage.Tokens.RevokeAsync(TenantId.Default, token.Id);
        Assert.Equal(401, (await server.GetAsync("/api/users", header)).Status);
    }

    [Fact]
    public async Task A_wrong_token_is_refused_even_from_this_machine()
    {
        await using var server = await ApiServer.StartAsync();
        Assert.Equal(200, (await server.GetAsync("/api/users")).Status);
        Assert.Equal(401, (await server.GetAsync("/api/users", ("Authorization", "Bearer nonsense"), ("Origin", "http://evil.example"))).Status);
    }

    [Fact]
    public async Task A_session_begins_with_user_and_password_and_ends_when_the_user_leaves()
    {
        await using var server = await ApiServer.StartAsync(ApiServer.Production);
        await server.Storage.Users.SetPasswordAsync(TenantId.Default, "admin", new Secret("right"));

        using var begun = await server.RawAsync(HttpMethod.Post, "/api/v1/sessions", new { user = "admin", password = "right" });
        Assert.Equal(201, (int)begun.StatusCode);
        var cookie = Assert.Single(begun.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        var header = ("Cookie", cookie.Split(';')[0]);

        Assert.Equal(200, (await server.GetAsync("/api/users", header)).Status);
        Assert.Equal(401, (await server.GetAsync("/api/users", header, ("Origin", "http://evil.example"))).Status);
        Assert.Contains("\"user\":\"admin\",\"kind\":\"session\"", (await server.GetAsync("/api/v1/sessions/current", header)).Body, StringComparison.Ordinal);

        Assert.Equal((200, """{"success":true,"data":null}"""), await server.SendAsync(HttpMethod.Delete, "/api/v1/sessions/current", null, header));
        Assert.Equal(401, (await server.GetAsync("/api/users", header)).Status);
    }

    [Fact]
    public async Task A_wrong_password_an_unknown_user_and_a_locked_user_get_the_same_answer()
    {
        const string wrong = """{"success":false,"error":"Wrong user or password","code":"WRONG_CREDENTIALS"}""";
        await using var server = await ApiServer.StartAsync(ApiServer.Production);
        await server.Storage.Users.SetPasswordAsync(TenantId.Default, "admin", new Secret("right"));

        Assert.Equal((401, wrong), await server.SendAsync(HttpMethod.Post, "/api/v1/sessions", new { user = "nobody", password = "right" }));
        for (var i = 0; i < 5; i++)
            Assert.Equal((401, wrong), await server.SendAsync(HttpMethod.Post, "/api/v1/sessions", new { user = "admin", password = "guess" }));
        Assert.Equal((401, wrong), await server.SendAsync(HttpMethod.Post, "/api/v1/sessions", new { user = "admin", password = "right" }));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"user\":\"admin\"")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task A_sign_in_that_cannot_be_read_is_400(string body)
    {
        await using var server = await ApiServer.StartAsync(ApiServer.Production);
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await server.Client.PostAsync("/api/v1/sessions", content, TestContext.Current.CancellationToken);
        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("\"success\":false", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }
}
