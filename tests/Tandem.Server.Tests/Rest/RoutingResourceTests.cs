namespace Tandem.Server.Rest;

public sealed class RoutingResourceTests
{
    // Also where the parts come one after the other, each of a size that is accepted.
    [Fact]
    public async Task Routing_that_is_too_large_is_refused_as_such()
    {
        await using var server = await ApiServer.StartAsync(o => o with { Http = o.Http with { MaxBodyBytes = 8 << 20 } });
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Put, "/api/v1/routing/rules/first", Rule(2_100_000))).Status);
        var (status, body) = await server.SendAsync(HttpMethod.Put, "/api/v1/routing/rules/second", Rule(2_100_000));
        Assert.Equal(413, status);
        Assert.Contains("at most 4000000 characters", body, StringComparison.Ordinal);
        Assert.Equal(413, (await server.SendAsync(HttpMethod.Put, "/api/v1/routing", new { rules = new[] { Rule(4_000_000) } })).Status);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Put, "/api/v1/routing/rules/second", Rule(1_000))).Status);
    }

    private static object Rule(int length) => new { id = "first", description = new string('a', length), numbers = new[] { "200" }, actions = new[] { new { to = "extension:100" } } };

    [Theory]
    [InlineData("""{"followMe":[null]}""", "followMe")]
    [InlineData("""{"followMe":[{"to":"101","ringSeconds":10},null]}""", "followMe")]
    [InlineData("""{"followMe":[{}]}""", "followMe")]
    [InlineData("""{"allowedDestinations":[null]}""", "allowedDestinations")]
    public async Task A_feature_that_is_nothing_is_refused_by_name(string body, string field)
    {
        await using var server = await ApiServer.StartAsync();
        var (status, answer) = await server.SendAsync(HttpMethod.Put, "/api/v1/extensions/100/features", System.Text.Json.Nodes.JsonNode.Parse(body));
        Assert.Equal(400, status);
        Assert.Contains($"\"field\":\"{field}\"", answer, StringComparison.Ordinal);
    }
}
