using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Cluster;
using Tandem.Cluster.Harness;
using Tandem.Cluster.Redis;
using Tandem.Cluster.Resp;
using Tandem.Server.Hosting;

namespace Tandem.Server.Rest;

/// <summary>compatibility.md §3.3: records of calls and sessions under document 3's keys, in a real Redis.</summary>
public class GatewayCacheTests
{
    [Fact]
    public async Task A_record_is_where_document_3_keeps_it_until_it_ends()
    {
        await using var redis = await RedisServer.StartedAsync();
        Assert.True(RedisAddress.TryParse(redis.Url, out var address));
        await using var node = new ClusterNode(address, new ClusterOptions(), "n", TimeProvider.System);
        node.Start();
        await using var client = new RedisClient(address, new ClusterOptions(), TimeProvider.System);
        client.Start();
        await Until.TrueAsync(() => node.IsConnected && client.IsConnected);
        await using var server = await ApiServer.StartAsync(more: services => services.AddSingleton(new ClusterPresence(node, null)));

        var made = Data(await server.SendAsync(HttpMethod.Post, "/api/v1/calls", new { phoneNumber = "79001234567", direction = "outgoing" }));
        var id = made.GetProperty("id").GetString()!;
        await Until.TrueAsync(async () => (await AskAsync("GET", $"call:{id}")).Text == made.GetRawText());
        Assert.InRange((await AskAsync("TTL", $"call:{id}")).Integer, 3_540, 3_600);

        var ringing = Data(await server.SendAsync(HttpMethod.Patch, $"/api/v1/calls/{id}/status", new { status = "ringing" }));
        await Until.TrueAsync(async () => (await AskAsync("GET", $"call:{id}")).Text == ringing.GetRawText());

        var session = Data(await server.SendAsync(HttpMethod.Post, $"/api/v1/calls/{id}/sessions", new { callId = id }));
        var key = $"session:{session.GetProperty("sessionId").GetString()}";
        await Until.TrueAsync(async () => (await AskAsync("GET", key)).Text == session.GetRawText());
        Assert.InRange((await AskAsync("TTL", key)).Integer, 3_540, 3_600);

        Data(await server.SendAsync(HttpMethod.Post, $"/api/v1/calls/{id}/end", new { duration = 63 }));
        await Until.TrueAsync(async () => (await AskAsync("EXISTS", $"call:{id}")).Integer == 0);
        await Until.TrueAsync(async () => (await AskAsync("GET", key)).Text.Contains("\"isActive\":false", StringComparison.Ordinal));

        Task<RespValue> AskAsync(params string[] command) => client.AskAsync(RedisCommand.Of(command), TestContext.Current.CancellationToken);
    }

    private static JsonElement Data((int Status, string Body) answer)
    {
        Assert.True(answer.Status is 200 or 201, answer.Body);
        return JsonDocument.Parse(answer.Body).RootElement.GetProperty("data");
    }
}
