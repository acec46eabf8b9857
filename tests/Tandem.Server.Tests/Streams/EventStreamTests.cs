using System.Net.WebSockets;
using System.Text.Json;
using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Events;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Server.Options;
using Tandem.Server.Rest;
using Tandem.Storage.Administration;

namespace Tandem.Server.Streams;

/// <summary>Events over WebSocket: order, numbers, filters, replay, who may follow, and who is dropped.</summary>
public sealed class EventStreamTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TenantId Other = new("other");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_come_in_order_and_numbered_without_gaps()
    {
        await using var server = await StartAsync();
        var (client, open) = await EventClient.OpenAsync(server);
        using var _ = client;
        Assert.Equal((0, 0), (open.GetProperty("after").GetInt64(), open.GetProperty("last").GetInt64()));
        Live(server, 1);
        Assert.Equal((1, "call.created", Id(1)), await client.EventAsync());
        Assert.Equal((2, "call.ringing", Id(1)), await client.EventAsync());
        Assert.Equal((3, "call.ended", Id(1)), await client.EventAsync());
    }

    // What a webhook gets and what a client gets is the same event.
    [Fact]
    public async Task An_event_has_the_shape_that_webhooks_have()
    {
        await using var server = await StartAsync();
        var (client, _) = await EventClient.OpenAsync(server);
        using var __ = client;
        server.Storage.Outbox.Publish(new CallCommandEnded(FakeExchange.Call(1, CallState.Established), "01CMD", "collect", CommandOutcome.Done, 0, "", At) { Digits = "123" });
        var e = await client.NextAsync();
        Assert.Equal(("call.command", "default", Id(1)), (e.GetProperty("type").GetString(), e.GetProperty("tenant").GetString(), e.GetProperty("callId").GetString()));
        var data = e.GetProperty("data");
        Assert.Equal(("01CMD", "collect", "DONE", "123"), (data.GetProperty("commandId").GetString(), data.GetProperty("command").GetString(), data.GetProperty("outcome").GetString(), data.GetProperty("digits").GetString()));
        Assert.StartsWith("evt_", e.GetProperty("id").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("types=call.ended", "3:call.ended:1 6:call.ended:2")]
    [InlineData("types=call.created,call.ended&call=01CALL00000000000000000002", "4:call.created:2 6:call.ended:2")]
    [InlineData("extension=100&types=call.ringing", "2:call.ringing:1 5:call.ringing:2")]
    [InlineData("extension=999&types=*", "")]
    [InlineData("types=recording.*", "")]
    public async Task Filters_leave_out_the_rest(string query, string expected)
    {
        await using var server = await StartAsync();
        var (client, _) = await EventClient.OpenAsync(server, query);
        using var __ = client;
        Live(server, 1);
        Live(server, 2);
        var got = new List<string>();
        for (var i = expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length; i > 0; i--)
        {
            var (sequence, type, call) = await client.EventAsync();
            got.Add($"{sequence}:{type}:{call![^1]}");
        }

        Assert.Equal(expected, string.Join(' ', got));
        if (expected.Length > 0)
            return;

        // Nothing came before what another one gets.
        var (all, _) = await EventClient.OpenAsync(server, "after=0");
        using (all)
        {
            for (var i = 1; i <= 6; i++)
                Assert.Equal(i, (await all.EventAsync()).Sequence);
        }

        Assert.Equal(WebSocketState.Open, client.Socket.State);
    }

    [Fact]
    public async Task Who_was_away_gets_what_it_missed_and_then_what_comes()
    {
        await using var server = await StartAsync(o => o with { Streams = o.Streams with { Tail = 2 } });
        var (first, _) = await EventClient.OpenAsync(server);
        using (first)
        {
            Live(server, 1);
            Assert.Equal(1, (await first.EventAsync()).Sequence);
        }

        for (var i = 2; i <= 5; i++)
            Live(server, i);
        await server.Storage.Writer.FlushAsync(Cancellation);
        var (again, open) = await EventClient.OpenAsync(server, "after=1");
        using var _ = again;
        Assert.Equal(1, open.GetProperty("after").GetInt64());
        for (var sequence = 2; sequence <= 15; sequence++)
            Assert.Equal(sequence, (await again.EventAsync()).Sequence);
        Live(server, 6);
        Assert.Equal((16, "call.created", Id(6)), await again.EventAsync());
    }

    [Fact]
    public async Task What_was_deleted_for_its_age_is_told_as_a_gap()
    {
        await using var server = await StartAsync();
        var (client, _) = await EventClient.OpenAsync(server);
        using (client)
        {
            Live(server, 1);
            Live(server, 2);
            for (var i = 1; i <= 6; i++)
                Assert.Equal(i, (await client.EventAsync()).Sequence);
        }

        // What is in memory for one who has not gone yet would be no gap.
        Assert.True(Testing.Wait.Until(() => server.Part<EventHub>().Clients == 0));
        Assert.Equal(4, server.Storage.Streams.Purge(DateTimeOffset.UnixEpoch, 2, 100));
        var (late, _) = await EventClient.OpenAsync(server, "after=1");
        using (late)
        {
            var gap = await late.NextAsync();
            Assert.Equal(("stream.gap", 2, 4), (gap.GetProperty("type").GetString(), gap.GetProperty("from").GetInt64(), gap.GetProperty("to").GetInt64()));
            Assert.Equal(5, (await late.EventAsync()).Sequence);
        }

        Assert.True(Testing.Wait.Until(() => server.Part<EventHub>().Clients == 0));
        Assert.Equal(2, server.Storage.Streams.Purge(DateTimeOffset.MaxValue.AddYears(-1), 1_000, 100));
        var (last, _) = await EventClient.OpenAsync(server, "after=5");
        using (last)
        {
            var gap = await last.NextAsync();
            Assert.Equal((6, 6), (gap.GetProperty("from").GetInt64(), gap.GetProperty("to").GetInt64()));
            Live(server, 3);
            Assert.Equal(7, (await last.EventAsync()).Sequence);
        }
    }

    // A tenant that nobody follows costs no row, and who comes back after all that is told so.
    [Fact]
    public async Task A_stream_that_nobody_wanted_any_more_begins_again_with_a_gap()
    {
        await using var server = await StartAsync();
        server.Part<EventHub>().Dispose(); // it looks now and then who is wanted, by a clock of its own
        Live(server, 1);
        await server.Storage.Writer.FlushAsync(Cancellation);
        var streams = server.Storage.Streams;
        Assert.Equal((0, 0), (streams.Count, streams.Last(TenantId.Default)));
        Assert.Equal(0, streams.Want(TenantId.Default, At, At.AddHours(1)));
        Assert.True(streams.IsWanted(TenantId.Default));
        Live(server, 2);
        await server.Storage.Writer.FlushAsync(Cancellation);
        Assert.Equal(3, streams.Last(TenantId.Default));
        streams.Refresh(At.AddHours(1));
        Assert.False(streams.IsWanted(TenantId.Default));
        Live(server, 3);
        await server.Storage.Writer.FlushAsync(Cancellation);
        Assert.Equal(3, streams.Last(TenantId.Default));
        Assert.Equal(4, streams.Want(TenantId.Default, At.AddHours(2), At.AddHours(3)));
        Assert.Equal(4, streams.Want(TenantId.Default, At.AddHours(2.5), At.AddHours(2.6)));
        Live(server, 4);
        await server.Storage.Writer.FlushAsync(Cancellation);
        Assert.Equal([5, 6, 7], streams.After(TenantId.Default, 3, 10).Select(e => e.Sequence));
    }

    // Every write may be repeated: a spill file that is read twice, a record that exists.
    [Fact]
    public async Task An_event_that_is_written_twice_is_there_once()
    {
        await using var server = await StartAsync();
        server.Storage.Streams.Want(TenantId.Default, At, DateTimeOffset.UtcNow.AddHours(1));
        var created = new CallCreated(FakeExchange.Call(1, CallState.Initiated), At);
        server.Storage.Outbox.Publish(created);
        server.Storage.Outbox.Publish(created);
        server.Storage.Journal.Closed(FakeExchange.Record(1));
        server.Storage.Journal.Closed(FakeExchange.Record(1));
        await server.Storage.Writer.FlushAsync(Cancellation);
        Assert.Equal(["1 call.created", "2 call.ended"], server.Storage.Streams.After(TenantId.Default, 0, 10).Select(e => $"{e.Sequence} {e.Type}"));
    }

    [Fact]
    public async Task A_tenant_gets_its_own_events_with_its_own_numbers()
    {
        await using var server = await StartAsync(ApiServer.Production);
        await server.Storage.Tenants.AddAsync(new Tenant(Other, "Other"), Cancellation);
        var (mine, _) = await EventClient.OpenAsync(server, "", o => o.SetRequestHeader("Authorization", "Bearer " + TokenAsync(server, TenantId.Default).Result));
        using var _1 = mine;
        var (theirs, _) = await EventClient.OpenAsync(server, "", o => o.SetRequestHeader("Authorization", "Bearer " + TokenAsync(server, Other).Result));
        using var _2 = theirs;
        Live(server, 1);
        Live(server, 2, Other);
        Assert.Equal((1, "call.created", Id(2)), await theirs.EventAsync());
        Assert.Equal((1, "call.created", Id(1)), await mine.EventAsync());
    }

    [Fact]
    public async Task Who_has_no_right_is_refused()
    {
        await using var server = await StartAsync(ApiServer.Production);
        Assert.Equal(401, await EventClient.RefusalAsync(server));
        var (_, narrow) = await server.Storage.Tokens.CreateAsync(
            TenantId.Default, "narrow", grant: new TokenGrant(PermissionSet.Of(Permission.CallsRead), Role.Operator, TenantId.Default, "", ""), cancellation: Cancellation);
        Assert.Equal(403, await EventClient.RefusalAsync(server, "", o => o.SetRequestHeader("Authorization", "Bearer " + narrow.Reveal())));
        Assert.Equal(401, await EventClient.RefusalAsync(server, "", o => o.AddSubProtocol("bearer.tdm_wrong")));
        Assert.Equal(426, (await server.GetAsync("/api/v1/events", ("Authorization", "Bearer " + await TokenAsync(server, TenantId.Default)))).Status);
    }

    [Theory]
    [InlineData("types=call.nothing", 400)]
    [InlineData("types=call.*,%20", 101)]
    [InlineData("after=-1", 400)]
    [InlineData("after=x", 400)]
    [InlineData("after=7", 409)]
    public async Task What_cannot_be_followed_is_refused(string query, int status)
    {
        await using var server = await StartAsync();
        if (status != 101)
        {
            Assert.Equal(status, await EventClient.RefusalAsync(server, query));
            return;
        }

        var (client, _) = await EventClient.OpenAsync(server, query);
        client.Dispose();
    }

    // A page cannot write headers: its session comes with the cookie, or a token as a sub-protocol.
    [Fact]
    public async Task A_page_follows_with_its_cookie_from_its_own_origin_only()
    {
        await using var server = await StartAsync(ApiServer.Production);
        await server.Storage.Users.AddAsync(TenantId.Default, "ann", "", Role.Agent, new Secret("long enough"), Cancellation);
        var session = await server.Storage.Sessions.BeginAsync(TenantId.Default, "ann", TimeSpan.FromHours(1), cancellation: Cancellation);
        var cookie = "tandem_session=" + session.Reveal();
        var origin = server.Client.BaseAddress!.GetLeftPart(UriPartial.Authority);
        void From(ClientWebSocketOptions options, string from)
        {
            options.SetRequestHeader("Cookie", cookie);
            options.SetRequestHeader("Origin", from);
        }

        Assert.Equal(401, await EventClient.RefusalAsync(server, "", o => From(o, "https://elsewhere.example")));
        var (client, _) = await EventClient.OpenAsync(server, "", o => From(o, origin));
        client.Dispose();
        var token = await TokenAsync(server, TenantId.Default);
        (client, _) = await EventClient.OpenAsync(server, "", o =>
        {
            o.AddSubProtocol(EventStreamResource.SubProtocol);
            o.AddSubProtocol("bearer." + token);
            o.SetRequestHeader("Origin", "https://elsewhere.example");
        });
        Assert.Equal(EventStreamResource.SubProtocol, client.Socket.SubProtocol);
        client.Dispose();
    }

    [Fact]
    public async Task A_session_that_ends_takes_its_stream_along()
    {
        await using var server = await StartAsync(o => Quick(ApiServer.Production(o)));
        var token = await TokenAsync(server, TenantId.Default);
        var (client, _) = await EventClient.OpenAsync(server, "", o => o.SetRequestHeader("Authorization", "Bearer " + token));
        using var __ = client;

        // Who does not receive answers no ping, and is cut off for that.
        var closed = client.ClosedAsync();
        foreach (var known in await server.Storage.Tokens.ListAsync(TenantId.Default, Cancellation))
            await server.Storage.Tokens.RevokeAsync(TenantId.Default, known.Id, Cancellation);
        Assert.Equal((4001, "The session or token has ended"), await closed);
    }

    [Fact]
    public async Task Too_many_clients_are_refused()
    {
        await using var server = await StartAsync(o => o with { Streams = o.Streams with { MaxPerTenant = 1 } });
        var (client, _) = await EventClient.OpenAsync(server);
        Assert.Equal(503, await EventClient.RefusalAsync(server));
        client.Dispose();
        Assert.True(Testing.Wait.Until(() => server.Part<EventHub>().Clients == 0));
        (client, _) = await EventClient.OpenAsync(server);
        client.Dispose();
    }

    // Nobody waits for a client that does not read: what it missed is in the database, and it is told to come back for it.
    [Fact]
    public async Task A_client_that_reads_too_slowly_is_dropped_with_the_reason()
    {
        await using var server = await StartAsync(o => o with { Streams = o.Streams with { MaxLag = 10, SendTimeout = TimeSpan.FromMinutes(5) } });
        var (client, _) = await EventClient.OpenAsync(server);
        using var __ = client;
        var lengthy = FakeExchange.Call(1, CallState.Initiated) with { CallerNumber = new string('1', 500), CalleeNumber = new string('2', 500), TraceId = new string('3', 500), CallerSipCallId = new string('4', 500) };
        for (var round = 0; round < 200 && Lag(server) <= 10 && client.Socket.State == WebSocketState.Open; round++)
        {
            for (var i = 0; i < 500; i++)
                server.Storage.Outbox.Publish(new CallHeld(lengthy, CallSide.Caller, At));
            await server.Storage.Writer.FlushAsync(Cancellation);
            Assert.True(Testing.Wait.Until(() => server.Part<EventHub>().Clients == 0 || server.Part<EventHub>().Last(TenantId.Default) >= server.Storage.Streams.Last(TenantId.Default)));
        }

        var (code, text) = await client.ClosedAsync();
        Assert.Equal(4008, code);
        Assert.StartsWith("Too slow: ", text, StringComparison.Ordinal);

        // It comes back for the rest, which is complete.
        var after = long.Parse(text![(text!.LastIndexOf('=') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
        var (again, _) = await EventClient.OpenAsync(server, $"after={after}");
        using (again)
            Assert.Equal(after + 1, (await again.EventAsync()).Sequence);
    }

    [Fact]
    public async Task A_message_that_is_too_long_ends_the_stream()
    {
        await using var server = await StartAsync();
        var (client, _) = await EventClient.OpenAsync(server);
        using var __ = client;
        await client.Socket.SendAsync(new byte[5_000], WebSocketMessageType.Text, true, Cancellation);
        Assert.Equal(1009, (await client.ClosedAsync()).Code);
    }

    [Fact]
    public async Task Lengths_are_metrics()
    {
        await using var server = await StartAsync();
        var (client, _) = await EventClient.OpenAsync(server);
        using var __ = client;
        Live(server, 1);
        Assert.Equal(1, (await client.EventAsync()).Sequence);
        var (_, page) = await server.GetAsync("/metrics");
        Assert.Contains("tandem_event_stream_clients{service=\"telephony-gateway\"} 1", page, StringComparison.Ordinal);
        Assert.Contains("tandem_event_streams{service=\"telephony-gateway\"} 1", page, StringComparison.Ordinal);
        Assert.Contains("tandem_event_stream_lag_events", page, StringComparison.Ordinal);
    }

    // What is told here happened in March: the hub must not find it too old, when it begins or a minute later.
    private static Task<ApiServer> StartAsync(Func<TandemOptions, TandemOptions>? change = null) =>
        ApiServer.StartAsync(o => (change ?? (same => same))(o with { Streams = o.Streams with { Retention = TimeSpan.FromDays(3_650) } }));

    private static long Lag(ApiServer server) => server.Part<EventHub>().Lag;

    private static TandemOptions Quick(TandemOptions options) => options with { Streams = options.Streams with { PingInterval = TimeSpan.FromSeconds(3) } };

    private static string Id(int number) => FakeExchange.Record(number).Id.Value;

    private static async Task<string> TokenAsync(ApiServer server, TenantId tenant) => (await server.Storage.Tokens.CreateAsync(tenant, "robot", cancellation: Cancellation)).Text.Reveal();

    // A call that rings and ends.
    private static void Live(ApiServer server, int number, TenantId? tenant = null)
    {
        var call = FakeExchange.Call(number, CallState.Initiated) with { Tenant = tenant ?? TenantId.Default };
        server.Storage.Outbox.Publish(new CallCreated(call, At));
        server.Storage.Outbox.Publish(new CallRinging(call with { State = CallState.Ringing }, At));
        server.Storage.Journal.Closed(FakeExchange.Record(number) with { Tenant = tenant ?? TenantId.Default });
    }
}
