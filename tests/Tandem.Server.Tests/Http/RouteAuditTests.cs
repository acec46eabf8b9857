using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Security.Toll;
using Tandem.Calls.Tenants;
using Tandem.Core.Net;
using Tandem.Core.Privacy;
using Tandem.Server.Rest;
using Tandem.Storage.Administration;
using Tandem.Storage.Audit;
using Tandem.Storage.Security;

namespace Tandem.Server.Http;

/// <summary>
/// Every route that changes something is called once with success, and the audit log must then say so. A route that is added needs a call here, or
/// <see cref="NotAudited"/> with a reason.
/// </summary>
public sealed class RouteAuditTests : IAsyncDisposable
{
    private const string Password = "long enough";
    private const string RoomName = "12";

    private static readonly HashSet<string> Changing = ["POST", "PUT", "PATCH", "DELETE"];

    private readonly HashSet<(string Method, string Template)> _called = [];
    private readonly HashSet<string> _seen = [];
    private ApiServer _server = null!;

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Every_change_that_succeeds_is_in_the_audit_log()
    {
        _server = await ApiServer.StartAsync(Seeds.Recording);
        await PeopleAsync();
        await ExtensionsAsync();
        await OutsideAsync();
        await MenusAsync();
        await RoutingAsync();
        await WebhooksAsync();
        await CallsAsync();
        await RoomsAsync();
        await DesksAsync();
        await SystemAsync();

        var routes = _server.Routes.SelectMany(
            route => route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Where(Changing.Contains) ?? [],
            (route, method) => (Route: route, Method: method, Template: "/" + route.RoutePattern.RawText!.Trim('/'))).ToList();
        Assert.All(routes, r => Assert.NotEqual("", r.Route.Metadata.GetMetadata<NotAudited>()?.Reason));
        Assert.Equal(
            routes.Where(r => r.Route.Metadata.GetMetadata<NotAudited>() is null).Select(r => (r.Method, r.Template)).Distinct().Order(),
            _called.Order());
    }

