using System.Text.Json;
using Tandem.Calls.Tenants;
using Tandem.Server.Rest;

namespace Tandem.Server.Http;

public sealed class ApiSetupTests
{
    [Theory]
    [InlineData("/api/nothing", """{"error":"Not found"}""")]
    [InlineData("/nothing", """{"error":"Not found"}""")]
    [InlineData("/api/v1/nothing", """{"success":false,"error":"Not found","code":"NOT_FOUND"}""")]
    public async Task An_unknown_route_is_404_in_the_shape_of_its_place(string path, string body)
    {
        await using var server = await ApiServer.StartAsync();
        Assert.Equal((404, body), await server.GetAsync(path));
    }

    [Fact]
    public async Task A_method_that_a_route_does_not_have_is_404_as_in_document_5()
    {
        await using var server = await ApiServer.StartAsync();
        Assert.Equal((404, """{"error":"Not found"}"""), await server.SendAsync(HttpMethod.Put, "/api/users"));
    }

    // RFC 9110 §9.3.2: monitors and load balancers ask with HEAD.
    [Theory]
    [InlineData("/health", 200)]
    [InlineData("/api/users", 200)]
    [InlineData("/api/nothing", 404)]
    public async Task HEAD_is_answered_as_GET_without_the_body(string path, int status)
    {
        await using var server = await ApiServer.StartAsync();
        Assert.Equal((status, ""), await server.SendAsync(HttpMethod.Head, path));
    }

    [Fact]
    public async Task A_body_of_a_type_that_is_not_read_is_415()
    {
        await using var server = await ApiServer.StartAsync();
        using var content = new StringContent("user=admin", System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");
        using var response = await server.Client.PostAsync("/api/v1/sessions", content, TestContext.Current.CancellationToken);
        Assert.Equal(415, (int)response.StatusCode);
        Assert.Equal(
            """{"success":false,"error":"The body must be application/json","code":"UNSUPPORTED_TYPE"}""",
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_admin_routes_do_not_exist_in_production()
    {
        await using var server = await ApiServer.StartAsync(ApiServer.Production);
        var (_, text) = await server.Storage.Tokens.CreateAsync(TenantId.Default, "robot");
        foreach (var path in new[] { "/api/admin/clear-calls", "/api/admin/clear-users" })
            Assert.Equal(404, (await server.SendAsync(HttpMethod.Post, path, null, ("Authorization", $"Bearer {text.Reveal()}"))).Status);
    }

    [Fact]
    public async Task A_request_too_many_gets_the_words_of_document_5_and_the_headers_say_how_it_stands()
    {
        await using var server = await ApiServer.StartAsync(o => o with { Http = o.Http with { RateLimitMax = 2, RateLimitWindow = TimeSpan.FromMinutes(15) } });

        using (var first = await server.RawAsync(HttpMethod.Get, "/api/users"))
        {
            Assert.Equal("2", first.Headers.GetValues("RateLimit-Limit").Single());
            Assert.Equal("1", first.Headers.GetValues("RateLimit-Remaining").Single());
            Assert.Equal("2;w=900", first.Headers.GetValues("RateLimit-Policy").Single());
            Assert.Equal("900", first.Headers.GetValues("RateLimit-Reset").Single());
            Assert.DoesNotContain(first.Headers, h => h.Key.StartsWith("X-RateLimit", StringComparison.OrdinalIgnoreCase));
        }

        Assert.Equal(200, (await server.GetAsync("/api/users")).Status);
        Assert.Equal((429, """{"error":"Too many requests from this IP, please try again later."}"""), await server.GetAsync("/api/users"));
        Assert.Equal(200, (await server.GetAsync("/health")).Status);
    }

    // compatibility.md §3.1: document 3 answers a line of plain text.
    [Theory]
    [InlineData("GET", "/api/v1/calls")]
    [InlineData("GET", "/api/v1/calls/sessions/active")]
    [InlineData("POST", "/api/v1/calls/00000000-0000-4000-8000-000000000000/end")]
    public async Task On_the_routes_of_document_3_a_request_too_many_gets_a_line_of_text(string method, string path)
    {
        await using var server = await ApiServer.StartAsync(o => o with { Http = o.Http with { RateLimitMax = 1 } });
        Assert.Equal(200, (await server.GetAsync("/api/v1/calls")).Status);
        using var refused = await server.RawAsync(new HttpMethod(method), path, method == "POST" ? new { duration = 1 } : null);
        Assert.Equal((429, "text/plain"), ((int)refused.StatusCode, refused.Content.Headers.ContentType!.MediaType));
        Assert.Equal("Too many requests from this IP, please try again later.", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("0", refused.Headers.GetValues("RateLimit-Remaining").Single());
    }

    [Fact]
    public async Task A_database_that_fails_is_500_without_details()
    {
        await using var server = await ApiServer.StartAsync();
        await using (var connection = server.Storage.Database.Connect())
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "ALTER TABLE cdrs RENAME TO gone";
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal((500, """{"error":"Internal server error"}"""), await server.GetAsync("/api/calls/history"));
    }

    [Fact]
    public async Task A_body_over_the_limit_is_413()
    {
        await using var server = await ApiServer.StartAsync(o => o with { Http = o.Http with { MaxBodyBytes = 1024 } });
        Assert.Equal((413, """{"success":false,"error":"Request body too large","code":"TOO_LARGE"}"""),
            await server.SendAsync(HttpMethod.Post, "/api/v1/sessions", new { user = "admin", password = new string('x', 4000) }));
    }

    [Theory]
    [InlineData("*", "https://desk.example", "*", null)]
    [InlineData("https://desk.example", "https://desk.example", "https://desk.example", "true")]
    [InlineData("https://desk.example", "https://evil.example", null, null)]
    public async Task Preflights_are_answered_for_the_origins_that_are_allowed(string allowed, string origin, string? answered, string? credentials)
    {
        await using var server = await ApiServer.StartAsync(o => ApiServer.Production(o) with { Http = o.Http with { CorsOrigins = [allowed] } });
        using var response = await server.RawAsync(HttpMethod.Options, "/api/users", null, ("Origin", origin), ("Access-Control-Request-Method", "DELETE"));

        Assert.Equal(204, (int)response.StatusCode);
        Assert.Equal(answered, response.Headers.TryGetValues("Access-Control-Allow-Origin", out var value) ? value.Single() : null);
        Assert.Equal(credentials, response.Headers.TryGetValues("Access-Control-Allow-Credentials", out var with) ? with.Single() : null);
    }

    [Fact]
    public async Task The_api_describes_itself()
    {
        await using var server = await ApiServer.StartAsync();
        var document = await server.JsonAsync("/openapi/v1.json");

        var paths = document.GetProperty("paths").EnumerateObject().Select(p => p.Name).ToHashSet();
        Assert.Superset(
            new HashSet<string> { "/api/users", "/api/users/{username}", "/api/calls", "/api/calls/history", "/api/extensions", "/api/rtp-streams", "/api/statistics", "/api/admin/clear-calls", "/api/v1/bans", "/api/v1/bans/{source}", "/api/v1/sessions", "/health/ready" },
            paths);
        Assert.Equal(JsonValueKind.Object, document.GetProperty("components").GetProperty("schemas").GetProperty("ActiveCall").ValueKind);
    }
}
