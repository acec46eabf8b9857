using System.Net;
using System.Text.Json;
using Tandem.Core.Net;

namespace Tandem.Server.Rest;

public sealed class BansResourceTests
{
    [Fact]
    public async Task A_ban_is_listed_and_lifted_once()
    {
        await using var server = await ApiServer.StartAsync();
        server.Bans.ReportFailure(NetAddress.From(IPAddress.Parse("198.51.100.7"), 5060), "wrong secret", server.Clock.Now);

        var answer = JsonDocument.Parse((await server.GetAsync("/api/v1/bans")).Body).RootElement;
        Assert.True(answer.GetProperty("success").GetBoolean());
        var ban = Assert.Single(answer.GetProperty("data").EnumerateArray());
        Assert.Equal(("198.51.100.7", "wrong secret", 1), (ban.GetProperty("source").GetString(), ban.GetProperty("reason").GetString(), ban.GetProperty("failures").GetInt32()));
        Assert.True(ban.GetProperty("until").GetDateTimeOffset() > DateTimeOffset.UtcNow);

        Assert.Equal((200, """{"success":true,"data":{"source":"198.51.100.7"}}"""), await server.SendAsync(HttpMethod.Delete, "/api/v1/bans/198.51.100.7"));
        Assert.Equal((404, """{"success":false,"error":"This address is not banned","code":"NOT_FOUND"}"""), await server.SendAsync(HttpMethod.Delete, "/api/v1/bans/198.51.100.7"));
        Assert.Equal((400, """{"success":false,"error":"the source must be an IP address","code":"BAD_ADDRESS"}"""), await server.SendAsync(HttpMethod.Delete, "/api/v1/bans/somebody"));
    }

    [Fact]
    public async Task An_ipv6_source_can_be_named_in_the_path()
    {
        await using var server = await ApiServer.StartAsync();
        server.Bans.ReportFailure(NetAddress.From(IPAddress.Parse("2001:db8::7"), 5060), "wrong secret", server.Clock.Now);

        Assert.Equal(200, (await server.SendAsync(HttpMethod.Delete, "/api/v1/bans/2001:db8::7")).Status);
        Assert.Equal((200, """{"success":true,"data":[]}"""), await server.GetAsync("/api/v1/bans"));
    }
}
