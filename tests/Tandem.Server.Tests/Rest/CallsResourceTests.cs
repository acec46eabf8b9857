using System.Text.Json;
using Tandem.Calls.Calls;
using Tandem.Calls.Ports;

using Tandem.Testing.Media;

namespace Tandem.Server.Rest;

public sealed class CallsResourceTests
{
    [Fact]
    public async Task Calls_in_progress_have_the_fields_of_document_5_first()
    {
        await using var server = await ApiServer.StartAsync();
        server.Exchange.Active.Add(FakeExchange.Call(1, CallState.Initiated));

        Assert.Equal(
            """
            [{"callId":"sip-1@phone","fromNumber":"100","toNumber":"101","state":"INITIATED","inviteTime":"2026-03-01T12:00:01.000Z","answerTime":null,"duration":0,"fromAddress":"192.0.2.1","toAddress":"","fromPort":5060,"toPort":0,"id":"01CALL00000000000000000001","traceId":"trace-1","heldByCaller":false,"heldByCallee":false,"transferredBy":"","transferredFrom":null,"recording":"none"}]
            """, (await server.GetAsync("/api/calls")).Body);
    }

    // A Call-ID is whatever the phone wrote: in JSON it is one string, and nothing of it closes or opens anything.
    [Theory]
    [InlineData("\"},{\"callId\":\"forged")]
    [InlineData("</script><script>alert(1)</script>")]
    [InlineData("{{7*7}}${jndi:ldap://x}\r\nSet-Cookie: a=b")]
    public async Task What_a_phone_wrote_is_one_string(string written)
    {
        await using var server = await ApiServer.StartAsync();
        server.Exchange.Active.Add(FakeExchange.Call(1, CallState.Ringing) with { CallerSipCallId = written });

        var body = (await server.GetAsync("/api/calls")).Body;
        Assert.Equal(written, Assert.Single(System.Text.Json.JsonDocument.Parse(body).RootElement.EnumerateArray()).GetProperty("callId").GetString());
        Assert.DoesNotContain("\n", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_established_call_counts_seconds_from_the_answer()
    {
        await using var server = await ApiServer.StartAsync();
        server.Exchange.Active.Add(FakeExchange.Call(1, CallState.Established) with { AnsweredAt = DateTimeOffset.UtcNow.AddSeconds(-90) });

        var call = (await server.JsonAsync("/api/calls"))[0];
        Assert.Equal("ESTABLISHED", call.GetProperty("state").GetString());
        Assert.InRange(call.GetProperty("duration").GetDouble(), 90, 100);
    }

    [Fact]
    public async Task Calls_of_a_user_are_those_on_either_side_and_of_an_unknown_user_none()
    {
        await using var server = await ApiServer.StartAsync();
        server.Exchange.Active.Add(FakeExchange.Call(1, CallState.Ringing));
        server.Exchange.Active.Add(FakeExchange.Call(2, CallState.Ringing) with { CallerNumber = "105", CalleeNumber = "106" });

        var call = Assert.Single((await server.JsonAsync("/api/users/101/calls")).EnumerateArray());
        Assert.Equal(["callId", "fromNumber", "toNumber", "state", "inviteTime", "answerTime", "duration", "id"], call.EnumerateObject().Select(p => p.Name));
        Assert.Equal((200, "[]"), await server.GetAsync("/api/users/999/calls"));
    }

    [Fact]
    public async Task History_is_oldest_first_with_verdicts_and_paged()
    {
        await using var server = await ApiServer.StartAsync();
        for (var i = 0; i < 60; i++)
            server.Storage.Journal.Closed(FakeExchange.Record(i, i == 0 ? EndReason.NoAnswer : EndReason.Completed));

        var page = await server.JsonAsync("/api/calls/history");
        Assert.Equal(50, page.GetArrayLength());
        Assert.Equal(
            """{"callId":"sip-0@phone","fromNumber":"100","toNumber":"101","state":"TERMINATED","inviteTime":"2026-03-01T12:00:00.000Z","answerTime":null,"endTime":"2026-03-01T12:00:03.500Z","duration":0,"terminationReason":"TIMEOUT","id":"01CALL00000000000000000000","traceId":"trace-0","verdict":{"result":"SUCCESS","reason":"NO_ANSWER","sipStatus":200,"endedBy":"CALLEE","cause":16,"text":""},"transferredBy":"","transferredFrom":null,"transferredTo":null,"callerMedia":{"codec":"","packets":0,"bytes":0,"lost":0,"lossPercent":0,"jitter":0,"maxJitter":0,"roundTrip":null,"mos":null,"heardLossPercent":null,"heardJitter":null,"heardMos":null},"calleeMedia":{"codec":"","packets":0,"bytes":0,"lost":0,"lossPercent":0,"jitter":0,"maxJitter":0,"roundTrip":null,"mos":null,"heardLossPercent":null,"heardJitter":null,"heardMos":null}}""",
            page[0].GetRawText());
        Assert.Equal((2.5, "NORMAL"), (page[1].GetProperty("duration").GetDouble(), page[1].GetProperty("terminationReason").GetString()));

        Assert.Equal(60, (await server.JsonAsync("/api/calls/history?limit=100000")).GetArrayLength());
        var rest = await server.JsonAsync("/api/calls/history?limit=20&offset=50");
        Assert.Equal(Enumerable.Range(50, 10).Select(i => $"sip-{i}@phone"), rest.EnumerateArray().Select(c => c.GetProperty("callId").GetString()));
    }

    [Fact]
    public async Task History_tells_how_well_each_direction_did()
    {
        await using var server = await ApiServer.StartAsync();
        server.Storage.Journal.Closed(FakeExchange.Record(1) with
        {
            FromCaller = new DirectionStatistics(990, 170_280, 10, 1.25, null)
            {
                Codec = "opus",
                MaxJitterMilliseconds = 7.125,
                RoundTripMilliseconds = 38.5,
                Mos = 4.123,
                HeardLossPercent = 1.25,
                HeardJitterMilliseconds = 2.75,
                HeardMos = 3.987,
            },
        });

        var call = (await server.JsonAsync("/api/calls/history"))[0];
        Assert.Equal(
            """{"codec":"opus","packets":990,"bytes":170280,"lost":10,"lossPercent":1,"jitter":1.25,"maxJitter":7.125,"roundTrip":38.5,"mos":4.12,"heardLossPercent":1.25,"heardJitter":2.75,"heardMos":3.99}""",
            call.GetProperty("callerMedia").GetRawText());
        Assert.Equal(JsonValueKind.Null, call.GetProperty("calleeMedia").GetProperty("mos").ValueKind);
    }

    [Theory]
    [InlineData("limit=-1")]
    [InlineData("offset=-1")]
    [InlineData("limit=all")]
    public async Task A_page_that_cannot_be_is_400(string query)
    {
        await using var server = await ApiServer.StartAsync();
        var (status, body) = await server.GetAsync($"/api/calls/history?{query}");
        Assert.Equal(400, status);
        Assert.StartsWith("{\"error\":\"", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_relayed_line_is_listed_both_ways()
    {
        await using var server = await ApiServer.StartAsync();
        server.Exchange.Active.Add(FakeExchange.Call(1, CallState.Established, new OneStream()));
        server.Exchange.Active.Add(FakeExchange.Call(2, CallState.Ringing));

        Assert.Equal(
            """
            [{"callId":"sip-1@phone","fromAddress":"192.0.2.1","fromPort":4000,"toAddress":"192.0.2.2","toPort":5000,"kind":"audio","packets":10,"bytes":1720,"lost":1,"jitter":0.5,"lastSeen":null,"dropped":0,"codec":"PCMA","lossPercent":9.091,"maxJitter":2.25,"roundTrip":40.5,"mos":4.12,"heardLossPercent":1.25,"heardJitter":3,"heardMos":3.99},{"callId":"sip-1@phone_reverse","fromAddress":"192.0.2.2","fromPort":5000,"toAddress":"192.0.2.1","toPort":4000,"kind":"audio","packets":0,"bytes":0,"lost":0,"jitter":0,"lastSeen":null,"dropped":0,"codec":"","lossPercent":0,"maxJitter":0,"roundTrip":null,"mos":null,"heardLossPercent":null,"heardJitter":null,"heardMos":null}]
            """, (await server.GetAsync("/api/rtp-streams")).Body);
        Assert.Equal(2, (await server.JsonAsync("/api/statistics")).GetProperty("rtp").GetProperty("activeStreams").GetInt32());
    }

    [Fact]
    public async Task Clearing_empties_calls_history_and_registrations()
    {
        await using var server = await ApiServer.StartAsync();
        server.Exchange.Active.Add(FakeExchange.Call(1, CallState.Ringing));
        server.Exchange.Registered.Add(FakeExchange.Contact("100", "192.0.2.1", DateTimeOffset.UtcNow.AddMinutes(5)));
        server.Storage.Journal.Closed(FakeExchange.Record(7));

        Assert.Equal((200, """{"message":"All calls cleared"}"""), await server.SendAsync(HttpMethod.Post, "/api/admin/clear-calls"));
        Assert.Equal((200, """{"message":"All users cleared"}"""), await server.SendAsync(HttpMethod.Post, "/api/admin/clear-users"));
        foreach (var path in new[] { "/api/calls", "/api/calls/history", "/api/users" })
            Assert.Equal((200, "[]"), await server.GetAsync(path));
    }

    private sealed class OneStream : IMediaSession
    {
        private static readonly DirectionStatistics Measured = new(10, 1720, 1, 0.5, null)
        {
            Codec = "PCMA",
            MaxJitterMilliseconds = 2.25,
            RoundTripMilliseconds = 40.5,
            Mos = 4.1234,
            HeardLossPercent = 1.25,
            HeardJitterMilliseconds = 3,
            HeardMos = 3.987,
        };

        public IReadOnlyList<MediaStreamSnapshot> Streams() =>
            [new("audio", "192.0.2.1", 4000, "192.0.2.2", 5000, Measured, DirectionStatistics.None)];

        public MediaResult Offer(CallSide from, ReadOnlyMemory<byte> sdp) => new(sdp);

        public MediaResult Answer(CallSide from, ReadOnlyMemory<byte> sdp) => new(sdp);

        public MediaResult OfferFor(CallSide to, MediaPeer peer) => new(default);

        public MediaResult Accept(CallSide from, ReadOnlyMemory<byte> sdp) => new(sdp);

        public MediaResult Create(CallSide to) => new(default);

        public IMediaSound Sound { get; } = new FakeMediaSound();

        public void AbandonOffer()
        {
        }

        public bool HoldsOther(CallSide side) => false;

        public DirectionStatistics From(CallSide side) => DirectionStatistics.None;

        public void Close()
        {
        }
    }
}
