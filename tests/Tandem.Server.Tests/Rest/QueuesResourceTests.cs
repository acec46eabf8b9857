using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Tandem.Calls.Tenants;
using Tandem.Server.Http;

namespace Tandem.Server.Rest;

public class QueuesResourceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_queue_is_made_served_changed_and_removed()
    {
        await using var server = await ApiServer.StartAsync();
        var (status, body) = await server.SendAsync(HttpMethod.Post, "/api/v1/queues", new { name = "sales", number = "700", strategy = "RING_ALL", overflow = "voicemail:100" });
        Assert.True(status == 201, body);
        Assert.Equal(409, (await server.SendAsync(HttpMethod.Post, "/api/v1/queues", new { name = "SALES" })).Status);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Put, "/api/v1/queues/sales/members/101", new { skill = 5, tier = 2 })).Status);
        Assert.Equal(404, (await server.SendAsync(HttpMethod.Put, "/api/v1/queues/sales/members/999", new { })).Status);
        Assert.Equal(404, (await server.SendAsync(HttpMethod.Put, "/api/v1/queues/none/members/101", new { })).Status);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Post, "/api/v1/agents/101/login")).Status);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Put, "/api/v1/queues/sales", new { strategy = "SKILL", wrapUpSeconds = 3 })).Status);

        var queue = (await server.JsonAsync("/api/v1/queues/sales")).GetProperty("data");
        Assert.Equal(("sales", "SKILL", "", 3), (Text(queue, "settings", "name"), Text(queue, "settings", "strategy"), Text(queue, "settings", "number"), queue.GetProperty("settings").GetProperty("wrapUpSeconds").GetInt32()));
        Assert.Equal(1, queue.GetProperty("figures").GetProperty("free").GetInt32());
        var agent = (await server.JsonAsync("/api/v1/queues/sales/state")).GetProperty("data").GetProperty("agents")[0];
        Assert.Equal(("101", "FREE"), (agent.GetProperty("number").GetString(), agent.GetProperty("state").GetString()));
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Delete, "/api/v1/queues/sales")).Status);
        Assert.Equal(404, (await server.GetAsync("/api/v1/queues/sales")).Status);
        Assert.Equal(404, (await server.GetAsync("/api/v1/agents/101")).Status);
    }

    /// <summary>What is dialled within a tenant leads to one thing: whatever would hide another, or be hidden, is refused and named.</summary>
    [Fact]
    public async Task A_number_that_leads_somewhere_else_is_refused_and_its_holder_named()
    {
        await using var server = await ApiServer.StartAsync();
        Assert.Equal(201, (await server.SendAsync(HttpMethod.Post, "/api/v1/queues", new { name = "sales", number = "700" })).Status);
        Assert.Equal(201, (await server.SendAsync(HttpMethod.Post, "/api/v1/queues", new { name = "support" })).Status);
        foreach (var (number, holder) in new[]
        {
            ("700", "queue sales"), ("101", "extension 101"), ("*43", "a feature code of the installation"), ("*6800", "a feature code of the installation"),
            ("*66", "a feature code of the installation"), ("*80101", "a feature code of the installation"), ("112", "calls for help (alwaysAllowed of the toll guard)"),
        })
        {
            await RefusedAsync(HttpMethod.Post, "/api/v1/queues", new { name = "other", number }, number, holder);
            await RefusedAsync(HttpMethod.Put, "/api/v1/queues/support", new { number }, number, holder);
        }

        Assert.Equal(404, (await server.GetAsync("/api/v1/queues/other")).Status);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Put, "/api/v1/queues/sales", new { number = "700", weight = 5 })).Status);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Delete, "/api/v1/extensions/104")).Status);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Put, "/api/v1/queues/support", new { number = "104" })).Status);
        await RefusedAsync(HttpMethod.Post, "/api/v1/extensions", new { number = "104" }, "104", "queue support");

        async Task RefusedAsync(HttpMethod method, string path, object body, string number, string holder)
        {
            var (status, text) = await server.SendAsync(method, path, body);
            var answer = JsonDocument.Parse(text).RootElement;
            Assert.Equal((409, "NUMBER_TAKEN", $"The number {number} is taken by {holder}"), (status, answer.GetProperty("code").GetString(), answer.GetProperty("error").GetString()));
        }
    }

    [Theory]
    [InlineData("""{}""", "name")]
    [InlineData("""{"name":"sales","strategy":"LOUDEST"}""", "strategy")]
    [InlineData("""{"name":"sales","overflow":"nowhere:1"}""", "overflow")]
    [InlineData("""{"name":"sales","ringSeconds":1}""", "ringSeconds")]
    public async Task What_is_not_accepted_is_named(string body, string field)
    {
        await using var server = await ApiServer.StartAsync();
        var (status, text) = await server.SendAsync(HttpMethod.Post, "/api/v1/queues", JsonDocument.Parse(body).RootElement);
        Assert.Equal((400, field), (status, JsonDocument.Parse(text).RootElement.GetProperty("field").GetString()));
    }

    [Fact]
    public async Task An_agent_who_is_not_logged_in_cannot_pause()
    {
        await using var server = await ApiServer.StartAsync();
        await server.SendAsync(HttpMethod.Post, "/api/v1/queues", new { name = "sales" });
        await server.SendAsync(HttpMethod.Put, "/api/v1/queues/sales/members/101", new { });
        Assert.Equal(409, (await server.SendAsync(HttpMethod.Post, "/api/v1/agents/101/pause", new { reason = "lunch" })).Status);
        await server.SendAsync(HttpMethod.Post, "/api/v1/agents/101/login");
        var (status, body) = await server.SendAsync(HttpMethod.Post, "/api/v1/agents/101/pause", new { reason = "lunch" });
        Assert.Equal((200, true), (status, body.Contains("\"pauseReason\":\"lunch\"", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Messages_are_listed_heard_in_parts_marked_and_deleted_and_the_counts_follow()
    {
        await using var server = await ApiServer.StartAsync(Seeds.Recording);
        var id = await Seeds.MessageAsync(server, "101", "103");
        var message = (await server.JsonAsync("/api/v1/mailboxes/101/messages")).GetProperty("data")[0];
        var audio = message.GetProperty("audio").GetString()!;
        Assert.Equal((id, "103", false), (message.GetProperty("id").GetString(), message.GetProperty("caller").GetString(), message.GetProperty("heard").GetBoolean()));
        Assert.Equal(1, await WaitingAsync(server));

        using var request = new HttpRequestMessage(HttpMethod.Get, audio) { Headers = { Range = new RangeHeaderValue(0, 3) } };
        using var part = await server.Client.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal("RIFF"u8.ToArray(), await part.Content.ReadAsByteArrayAsync(Cancellation));

        Assert.Equal(200, (await server.SendAsync(HttpMethod.Patch, $"/api/v1/mailboxes/101/messages/{id}", new { heard = true })).Status);
        Assert.Equal(0, await WaitingAsync(server));
        Assert.Equal(404, (await server.GetAsync($"/api/v1/mailboxes/102/messages/{id}")).Status);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Delete, $"/api/v1/mailboxes/101/messages/{id}")).Status);
        Assert.Equal(404, (await server.GetAsync(audio)).Status);
        Assert.Null(await server.Storage.Recordings.FindAsync(TenantId.Default, id, Cancellation));
    }

    [Theory]
    [InlineData("1111")]
    [InlineData("12")]
    [InlineData("12ab")]
    public async Task A_pin_that_is_not_good_is_refused_and_none_is_ever_shown(string pin)
    {
        await using var server = await ApiServer.StartAsync();
        Assert.Equal(400, (await server.SendAsync(HttpMethod.Put, "/api/v1/mailboxes/101/voicemail/pin", new { pin })).Status);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Put, "/api/v1/mailboxes/101/voicemail/pin", new { pin = "2468" })).Status);
        var (_, body) = await server.GetAsync("/api/v1/mailboxes/101/voicemail");
        Assert.Contains("\"hasPin\":true", body, StringComparison.Ordinal);
        Assert.DoesNotContain("2468", body, StringComparison.Ordinal);
        Assert.DoesNotContain("pbkdf2", body, StringComparison.Ordinal);
    }

    private static string? Text(JsonElement of, string group, string name) => of.GetProperty(group).GetProperty(name).GetString();

    private static async Task<int> WaitingAsync(ApiServer server) => (await server.JsonAsync("/api/v1/mailboxes/101")).GetProperty("data").GetProperty("newMessages").GetInt32();
}
