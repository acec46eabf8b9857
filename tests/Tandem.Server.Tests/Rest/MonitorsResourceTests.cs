using System.Text.Json.Nodes;
using Tandem.Calls.Calls;
using Tandem.Calls.Monitoring;
using Tandem.Calls.Tenants;
using Tandem.Media.Mixing;

namespace Tandem.Server.Rest;

public sealed class MonitorsResourceTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_supervisor_is_listed_and_told_what_to_do()
    {
        await using var server = await ApiServer.StartAsync();
        Assert.Equal((200, """{"success":true,"data":[]}"""), await server.GetAsync("/api/v1/monitors"));
        var call = FakeExchange.Call(1, CallState.Established) with { CallerNumber = "100", CalleeNumber = "101" };
        server.Exchange.Active.Add(call);
        var monitor = new FakeMonitor(new MonitorSnapshot(TenantId.Default, new CallId("listening"), "109", "101", call.Id, MonitorMode.Listen, true, At));
        server.Monitors.Add(monitor);
        Assert.Equal("listen", (string)JsonNode.Parse((await server.GetAsync("/api/v1/monitors")).Body)!["data"]![0]!["mode"]!);

        Assert.Equal(202, (await server.SendAsync(HttpMethod.Patch, "/api/v1/monitors/listening", new { mode = "whisper" })).Status);
        Assert.Equal(202, (await server.SendAsync(HttpMethod.Post, $"/api/v1/calls/{call.Id}/monitor", new { supervisor = "109", agent = "100", mode = "barge" })).Status);
        Assert.Equal(202, (await server.SendAsync(HttpMethod.Post, "/api/v1/monitors/listening/take-over")).Status);
        Assert.Equal(202, (await server.SendAsync(HttpMethod.Delete, "/api/v1/monitors/listening")).Status);
        Assert.Equal(["mode Whisper", $"move 100 {call.Id}", "mode Barge", "take over", "end"], monitor.Told);
    }

    [Fact]
    public async Task The_phone_of_a_supervisor_is_rung()
    {
        await using var server = await ApiServer.StartAsync();
        var call = FakeExchange.Call(1, CallState.Established) with { CallerNumber = "100", CalleeNumber = "101" };
        server.Exchange.Active.Add(call);
        var (status, body) = await server.SendAsync(HttpMethod.Post, "/api/v1/monitors", new { from = "102", callId = call.Id.Value, mode = "whisper", follow = false, ringSeconds = 20 });
        Assert.Equal(201, status);
        Assert.Equal("01COMMAND", (string)JsonNode.Parse(body)!["data"]!["commandId"]!);
        var (tenant, order) = Assert.Single(server.Exchange.Rung);
        Assert.Equal((TenantId.Default, "102", "101", call.Id), (tenant, order.Supervisor, order.Agent, order.Call!.Value));
        Assert.Equal((MonitorMode.Whisper, false, TimeSpan.FromSeconds(20)), (order.Mode, order.Follows, order.RingTime!.Value));
    }

    [Theory]
    [InlineData("""{"agent":"101"}""", 400)]
    [InlineData("""{"from":"999","agent":"101"}""", 400)]
    [InlineData("""{"from":"102"}""", 400)]
    [InlineData("""{"from":"102","agent":"102"}""", 400)]
    [InlineData("""{"from":"102","agent":"*43"}""", 400)]
    [InlineData("""{"from":"102","agent":"101","mode":"shout"}""", 400)]
    [InlineData("""{"from":"102","agent":"101","callId":"nothing"}""", 404)]
    [InlineData("""{"from":"102","agent":"105","callId":"ID"}""", 400)]
    [InlineData("""{"from":"103","agent":"101"}""", 409)]
    public async Task Whom_the_API_does_not_ring(string body, int status)
    {
        await using var server = await ApiServer.StartAsync();
        var call = FakeExchange.Call(1, CallState.Established) with { CallerNumber = "100", CalleeNumber = "101" };
        server.Exchange.Active.Add(call);
        server.Monitors.Add(new FakeMonitor(new MonitorSnapshot(TenantId.Default, new CallId("listening"), "103", "101", null, MonitorMode.Listen, true, At)));
        Assert.Equal(status, (await server.SendAsync(HttpMethod.Post, "/api/v1/monitors", JsonNode.Parse(body.Replace("ID", call.Id.Value, StringComparison.Ordinal)))).Status);
        Assert.Empty(server.Exchange.Rung);
    }

    [Theory]
    [InlineData("PATCH", "monitors/listening", """{"mode":"shout"}""", 400)]
    [InlineData("PATCH", "monitors/nobody", """{"mode":"listen"}""", 404)]
    [InlineData("DELETE", "monitors/nobody", null, 404)]
    [InlineData("POST", "monitors/nobody/take-over", null, 404)]
    [InlineData("POST", "calls/nothing/monitor", """{"supervisor":"109"}""", 404)]
    [InlineData("POST", "calls/ID/monitor", """{"supervisor":"108"}""", 409)]
    [InlineData("POST", "calls/ID/monitor", """{"supervisor":"109","agent":"105"}""", 400)]
    public async Task What_cannot_be_is_refused(string method, string path, string? body, int status)
    {
        await using var server = await ApiServer.StartAsync();
        var call = FakeExchange.Call(1, CallState.Established) with { CallerNumber = "100", CalleeNumber = "101" };
        server.Exchange.Active.Add(call);
        var monitor = new FakeMonitor(new MonitorSnapshot(TenantId.Default, new CallId("listening"), "109", "101", null, MonitorMode.Listen, true, At));
        server.Monitors.Add(monitor);
        var answer = await server.SendAsync(new HttpMethod(method), "/api/v1/" + path.Replace("ID", call.Id.Value, StringComparison.Ordinal), body is null ? null : JsonNode.Parse(body));
        Assert.Equal(status, answer.Status);
        Assert.Empty(monitor.Told);
    }
}
