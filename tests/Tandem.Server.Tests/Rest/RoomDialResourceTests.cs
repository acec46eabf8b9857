using System.Text.Json.Nodes;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Calls.Origination;
using Tandem.Calls.Rooms;
using Tandem.Calls.Routing;
using Tandem.Calls.Tenants;

namespace Tandem.Server.Rest;

public sealed class RoomDialResourceTests
{
    [Fact]
    public async Task Somebody_is_called_for_a_room()
    {
        await using var server = await ApiServer.StartAsync();
        var (status, body) = await server.SendAsync(HttpMethod.Post, "/api/v1/rooms/12/dial", new { to = "trunk:+442079460000@main", role = "listener", muted = true, name = "Bob", ringSeconds = 20 });
        Assert.Equal(201, status);
        var data = JsonNode.Parse(body)!["data"]!;
        Assert.Equal(("01COMMAND", "12", "+442079460000", "listener"), ((string)data["commandId"]!, (string)data["room"]!, (string)data["number"]!, (string)data["role"]!));
        var (room, order) = Assert.Single(server.Exchange.Dialled);
        Assert.Equal((new RoomKey(TenantId.Default, "12"), new Destination.Trunk("+442079460000", "main")), (room, order.To));
        Assert.Equal((new RoomGuest(RoomRole.Listener, true, "Bob"), TimeSpan.FromSeconds(20)), (order.Guest, order.RingTime!.Value));
        Assert.Equal(404, (await server.GetAsync("/api/v1/rooms/12/dial")).Status);

        server.Exchange.Originated = new OriginationReply(CommandResult.Unavailable, null, Text: "As many ring for the room as may: 20 (ROOM_MAX_DIALS)");
        (status, body) = await server.SendAsync(HttpMethod.Post, "/api/v1/rooms/12/dial", new { to = "102" });
        Assert.Equal(503, status);
        Assert.Contains("ROOM_MAX_DIALS", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("12", """{}""")]
    [InlineData("12", """{"to":"nobody"}""")]
    [InlineData("12", """{"to":"102","role":"guest"}""")]
    [InlineData("12", """{"to":"102","ringSeconds":0}""")]
    [InlineData("12", """{"to":"102","name":"a\nb"}""")]
    [InlineData("sales", """{"to":"102"}""")]
    public async Task What_cannot_be_is_refused(string room, string body)
    {
        await using var server = await ApiServer.StartAsync();
        Assert.Equal(400, (await server.SendAsync(HttpMethod.Post, $"/api/v1/rooms/{room}/dial", JsonNode.Parse(body))).Status);
        Assert.Empty(server.Exchange.Dialled);
    }
}
