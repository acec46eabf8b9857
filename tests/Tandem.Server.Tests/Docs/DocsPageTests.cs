using System.Text.Json;
using System.Text.RegularExpressions;
using Tandem.Server.Rest;

namespace Tandem.Server.Docs;

public partial class DocsPageTests
{
    [Fact]
    public async Task Every_route_has_a_summary_its_answers_and_examples()
    {
        await using var server = await ApiServer.StartAsync();
        var api = await server.JsonAsync("/openapi/v1.json");
        Assert.StartsWith("3.1.", api.GetProperty("openapi").GetString());
        var routes = 0;
        var silent = new List<string>();
        foreach (var path in api.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                var name = $"{operation.Name} {path.Name}";
                routes++;
                Assert.True(operation.Value.TryGetProperty("summary", out var summary) && summary.GetString()!.Length > 5, $"{name} has no summary");
                var responses = operation.Value.GetProperty("responses").EnumerateObject().ToList();
                if (!responses.Exists(response => response.Name == "101" || response.Name[0] is '2' or '3')) // 101: what a WebSocket is answered with
                    silent.Add(name);
                Assert.All(responses, response => Assert.False(string.IsNullOrWhiteSpace(response.Value.GetProperty("description").GetString()), $"{name} {response.Name}"));
                foreach (var media in responses.Where(response => response.Value.TryGetProperty("content", out _)).SelectMany(response => response.Value.GetProperty("content").EnumerateObject()))
                    Assert.True(media.Value.TryGetProperty("example", out _), $"{name} has no example");
                if (operation.Value.TryGetProperty("requestBody", out var body))
                    Assert.All(body.GetProperty("content").EnumerateObject(), media => Assert.True(media.Value.TryGetProperty("example", out _), $"{name} has no example of its body"));
                if (path.Name.StartsWith("/api/", StringComparison.Ordinal))
                    Assert.Superset(new HashSet<string> { "400", "401", "403", "429" }, responses.Select(response => response.Name).ToHashSet());
            }
        }

        Assert.Empty(silent);
        Assert.True(routes > 40);
        var made = api.GetProperty("paths").GetProperty("/api/v1/calls").GetProperty("post").GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("example");
        Assert.Equal(("+79001234567", "incoming"), (made.GetProperty("phoneNumber").GetString(), made.GetProperty("direction").GetString()));
    }

    [Fact]
    public async Task The_page_loads_nothing_from_anywhere_else()
    {
        await using var server = await ApiServer.StartAsync(ApiServer.Production);
        foreach (var path in new[] { "/docs", "/docs/docs.js", "/docs/docs.css" })
        {
            using var response = await server.RawAsync(HttpMethod.Get, path);
            Assert.Equal(200, (int)response.StatusCode);
            Assert.Contains("default-src 'none'; script-src 'self'", response.Headers.GetValues("Content-Security-Policy").Single());
            Assert.Empty(Foreign().Matches(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        }
    }

    // What Helmet sets.
    [Fact]
    public async Task Every_answer_has_the_headers_that_keep_browsers_from_harm()
    {
        await using var server = await ApiServer.StartAsync();
        using var response = await server.RawAsync(HttpMethod.Get, "/health");
        foreach (var (name, value) in new[]
        {
            ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"), ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"), ("Origin-Agent-Cluster", "?1"), ("X-DNS-Prefetch-Control", "off"), ("X-Download-Options", "noopen"),
            ("X-Permitted-Cross-Domain-Policies", "none"), ("X-XSS-Protection", "0"), ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
        })
            Assert.Equal((name, value), (name, response.Headers.GetValues(name).Single()));
    }

    [Fact]
    public async Task Answers_are_compressed_for_who_can_read_that()
    {
        await using var server = await ApiServer.StartAsync();
        using var response = await server.RawAsync(HttpMethod.Get, "/openapi/v1.json", null, ("Accept-Encoding", "gzip"));
        Assert.Equal(["gzip"], response.Content.Headers.ContentEncoding);
        using var plain = await server.RawAsync(HttpMethod.Get, "/openapi/v1.json");
        Assert.Empty(plain.Content.Headers.ContentEncoding);
        Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(await plain.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.ValueKind);
    }

    [GeneratedRegex("(?:src|href|url\\(|import|fetch\\()[^\\n]{0,5}['\"]?(?:https?:)?//")]
    private static partial Regex Foreign();
}
