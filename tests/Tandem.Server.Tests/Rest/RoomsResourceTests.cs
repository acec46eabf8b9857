using System.Text.Json.Nodes;
using Tandem.Calls.Calls;
using Tandem.Calls.Ports;
using Tandem.Calls.Rooms;
using Tandem.Calls.Tenants;
using Tandem.Media.Mixing;

namespace Tandem.Server.Rest;

public sealed class RoomsResourceTests
{
    private static readonly RoomKey Twelve = new(TenantId.Default, "12");
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Members_are_seated_and_routed()
    {
        await using var server = await ApiServer.StartAsync();
        Assert.Equal((200, """{"success":true,"data":[]}"""), await server.GetAsync("/api/v1/rooms"));
        var (ada, bob) = (Join(server, "100"), Join(server, "101"));

        var (status, body) = await server.SendAsync(HttpMethod.Patch, $"/api/v1/rooms/12/members/{ada.Value}", JsonNode.Parse("""{"muted":true,"gainDb":-6}"""));
        Assert.Equal(200, status);
        var member = JsonNode.Parse(body)!["data"]!["members"]![0]!;
        Assert.Equal(("100", true, false, -6d), ((string)member["number"]!, (bool)member["muted"]!, (bool)member["deaf"]!, (double)member["gainDb"]!));
        Assert.Equal(new MixSeat { IsMuted = true, GainDb = -6 }, server.Media.Mixes[0].Members[ada].Seat);

        (status, body) = await server.SendAsync(HttpMethod.Put, "/api/v1/rooms/12/routes", JsonNode.Parse($$"""{"from":{{bob.Value}},"to":{{ada.Value}},"gainDb":null}"""));
        Assert.Equal((200, "[{\"from\":2,\"to\":1,\"gainDb\":null}]"), (status, JsonNode.Parse(body)!["data"]!["routes"]!.ToJsonString()));
        Assert.Null(server.Media.Mixes[0].Routes[(bob, ada)]);
        (status, body) = await server.SendAsync(HttpMethod.Delete, $"/api/v1/rooms/12/routes/{bob.Value}/{ada.Value}");
        Assert.Equal((200, "[]"), (status, JsonNode.Parse(body)!["data"]!["routes"]!.ToJsonString()));
        Assert.Empty(server.Media.Mixes[0].Routes);
        Assert.Equal(200, (await server.GetAsync("/api/v1/rooms/12")).Status);
    }

    [Theory]
    [InlineData("PATCH", "12/members/1", """{"gainDb":31}""", 400)]
    [InlineData("PATCH", "12/members/1", """{"muted":"yes"}""", 400)]
    [InlineData("PATCH", "12/members/9", """{"muted":true}""", 404)]
    [InlineData("PATCH", "13/members/1", """{"muted":true}""", 404)]
    [InlineData("PUT", "12/routes", """{"from":1,"to":1,"gainDb":0}""", 400)]
    [InlineData("PUT", "12/routes", """{"from":1,"to":9,"gainDb":0}""", 404)]
    [InlineData("PUT", "12/routes", """{"from":1,"to":9,"gainDb":-61}""", 400)]
    [InlineData("DELETE", "13/routes/1/2", null, 404)]
    [InlineData("GET", "13", null, 404)]
    public async Task What_cannot_be_is_refused(string method, string path, string? body, int status)
    {
        await using var server = await ApiServer.StartAsync();
        Join(server, "100");
        Assert.Equal(status, (await server.SendAsync(new HttpMethod(method), "/api/v1/rooms/" + path, body is null ? null : JsonNode.Parse(body))).Status);
        Assert.Equal(MixSeat.Default, Assert.Single(server.Rooms.Find(Twelve)!.Members).Seat);
    }

    private static MemberId Join(ApiServer server, string number)
    {
        var call = CallId.New(At, new Random(1));
        var session = ((IMediaService)server.Media).Open(CallId.New(At, new Random(number.GetHashCode(StringComparison.Ordinal))), TenantId.Default, _ => { })!;
        return server.Rooms.Enter(Twelve, new RoomEntry(RoomDefinition.Made("12"), session, CallSide.Caller, call, number, RoomRole.Participant, _ => { }), out _)!.Member;
    }
}
