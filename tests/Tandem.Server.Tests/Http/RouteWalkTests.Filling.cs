using System.Text.Json;
using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Server.Rest;
using Tandem.Storage.Administration;

namespace Tandem.Server.Http;

// What the walk as another tenant must not find.
public sealed partial class RouteWalkTests
{
    // One of each in the first tenant (a call that rings, for the time of one that talks moves); the result leads from the template of a route to the path of the thing.
    internal static async Task<Dictionary<string, string>> FillAsync(ApiServer server)
    {
        var storage = server.Storage;
        var call = FakeExchange.Call(1, CallState.Ringing) with { CallerNumber = Mark };
        server.Exchange.Active.Add(call);
        Seeds.Trace(server, call);
        var recording = await Seeds.RecordingAsync(server, Mark);
        var (member, other) = (Seeds.Member(server, Mark, Mark, 1), Seeds.Member(server, Mark, "101", 2));
        server.Exchange.Registered.Add(FakeExchange.Contact(Mark, "192.0.2.1", DateTimeOffset.UtcNow.AddHours(1)));
        storage.Journal.Closed(FakeExchange.Record(2) with { CallerNumber = Mark });
        storage.Audit.Write(new Storage.Audit.AuditEntry(TenantId.Default, "command", Mark, "", "", "a.b", "", ""));
        await storage.Writer.FlushAsync(Cancellation);
        await storage.Extensions.ChangeAsync(TenantId.Default, "100", new Storage.Extensions.ExtensionChange(DisplayName: Mark), Cancellation);
        Assert.True(await storage.Users.AddAsync(TenantId.Default, Mark, Mark, Role.Agent, new Secret("long enough"), Cancellation));
        var session = SessionRepository.IdOf((await storage.Sessions.BeginAsync(TenantId.Default, Mark, TimeSpan.FromHours(1), cancellation: Cancellation)).Reveal());
        var (token, _) = await storage.Tokens.CreateAsync(TenantId.Default, Mark, cancellation: Cancellation);
        var (_, maker) = await storage.Tokens.CreateAsync(TenantId.Default, "maker", cancellation: Cancellation);
        var header = ("Authorization", "Bearer " + maker.Reveal());
        async Task<string> MakeAsync(string path, object body)
        {
            var (status, text) = await server.SendAsync(HttpMethod.Post, path, body, header);
            Assert.True(status == 201, text);
            var data = JsonDocument.Parse(text).RootElement.GetProperty("data");
            return (data.TryGetProperty("id", out var id) ? id : data.EnumerateObject().Select(p => p.Value).First(v => v.ValueKind == JsonValueKind.Object).GetProperty("id")).GetString()!;
        }

        var webhook = await MakeAsync("/api/v1/webhooks", new { url = $"https://example.org/{Mark}" });
        Assert.Equal(202, (await server.SendAsync(HttpMethod.Post, $"/api/v1/webhooks/{webhook}/test", null, header)).Status);
        var delivery = Seeds.DeadLetter(server, webhook);
        var record = await MakeAsync("/api/v1/calls", new { phoneNumber = "+4930123456", direction = "outgoing" });
        var profile = await MakeAsync("/api/v1/profiles", new { name = Mark, server = "192.0.2.1", registers = false });
        Assert.InRange((await server.SendAsync(HttpMethod.Put, "/api/v1/numbers/+4930123456", new { target = "100", label = Mark }, header)).Status, 200, 201);
        using (var sound = new MemoryStream(Seeds.Wav()))
            Assert.Equal(Media.Playback.Prompts.SaveError.None, (await server.Sounds.Store.SavePromptAsync("default", Mark, sound, Cancellation)).Error);
        using (var sound = new MemoryStream(Seeds.Wav()))
            Assert.Equal(Media.Playback.Prompts.SaveError.None, (await server.Sounds.Store.SaveMusicAsync("default", Mark, Mark, sound, Cancellation)).Error);

        await storage.Policies.SaveAsync(TenantId.Default, new Calls.Rooms.RoomDefinition { Name = "4711", Title = Mark }, Cancellation);
        await storage.Policies.SaveAsync(TenantId.Default, "extension:100", new Calls.Recording.RecordingRule { Announcement = Mark }, Cancellation);
        var link = storage.RecordingLinks.Make(TenantId.Default, recording, DateTimeOffset.UtcNow.AddHours(-1));
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Put, $"/api/v1/ivr/flows/{Mark}", new { name = Mark, steps = new { a = new { @do = "hangup" } } }, header)).Status);

        server.Monitors.Add(new FakeMonitor(new Calls.Monitoring.MonitorSnapshot(
            TenantId.Default, new CallId("listening"), Mark, "101", call.Id, Media.Mixing.MonitorMode.Listen, true, call.InitiatedAt)));
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Put, $"/api/v1/ring-groups/{Mark}", new { members = new[] { "100" } }, header)).Status);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Put, $"/api/v1/calendars/{Mark}", new { open = new[] { new { from = "09:00", to = "17:00" } } }, header)).Status);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Put, $"/api/v1/routing/rules/{Mark}", new { actions = new[] { new { to = "extension:100" } } }, header)).Status);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Put, "/api/v1/extensions/100/features", new { pickupGroup = Mark }, header)).Status);

        await server.Queues.ChangeAsync(TenantId.Default, Mark, _ => new Calls.Queues.StoredQueue(TenantId.Default, new Calls.Queues.QueueSettings { Name = Mark }, [new("100")]), Cancellation);
        Assert.True(server.Queues.Desk.LogIn(TenantId.Default, "100", server.Clock.Now));
        var message = await Seeds.MessageAsync(server, "100", Mark);

        return new Dictionary<string, string>
        {
            ["/api/v1/monitors/{id}"] = "/api/v1/monitors/listening",
            ["/api/v1/monitors/{id}/take-over"] = "/api/v1/monitors/listening/take-over",
            ["/api/v1/calls/{id}/monitor"] = $"/api/v1/calls/{call.Id}/monitor",
            ["/api/v1/queues/{name}"] = $"/api/v1/queues/{Mark}",
            ["/api/v1/queues/{name}/callbacks"] = $"/api/v1/queues/{Mark}/callbacks",
            ["/api/v1/queues/{name}/callbacks/{id}"] = $"/api/v1/queues/{Mark}/callbacks/01K0000000000000000000000C",
            ["/api/v1/queues/{name}/state"] = $"/api/v1/queues/{Mark}/state",
            ["/api/v1/queues/{name}/members/{number}"] = $"/api/v1/queues/{Mark}/members/100",
            ["/api/v1/agents/{number}"] = "/api/v1/agents/100",
            ["/api/v1/agents/{number}/login"] = "/api/v1/agents/100/login",
            ["/api/v1/agents/{number}/logout"] = "/api/v1/agents/100/logout",
            ["/api/v1/agents/{number}/pause"] = "/api/v1/agents/100/pause",
            ["/api/v1/agents/{number}/resume"] = "/api/v1/agents/100/resume",
            ["/api/v1/mailboxes/{number}/voicemail"] = "/api/v1/mailboxes/100/voicemail",
            ["/api/v1/mailboxes/{number}/voicemail/pin"] = "/api/v1/mailboxes/100/voicemail/pin",
            ["/api/v1/mailboxes/{number}/voicemail/greeting"] = "/api/v1/mailboxes/100/voicemail/greeting",
            ["/api/v1/mailboxes/{number}/messages"] = "/api/v1/mailboxes/100/messages",
            ["/api/v1/mailboxes/{number}/messages/{id}"] = $"/api/v1/mailboxes/100/messages/{message}",
            ["/api/v1/mailboxes/{number}/messages/{id}/audio"] = $"/api/v1/mailboxes/100/messages/{message}/audio",
            ["/api/v1/room-settings/{name}"] = "/api/v1/room-settings/4711",
            ["/api/v1/recording-rules/{scope}"] = "/api/v1/recording-rules/extension:100",
            ["/api/v1/recordings/{id}/hold"] = $"/api/v1/recordings/{recording}/hold",
            ["/api/v1/recordings/{id}/link"] = $"/api/v1/recordings/{recording}/link",
            ["/api/v1/recordings/shared/{link}"] = $"/api/v1/recordings/shared/{link}",
            ["/api/v1/rooms/{name}/group"] = $"/api/v1/rooms/{Mark}/group",
            ["/api/v1/rooms/{name}/play"] = $"/api/v1/rooms/{Mark}/play",
            ["/api/v1/rooms/{name}/dial"] = $"/api/v1/rooms/{Mark}/dial",
            ["/api/v1/rooms/{name}/recording"] = $"/api/v1/rooms/{Mark}/recording",
            ["/api/v1/rooms/{name}/members/{member:int}/move"] = $"/api/v1/rooms/{Mark}/members/{member.Text()}/move",
            ["/api/v1/ivr/flows/{id}"] = $"/api/v1/ivr/flows/{Mark}",
            ["/api/v1/ivr/flows/{id}/counts"] = $"/api/v1/ivr/flows/{Mark}/counts",
            ["/api/v1/routing/rules/{name}"] = $"/api/v1/routing/rules/{Mark}",
            ["/api/v1/ring-groups/{name}"] = $"/api/v1/ring-groups/{Mark}",
            ["/api/v1/calendars/{name}"] = $"/api/v1/calendars/{Mark}",
            ["/api/v1/extensions/{number}/features"] = "/api/v1/extensions/100/features",
            ["/api/v1/users/{name}"] = $"/api/v1/users/{Mark}",
            ["/api/v1/extensions/{number}"] = "/api/v1/extensions/100",
            ["/api/v1/extensions/{number}/secret"] = "/api/v1/extensions/100/secret",
            ["/api/v1/mailboxes/{number}"] = "/api/v1/mailboxes/100",
            ["/api/v1/prompts/{name}"] = $"/api/v1/prompts/{Mark}",
            ["/api/v1/prompts/{name}/audio"] = $"/api/v1/prompts/{Mark}/audio",
            ["/api/v1/music/{list}"] = $"/api/v1/music/{Mark}",
            ["/api/v1/music/{list}/{name}/audio"] = $"/api/v1/music/{Mark}/{Mark}/audio",
            ["/api/v1/music/{list}/{name}"] = $"/api/v1/music/{Mark}/{Mark}",
            ["/api/v1/webhooks/{id}"] = $"/api/v1/webhooks/{webhook}",
            ["/api/v1/webhooks/{id}/secret"] = $"/api/v1/webhooks/{webhook}/secret",
            ["/api/v1/webhooks/{id}/test"] = $"/api/v1/webhooks/{webhook}/test",
            ["/api/v1/webhooks/{id}/replay"] = $"/api/v1/webhooks/{webhook}/replay",
            ["/api/v1/webhooks/{id}/deliveries"] = $"/api/v1/webhooks/{webhook}/deliveries",
            ["/api/v1/webhooks/{id}/deliveries/{deliveryId}"] = $"/api/v1/webhooks/{webhook}/deliveries/{delivery}",
            ["/api/v1/webhooks/{id}/deliveries/{deliveryId}/replay"] = $"/api/v1/webhooks/{webhook}/deliveries/{delivery}/replay",
            ["/api/v1/profiles/{id}"] = $"/api/v1/profiles/{profile}",
            ["/api/v1/numbers/{number}"] = "/api/v1/numbers/+4930123456",
            ["/api/v1/cdrs/{id}"] = $"/api/v1/cdrs/{FakeExchange.Record(2).Id}",
            ["/api/v1/calls/{id}"] = $"/api/v1/calls/{record}",
            ["/api/v1/calls/{id}/status"] = $"/api/v1/calls/{record}/status",
            ["/api/v1/calls/{id}/end"] = $"/api/v1/calls/{record}/end",
            ["/api/v1/calls/{id}/sessions"] = $"/api/v1/calls/{record}/sessions",
            ["/api/v1/calls/{id}/audio"] = $"/api/v1/calls/{call.Id}/audio",
            ["/api/v1/calls/{id}/recording"] = $"/api/v1/calls/{call.Id}/recording",
            ["/api/v1/calls/{id}/commands"] = $"/api/v1/calls/{call.Id}/commands",
            ["/api/v1/calls/{id}/trace"] = $"/api/v1/calls/{call.Id}/trace",
            ["/api/v1/recordings/{id}"] = $"/api/v1/recordings/{recording}",
            ["/api/v1/recordings/{id}/audio"] = $"/api/v1/recordings/{recording}/audio",
            ["/api/v1/recordings/{id}/peaks"] = $"/api/v1/recordings/{recording}/peaks",
            ["/api/v1/rooms/{name}"] = $"/api/v1/rooms/{Mark}",
            ["/api/v1/rooms/{name}/members/{member:int}"] = $"/api/v1/rooms/{Mark}/members/{member.Text()}",
            ["/api/v1/rooms/{name}/routes"] = $"/api/v1/rooms/{Mark}/routes",
            ["/api/v1/rooms/{name}/routes/{from:int}/{to:int}"] = $"/api/v1/rooms/{Mark}/routes/{member.Text()}/{other.Text()}",
            ["/api/v1/tokens/{id}"] = $"/api/v1/tokens/{token.Id}",
            ["/api/v1/sessions/{id}"] = $"/api/v1/sessions/{session}",
            ["/api/users/{username}"] = $"/api/users/{Mark}",
        };
    }
}