    // Whoever hears a recording, or sees it drawn, leaves a trace too.
    [Fact]
    public async Task Access_to_the_sound_of_a_recording_is_in_the_audit_log()
    {
        _server = await ApiServer.StartAsync(Seeds.Recording);
        var id = await Seeds.RecordingAsync(_server, "100");
        foreach (var (part, action) in new[] { ("audio", "recording.listen"), ("peaks", "recording.peaks") })
        {
            Assert.Equal(200, (await _server.GetAsync($"/api/v1/recordings/{id}/{part}")).Status);
            Assert.Equal([(action, id)], (await NewEntriesAsync()).Select(entry => (entry.Action, entry.Target)));
        }
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private async Task PeopleAsync()
    {
        Assert.True(await _server.Storage.Users.AddAsync(TenantId.Default, "ann", "", Role.Agent, new Secret(Password), Cancellation));
        var signIn = new { user = "ann", password = Password };
        var cookie = await SignInAsync(signIn);
        var enrolled = await DoAsync("POST", "/api/v1/me/second-factor", "user.second-factor.enrol", body: new { password = Password }, cookie: cookie);
        var code = Totp.Hotp(Base32.Decode(enrolled.GetProperty("secret").GetString()!)!, Totp.StepOf(DateTimeOffset.UtcNow), Totp.Digits, HashAlgorithmName.SHA1);
        await DoAsync("POST", "/api/v1/me/second-factor/confirm", "user.second-factor.confirm", body: new { code }, cookie: cookie);
        await DoAsync("POST", "/api/v1/me/second-factor/remove", "user.second-factor.remove", body: new { password = Password }, cookie: cookie);
        cookie = await SignInAsync(signIn);
        await DoAsync("DELETE", "/api/v1/sessions/current", "session.end", cookie: cookie);
        var session = SessionRepository.IdOf((await _server.Storage.Sessions.BeginAsync(TenantId.Default, "ann", TimeSpan.FromHours(1), cancellation: Cancellation)).Reveal());
        cookie = await SignInAsync(signIn);
        await DoAsync("DELETE", "/api/v1/sessions/{id}", "session.end", $"/api/v1/sessions/{session}", cookie: cookie);
        await DoAsync("PUT", "/api/v1/me/password", "user.password", body: new { password = Password, newPassword = "a new password" }, cookie: cookie);

        await DoAsync("POST", "/api/v1/users", "user.create", body: new { name = "bob", role = "agent", password = Password });
        await DoAsync("PATCH", "/api/v1/users/{name}", "user.change", "/api/v1/users/bob", new { displayName = "Bob" });
        await DoAsync("DELETE", "/api/v1/users/{name}", "user.remove", "/api/v1/users/bob");
        var token = await DoAsync("POST", "/api/v1/tokens", "token.create", body: new { name = "robot" });
        await DoAsync("DELETE", "/api/v1/tokens/{id}", "token.revoke", $"/api/v1/tokens/{token.GetProperty("token").GetProperty("id").GetString()}");
        await DoAsync("POST", "/api/v1/tenants", "tenant.create", body: new { id = "acme", displayName = "Acme" });
        await DoAsync("PATCH", "/api/v1/tenants/{id}", "tenant.change", "/api/v1/tenants/acme", new { displayName = "Acme Ltd" });
        await DoAsync("DELETE", "/api/v1/tenants/{id}", "tenant.remove", "/api/v1/tenants/acme");
    }

    private async Task ExtensionsAsync()
    {
        await DoAsync("PATCH", "/api/v1/extensions/{number}", "extension.change", "/api/v1/extensions/105", new { displayName = "Desk" });
        await DoAsync("POST", "/api/v1/extensions/{number}/secret", "extension.secret", "/api/v1/extensions/105/secret", new { });
        await DoAsync("PUT", "/api/v1/mailboxes/{number}", "mailbox.set", "/api/v1/mailboxes/105", new { newMessages = 1 });
        await DoAsync("DELETE", "/api/v1/mailboxes/{number}", "mailbox.clear", "/api/v1/mailboxes/105");
        await DoAsync("PUT", "/api/v1/extensions/{number}/features", "extension.features", "/api/v1/extensions/105/features", new { forwardBusy = "106" });
        await DoAsync("DELETE", "/api/v1/extensions/{number}/features", "extension.features.clear", "/api/v1/extensions/105/features");
        await DoAsync("DELETE", "/api/v1/extensions/{number}", "extension.remove", "/api/v1/extensions/105");
        await DoAsync("POST", "/api/v1/extensions", "extension.create", body: new { number = "105" });

        foreach (var method in new[] { "PUT", "POST" })
        {
            await DoAsync(method, "/api/v1/prompts/{name}", "prompt.save", "/api/v1/prompts/hello", Seeds.Wav());
            await DoAsync(method, "/api/v1/music/{list}/{name}", "music.save", "/api/v1/music/calm/piece", Seeds.Wav());
        }

        await DoAsync("DELETE", "/api/v1/prompts/{name}", "prompt.remove", "/api/v1/prompts/hello");
        await DoAsync("DELETE", "/api/v1/music/{list}/{name}", "music.remove", "/api/v1/music/calm/piece");
    }

    private async Task RoutingAsync()
    {
        await DoAsync("PUT", "/api/v1/ring-groups/{name}", "routing.group.set", "/api/v1/ring-groups/sales", new { members = new[] { "105" } });
        await DoAsync("PUT", "/api/v1/calendars/{name}", "routing.calendar.set", "/api/v1/calendars/office", new { timeZone = "Europe/London", open = new[] { new { from = "09:00", to = "17:00" } } });
        await DoAsync("PUT", "/api/v1/routing/rules/{name}", "routing.rule.set", "/api/v1/routing/rules/front", new { actions = new[] { new { to = "group:sales" } } });
        await DoAsync("DELETE", "/api/v1/routing/rules/{name}", "routing.rule.remove", "/api/v1/routing/rules/front");
        await DoAsync("DELETE", "/api/v1/calendars/{name}", "routing.calendar.remove", "/api/v1/calendars/office");
        await DoAsync("DELETE", "/api/v1/ring-groups/{name}", "routing.group.remove", "/api/v1/ring-groups/sales");
        await DoAsync("PUT", "/api/v1/routing", "routing.replace", body: new { rules = Array.Empty<object>() });
    }

    private async Task OutsideAsync()
    {
        var made = await DoAsync("POST", "/api/v1/profiles", "profile.create", body: new { name = "carrier", server = "192.0.2.1", registers = false, password = "hush hush" });
        var profile = $"/api/v1/profiles/{made.GetProperty("id").GetString()}";
        await DoAsync("PUT", "/api/v1/profiles/{id}", "profile.change", profile, new { name = "carrier", server = "192.0.2.2", registers = false });
        await DoAsync("PATCH", "/api/v1/profiles/{id}", "profile.change", profile, new { enabled = false, password = "hush hush" });
        await DoAsync("PUT", "/api/v1/numbers/{number}", "number.set", "/api/v1/numbers/+4930123456", new { target = "105" });
        await DoAsync("DELETE", "/api/v1/numbers/{number}", "number.remove", "/api/v1/numbers/+4930123456");
        await DoAsync("DELETE", "/api/v1/profiles/{id}", "profile.remove", profile);

        await DoAsync("PUT", "/api/v1/toll/rules", "toll.rules", body: new { allowed = new[] { "DE" } });
        await DoAsync("DELETE", "/api/v1/toll/rules", "toll.reset");
        await DoAsync("PUT", "/api/v1/toll/prices", "toll.prices", body: "prefix,perMinute\n4420,0.012\n");
        for (var i = 0; i <= TollRules.Default.MaxRefusedPerMinute; i++)
            _server.Toll.Admit(new TollCall(TenantId.Default, "", "100", "+4930123456"), DateTimeOffset.UtcNow);
        await DoAsync("POST", "/api/v1/toll/lift", "toll.lift");
    }

    private async Task MenusAsync()
    {
        var flow = new { steps = new { a = new { @do = "hangup" } } };
        await DoAsync("PUT", "/api/v1/ivr/flows/{id}", "ivr.create", "/api/v1/ivr/flows/main", flow);
        await DoAsync("POST", "/api/v1/ivr/secret", "ivr.secret");
        await DoAsync("DELETE", "/api/v1/ivr/flows/{id}", "ivr.remove", "/api/v1/ivr/flows/main");
    }

    private async Task WebhooksAsync()
    {
        var made = await DoAsync("POST", "/api/v1/webhooks", "webhook.create", body: new { url = "https://example.org/key-in-the-path" });
        var id = made.GetProperty("id").GetString()!;
        var path = $"/api/v1/webhooks/{id}";
        await DoAsync("PATCH", "/api/v1/webhooks/{id}", "webhook.change", path, new { description = "changed" });
        await DoAsync("POST", "/api/v1/webhooks/{id}/secret", "webhook.secret", path + "/secret");
        await DoAsync("POST", "/api/v1/webhooks/{id}/test", "webhook.test", path + "/test");
        var delivery = Seeds.DeadLetter(_server, id);
        await DoAsync("POST", "/api/v1/webhooks/{id}/deliveries/{deliveryId}/replay", "delivery.replay", $"{path}/deliveries/{delivery}/replay");
        Seeds.DeadLetter(_server, id);
        await DoAsync("POST", "/api/v1/webhooks/{id}/replay", "webhook.replay", path + "/replay");
        await DoAsync("DELETE", "/api/v1/webhooks/{id}", "webhook.remove", path);

        var secrets = (await _server.Storage.Audit.ListAsync(TenantId.Default, new AuditFilter(null, null, null, null, null, null, 500), Cancellation)).ToList();
        foreach (var secret in new[] { "key-in-the-path", "whsec_", "hush hush", Password, "a new password" })
            Assert.DoesNotContain(secrets, entry => (entry.Target + entry.Detail).Contains(secret, StringComparison.Ordinal));
    }

    private async Task CallsAsync()
    {
        var made = await DoAsync("POST", "/api/v1/calls", "gateway-call.create", body: new { phoneNumber = "+4930123456", direction = "outgoing" });
        var id = made.GetProperty("id").GetString();
        await DoAsync("PATCH", "/api/v1/calls/{id}/status", "gateway-call.status", $"/api/v1/calls/{id}/status", new { status = "answered" });
        await DoAsync("POST", "/api/v1/calls/{id}/sessions", "gateway-call.session", $"/api/v1/calls/{id}/sessions", new { callId = id });
        await DoAsync("POST", "/api/v1/calls/{id}/end", "gateway-call.end", $"/api/v1/calls/{id}/end", new { duration = 7 });

        _server.Exchange.Reply = new RecordingReply(CallRecordingState.Recording, true);
        await DoAsync("POST", "/api/v1/calls/{id}/recording", "call.recording", "/api/v1/calls/one/recording", new { action = "start" });
        _server.Exchange.CommandReply = new CommandReply(CommandResult.Done, new CallControlState(FakeExchange.Call(1, CallState.Established), false, false, false), "01COMMAND");
        await DoAsync("POST", "/api/v1/calls/{id}/commands", "call.command", "/api/v1/calls/one/commands", new { command = "mute", leg = "caller" });
        var recording = await Seeds.RecordingAsync(_server, "100");
        await DoAsync("DELETE", "/api/v1/recordings/{id}", "recording.delete", $"/api/v1/recordings/{recording}");
    }

    private async Task RoomsAsync()
    {
        var (ann, bob) = (Seeds.Member(_server, RoomName, "100", 1), Seeds.Member(_server, RoomName, "101", 2));
        const string room = "/api/v1/rooms/" + RoomName;
        await DoAsync("PATCH", "/api/v1/rooms/{name}/members/{member:int}", "room.seat", $"{room}/members/{ann.Text()}", new { muted = true });
        await DoAsync("PUT", "/api/v1/rooms/{name}/routes", "room.route", $"{room}/routes", new { from = ann.Value, to = bob.Value, gainDb = 3 });
        await DoAsync("DELETE", "/api/v1/rooms/{name}/routes/{from:int}/{to:int}", "room.unroute", $"{room}/routes/{ann.Text()}/{bob.Text()}");
        await DoAsync("PATCH", "/api/v1/rooms/{name}", "room.change", room, new { locked = true });
        await DoAsync("PUT", "/api/v1/rooms/{name}/group", "room.group", $"{room}/group", new { members = new[] { ann.Value, bob.Value } });
        await DoAsync("DELETE", "/api/v1/rooms/{name}/group", "room.ungroup", $"{room}/group");
        await DoAsync("POST", "/api/v1/rooms/{name}/play", "room.play", $"{room}/play", new { sound = "hello" });
        await DoAsync("DELETE", "/api/v1/rooms/{name}/play", "room.play", $"{room}/play");
        await DoAsync("POST", "/api/v1/rooms/{name}/dial", "room.dial", $"{room}/dial", new { to = "102" });
        await DoAsync("POST", "/api/v1/rooms/{name}/recording", "room.recording", $"{room}/recording", new { action = "start" });
        await DoAsync("POST", "/api/v1/rooms/{name}/members/{member:int}/move", "room.move", $"{room}/members/{bob.Text()}/move", new { room = "13" });
        await DoAsync("DELETE", "/api/v1/rooms/{name}/members/{member:int}", "room.kick", $"{room}/members/{ann.Text()}");
        await DoAsync("DELETE", "/api/v1/rooms/{name}", "room.end", room);
        await DoAsync("PUT", "/api/v1/room-settings/{name}", "room.keep", "/api/v1/room-settings/800", new { title = "Sales", pins = new { moderator = "4711" } });
        await DoAsync("DELETE", "/api/v1/room-settings/{name}", "room.forget", "/api/v1/room-settings/800");
        await DoAsync("PUT", "/api/v1/recording-rules/{scope}", "recording-rule.set", "/api/v1/recording-rules/extension:100", new { mode = "always" });
        await DoAsync("DELETE", "/api/v1/recording-rules/{scope}", "recording-rule.remove", "/api/v1/recording-rules/extension:100");
        await DoAsync("PUT", "/api/v1/monitor-rules", "monitor-rules.set", body: new { supervisors = new[] { "100" }, pin = "4712" });
        var monitored = FakeExchange.Call(7, CallState.Established) with { CallerNumber = "100", CalleeNumber = "101" };
        _server.Exchange.Active.Add(monitored);
        _server.Monitors.Add(new FakeMonitor(new Calls.Monitoring.MonitorSnapshot(
            TenantId.Default, new CallId("listening"), "109", "101", monitored.Id, Media.Mixing.MonitorMode.Listen, true, monitored.InitiatedAt)));
        await DoAsync("POST", "/api/v1/monitors", "monitor.ring", body: new { from = "100", agent = "101" });
        await DoAsync("POST", "/api/v1/calls/{id}/monitor", "monitor.move", $"/api/v1/calls/{monitored.Id}/monitor", new { supervisor = "109" });
        await DoAsync("PATCH", "/api/v1/monitors/{id}", "monitor.mode", "/api/v1/monitors/listening", new { mode = "barge" });
        await DoAsync("POST", "/api/v1/monitors/{id}/take-over", "monitor.take-over", "/api/v1/monitors/listening/take-over");
        await DoAsync("DELETE", "/api/v1/monitors/{id}", "monitor.end", "/api/v1/monitors/listening");
        var recording = await Seeds.RecordingAsync(_server, "102");
        await DoAsync("PUT", "/api/v1/recordings/{id}/hold", "recording.hold", $"/api/v1/recordings/{recording}/hold");
        await DoAsync("DELETE", "/api/v1/recordings/{id}/hold", "recording.let-go", $"/api/v1/recordings/{recording}/hold");
        await DoAsync("POST", "/api/v1/recordings/{id}/link", "recording.link", $"/api/v1/recordings/{recording}/link", new { expiresSeconds = 60 });
    }

    private async Task DesksAsync()
    {
        const string queue = "/api/v1/queues/sales";
        await DoAsync("POST", "/api/v1/queues", "queue.create", body: new { name = "sales" });
        await DoAsync("PUT", "/api/v1/queues/{name}", "queue.change", queue, new { number = "700" });
        await DoAsync("PUT", "/api/v1/queues/{name}/members/{number}", "queue.member", queue + "/members/101", new { skill = 5 });
        foreach (var action in new[] { "login", "pause", "resume", "logout" })
            await DoAsync("POST", $"/api/v1/agents/{{number}}/{action}", $"agent.{action}", $"/api/v1/agents/101/{action}", action == "pause" ? new { reason = "lunch" } : null);
        await DoAsync("POST", "/api/v1/agents/{number}/login", "agent.login", "/api/v1/agents/101/login");
        await DoAsync("DELETE", "/api/v1/queues/{name}/callbacks/{id}", "queue.callback.cancel", $"{queue}/callbacks/{Seeds.Callback(_server, "sales")}");
        await DoAsync("DELETE", "/api/v1/queues/{name}/members/{number}", "queue.member.remove", queue + "/members/101");
        await DoAsync("DELETE", "/api/v1/queues/{name}", "queue.remove", queue);

        const string box = "/api/v1/mailboxes/101";
        var message = await Seeds.MessageAsync(_server, "101", "103");
        await DoAsync("PUT", "/api/v1/mailboxes/{number}/voicemail/pin", "voicemail.pin", box + "/voicemail/pin", new { pin = "2468" });
        await DoAsync("DELETE", "/api/v1/mailboxes/{number}/voicemail/greeting", "voicemail.greeting.remove", box + "/voicemail/greeting");
        await DoAsync("PATCH", "/api/v1/mailboxes/{number}/messages/{id}", "voicemail.mark", $"{box}/messages/{message}", new { heard = true });
        await DoAsync("DELETE", "/api/v1/mailboxes/{number}/messages/{id}", "voicemail.delete", $"{box}/messages/{message}");
    }

    private async Task SystemAsync()
    {
        _server.Bans.ReportFailure(NetAddress.From(IPAddress.Parse("198.51.100.7"), 5060), "wrong secret", _server.Clock.Now);
        await DoAsync("DELETE", "/api/v1/bans/{source}", "ban.lift", "/api/v1/bans/198.51.100.7");
        _server.Exchange.Registered.Add(FakeExchange.Contact("100", "192.0.2.1", DateTimeOffset.UtcNow.AddHours(1)));
        await DoAsync("DELETE", "/api/users/{username}", "registration.drop", "/api/users/100");
        await DoAsync("POST", "/api/admin/clear-calls", "calls.clear");
        await DoAsync("POST", "/api/admin/clear-users", "registrations.clear");
    }

    private async Task<string> SignInAsync(object body)
    {
        using var response = await SendAsync("POST", "/api/v1/sessions", body, null);
        await CheckAsync("POST", "/api/v1/sessions", "session.begin", response);
        return response.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    // The result is the data of the answer, where it has any.
    private async Task<JsonElement> DoAsync(string method, string template, string action, string? path = null, object? body = null, string? cookie = null)
    {
        using var response = await SendAsync(method, path ?? template, body, cookie);
        return await CheckAsync(method, template, action, response);
    }

    private async Task<HttpResponseMessage> SendAsync(string method, string path, object? body, string? cookie)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Content = body switch
        {
            null => null,
            byte[] sound => new ByteArrayContent(sound) { Headers = { ContentType = new MediaTypeHeaderValue("audio/wav") } },
            string list => new StringContent(list, Encoding.UTF8, "text/csv"),
            _ => JsonContent.Create(body),
        };
        if (cookie is not null)
            request.Headers.Add("Cookie", cookie);
        return await _server.Client.SendAsync(request, Cancellation);
    }

    private async Task<JsonElement> CheckAsync(string method, string template, string action, HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.IsSuccessStatusCode, $"{method} {template}: {(int)response.StatusCode} {text}");
        var entries = await NewEntriesAsync();
        Assert.Equal((method, template, action), (method, template, string.Join(' ', entries.Select(entry => entry.Action))));
        Assert.Equal((method, template, "127.0.0.1"), (method, template, entries[0].Source));
        Assert.NotEqual("", entries[0].Actor);
        _called.Add((method, template));
        return JsonDocument.Parse(text).RootElement.TryGetProperty("data", out var data) ? data : default;
    }

    private async Task<List<AuditEntry>> NewEntriesAsync()
    {
        await _server.Storage.Writer.FlushAsync(Cancellation);
        var all = await _server.Storage.Audit.ListAsync(TenantId.Default, new AuditFilter(null, null, null, null, null, null, 1_000), Cancellation);
        return [.. all.Where(entry => _seen.Add(entry.Id))];
    }
}
