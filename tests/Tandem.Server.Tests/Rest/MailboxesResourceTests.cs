using System.Text.Json.Nodes;
using Tandem.Calls.Subscriptions;
using Tandem.Core.Net;

namespace Tandem.Server.Rest;

public sealed class MailboxesResourceTests(SharedApi shared) : IClassFixture<SharedApi>
{
    [Fact]
    public async Task Counts_are_set_read_and_cleared()
    {
        await using var server = await ApiServer.StartAsync();
        Assert.Equal((200, """{"success":true,"data":[]}"""), await server.GetAsync("/api/v1/mailboxes"));
        const string Filled = """{"number":"100","waiting":true,"newMessages":2,"oldMessages":8,"newUrgent":1,"oldUrgent":0}""";
        Assert.Equal((200, $$"""{"success":true,"data":{{Filled}}}"""),
            await server.SendAsync(HttpMethod.Put, "/api/v1/mailboxes/100", JsonNode.Parse("""{"newMessages":2,"oldMessages":8,"newUrgent":1}""")));
        Assert.Equal((200, $$"""{"success":true,"data":[{{Filled}}]}"""), await server.GetAsync("/api/v1/mailboxes"));
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Delete, "/api/v1/mailboxes/100")).Status);
        Assert.Equal((200, """{"success":true,"data":[]}"""), await server.GetAsync("/api/v1/mailboxes"));
    }

    [Theory]
    [InlineData("100", """{"newMessages":-1}""", 400)]
    [InlineData("100", """{"newMessages":4294967296}""", 400)]
    [InlineData("100", """{"newMessages":1,"newUrgent":2}""", 400)]
    [InlineData("100", """{"newMessages":"many"}""", 400)]
    [InlineData("999", """{"newMessages":1}""", 404)]
    public async Task What_cannot_be_is_refused(string number, string body, int status)
    {
        var server = shared.Server;
        Assert.Equal(status, (await server.SendAsync(HttpMethod.Put, "/api/v1/mailboxes/" + number, JsonNode.Parse(body))).Status);
        Assert.Equal((200, """{"success":true,"data":[]}"""), await server.GetAsync("/api/v1/mailboxes"));
    }

    [Fact]
    public async Task Subscriptions_are_listed()
    {
        await using var server = await ApiServer.StartAsync();
        var at = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        server.Exchange.Watched.Add(new SubscriptionRecord("100", "101", "dialog", NetAddress.FromV4(0xC0000201, 5062), at));
        Assert.Equal(
            (200, """{"success":true,"data":[{"number":"101","watcher":"100","package":"dialog","address":"192.0.2.1","port":5062,"expiresAt":"2026-03-01T12:00:00.000Z"}]}"""),
            await server.GetAsync("/api/v1/subscriptions"));
        Assert.Equal(400, (await server.GetAsync("/api/v1/subscriptions?offset=-1")).Status);
    }
}
