using System.Text.Json;

namespace Tandem.Server.Rest;

public sealed class WebhooksResourceTests
{
    private const string Path = "/api/v1/webhooks";

    [Fact]
    public async Task A_webhook_is_added_changed_listed_and_removed_and_its_secret_is_shown_once()
    {
        await using var server = await ApiServer.StartAsync();
        var (status, body) = await server.SendAsync(HttpMethod.Post, Path, new { url = "https://example.org/hook", description = "CRM", eventTypes = new[] { "call.*", "message.failed" } });
        Assert.Equal(201, status);
        var added = Data(body);
        var id = added.GetProperty("id").GetString();
        Assert.StartsWith("whsec_", added.GetProperty("secret").GetString(), StringComparison.Ordinal);

        var one = (await server.JsonAsync($"{Path}/{id}")).GetProperty("data");
        Assert.False(one.TryGetProperty("secret", out _));
        Assert.Equal(["call.*", "message.failed"], one.GetProperty("eventTypes").EnumerateArray().Select(type => type.GetString()));
        Assert.DoesNotContain("whsec_", (await server.GetAsync(Path)).Body, StringComparison.Ordinal);

        (status, body) = await server.SendAsync(HttpMethod.Patch, $"{Path}/{id}", new { enabled = false });
        Assert.Equal((200, false, "CRM"), (status, Data(body).GetProperty("enabled").GetBoolean(), Data(body).GetProperty("description").GetString()));
        Assert.Contains("call.ended", (await server.GetAsync($"{Path}/event-types")).Body, StringComparison.Ordinal);

        Assert.Equal(200, (await server.SendAsync(HttpMethod.Delete, $"{Path}/{id}")).Status);
        Assert.Equal(404, (await server.GetAsync($"{Path}/{id}")).Status);
        Assert.Equal(404, (await server.GetAsync($"{Path}/{id}/deliveries")).Status);
        Assert.Equal(404, (await server.SendAsync(HttpMethod.Patch, $"{Path}/{id}", new { enabled = true })).Status);
        Assert.Equal(404, (await server.SendAsync(HttpMethod.Delete, $"{Path}/{id}")).Status);
        foreach (var action in new[] { "secret", "test", "replay", "deliveries/x/replay" })
            Assert.Equal(404, (await server.SendAsync(HttpMethod.Post, $"{Path}/{id}/{action}")).Status);
    }

    [Theory]
    [InlineData("{}", "url is missing")]
    [InlineData("{\"url\":\"http://10.0.0.1/\"}", "private address")]
    [InlineData("{\"url\":\"gopher://example.org/\"}", "https://")]
    [InlineData("{\"url\":\"https://example.org/\",\"eventTypes\":[]}", "1 to 50 types")]
    [InlineData("{\"url\":\"https://example.org/\",\"eventTypes\":[\"call.nothing\"]}", "eventTypes must be")]
    [InlineData("{\"url\":\"https://example.org/\",\"eventTypes\":[null]}", "eventTypes must be")]
    [InlineData("{\"url\":\"https://example.org/\",\"eventTypes\":[\"call.*,message.*\"]}", "eventTypes must be")]
    public async Task What_is_wrong_is_refused_and_named(string json, string expected)
    {
        await using var server = await ApiServer.StartAsync();
        var (status, body) = await server.SendAsync(HttpMethod.Post, Path, JsonDocument.Parse(json).RootElement);
        Assert.Equal(400, status);
        Assert.Contains(expected, body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=501")]
    [InlineData("state=1")]
    [InlineData("state=gone")]
    [InlineData("cursor=%00")]
    [InlineData("cursor=AAAA")]
    public async Task A_list_of_deliveries_refuses_what_it_does_not_know(string query)
    {
        await using var server = await ApiServer.StartAsync();
        var (_, body) = await server.SendAsync(HttpMethod.Post, Path, new { url = "https://example.org/hook" });
        Assert.Equal(400, (await server.GetAsync($"{Path}/{Data(body).GetProperty("id").GetString()}/deliveries?{query}")).Status);
    }

    [Fact]
    public async Task A_tenant_has_no_more_webhooks_than_it_may()
    {
        await using var server = await ApiServer.StartAsync(options => options with { Webhooks = options.Webhooks with { MaximumPerTenant = 1 } });
        Assert.Equal(201, (await server.SendAsync(HttpMethod.Post, Path, new { url = "https://example.org/1" })).Status);
        Assert.Equal(409, (await server.SendAsync(HttpMethod.Post, Path, new { url = "https://example.org/2" })).Status);
    }

    private static JsonElement Data(string body) => JsonDocument.Parse(body).RootElement.GetProperty("data");
}
