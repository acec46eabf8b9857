using System.Text;
using System.Text.Json;
using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Tenants;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tracing;

public class CallTracesTests
{
    private static readonly SipFlow Flow = new(SipTransportKind.Udp, ExchangeRig.ServerAddress, NetAddress.FromV4(0x0A000001, 5060));

    [Fact]
    public void A_call_leaves_the_messages_of_both_legs_what_was_decided_and_how_it_ended()
    {
        var talk = new TalkingCall(traces: new TraceOptions());
        var id = talk.Rig.Calls.Single().Id;
        talk.HangUp();
        talk.Rig.Run(1);

        var trace = talk.Rig.Traces!.Find(TenantId.Default, id)!;
        Assert.Equal(
            ["< INVITE (SDP)", "CallCreated", "dialplan", "> 100 INVITE", "> INVITE (SDP)", "< 200 INVITE (SDP)", "CallAnswered", "> ACK", "> 200 INVITE (SDP)", "< ACK", "< BYE",
                "CallEnded", "media", "media", "verdict", "> 200 BYE", "> BYE", "< 200 BYE"],
            Order(trace));
        Assert.Equal("COMPLETED", Json(trace, "verdict").GetProperty("reason").GetString()!.ToUpperInvariant());
        Assert.Equal("Ring", Json(trace, "dialplan").GetProperty("decision").GetString());
        Assert.Equal(("100", "101"), (Json(trace, "CallCreated").GetProperty("caller").GetString(), Json(trace, "CallCreated").GetProperty("callee").GetString()));
        Assert.NotNull(trace.EndedAt);
        Assert.Equal(0, trace.LeftOut);
        Assert.Equal(32, trace.TraceId.Length);
    }

    [Fact]
    public void A_challenge_belongs_to_the_call_that_comes_of_it()
    {
        var rig = new ExchangeRig(credentials: true, traces: new TraceOptions());
        var ada = rig.Phone("100");
        rig.Phone("101");
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio(port: 30000));
        a.AckRefusal(ada.Expect("407"));

        // No call yet: it has no id by which anybody could ask.
        Assert.Equal(0, rig.Traces!.Count);
        Assert.True(rig.Traces.Bytes > 0);
    }

    [Fact]
    public void A_transferred_leg_is_seen_in_the_call_that_it_has_come_to()
    {
        var talk = new TalkingCall(traces: new TraceOptions());
        var cora = talk.Rig.Phone("102");
        var first = talk.Rig.Calls.Single().Id;
        talk.B.Send("REFER", "", "Refer-To: <sip:102@198.51.100.1>");
        var invite = cora.Expect("INVITE");
        var c = cora.Take(invite);
        c.Reply(invite, 200, Sdp.Audio(port: 50000));
        talk.A.Reply(talk.Ada.Expect("INVITE"), 200, Sdp.Audio(port: 30000, version: 2));
        talk.Rig.Run(1);

        var second = talk.Rig.Calls.Single(call => call.Id != first).Id;
        talk.A.Send("BYE");
        talk.Rig.Run(1);
        Assert.Contains("< BYE", Order(talk.Rig.Traces!.Find(TenantId.Default, second)!));
        Assert.Contains("CallTransferred", Order(talk.Rig.Traces.Find(TenantId.Default, first)!));
    }

    [Fact]
    public void Another_tenant_finds_nothing()
    {
        var talk = new TalkingCall(traces: new TraceOptions());
        Assert.Null(talk.Rig.Traces!.Find(new TenantId("other"), talk.Rig.Calls.Single().Id));
    }

    [Fact]
    public void The_trace_of_an_ended_call_goes_when_its_time_is_over()
    {
        var talk = new TalkingCall(traces: new TraceOptions { Keep = TimeSpan.FromMinutes(5) });
        var id = talk.Rig.Calls.Single().Id;
        talk.HangUp();
        talk.Rig.Run(1);
        var traces = talk.Rig.Traces!;
        var ended = traces.Find(TenantId.Default, id)!.EndedAt!.Value;

        traces.Sweep(ended.AddMinutes(5).AddTicks(-1));
        Assert.NotNull(traces.Find(TenantId.Default, id));
        traces.Sweep(ended.AddMinutes(5));
        Assert.Null(traces.Find(TenantId.Default, id));
        Assert.Equal((0, 0L), (traces.Count, traces.Bytes));
    }

    [Fact]
    public void Nothing_is_kept_when_traces_are_off()
    {
        var talk = new TalkingCall(traces: new TraceOptions { IsOn = false });
        Assert.Equal((0, 0L), (talk.Rig.Traces!.Count, talk.Rig.Traces.Bytes));
    }

    [Fact]
    public void What_is_more_than_a_call_may_have_is_counted_and_not_kept()
    {
        var traces = new CallTraces(new TraceOptions { BytesPerCall = 2_000 }, new EpochClock());
        var id = Begin(traces, "a");
        for (var i = 0; i < 10; i++)
            traces.Seen(SipDirection.Received, Flow, Message("OPTIONS", "a"), 0, Moment.Zero);

        var trace = traces.Find(TenantId.Default, id)!;
        Assert.InRange(trace.Bytes, 1_000, 2_000);
        Assert.Equal(trace.LeftOut, traces.LeftOut);
        Assert.Equal(12, trace.Entries.Count + trace.LeftOut);
    }

    // The bound of all calls: whoever has ended first goes first, a call in progress never.
    [Fact]
    public void When_memory_is_used_up_the_oldest_ended_call_goes()
    {
        var traces = new CallTraces(new TraceOptions { TotalBytes = 24 * 4_096, BytesPerCall = 64 << 10 }, new EpochClock());
        var ids = new List<CallId>();
        for (var i = 0; i < 40; i++)
        {
            var id = Begin(traces, $"call-{i}");
            ids.Add(id);
            if (i > 0)
                traces.Publish(Ended(id));
        }

        Assert.True(traces.Bytes <= 24 * 4_096);
        Assert.NotNull(traces.Find(TenantId.Default, ids[0]));
        Assert.NotNull(traces.Find(TenantId.Default, ids[^1]));
        Assert.Null(traces.Find(TenantId.Default, ids[1]));
    }

    [Fact]
    public void The_number_of_traces_is_bounded()
    {
        var traces = new CallTraces(new TraceOptions { MaxCalls = 3 }, new EpochClock());
        var ids = Enumerable.Range(0, 5).Select(i => Begin(traces, $"call-{i}")).ToList();
        Assert.Equal(3, traces.Count);
        Assert.Null(traces.Find(TenantId.Default, ids[4]));

        traces.Publish(Ended(ids[0]));
        Begin(traces, "late");
        Assert.Equal(3, traces.Count);
        Assert.Null(traces.Find(TenantId.Default, ids[0]));
    }

    [Fact]
    public void A_flood_of_invites_that_become_no_calls_keeps_a_bounded_number_of_blocks()
    {
        var traces = new CallTraces(new TraceOptions(), new EpochClock());
        for (var i = 0; i < 5_000; i++)
            traces.Seen(SipDirection.Received, Flow, Message("INVITE", $"flood-{i}"), 0, Moment.Zero);

        Assert.Equal(0, traces.Count);
        Assert.InRange(traces.Bytes, 1, 256 * 4_096);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r\n\r\n")]
    [InlineData("INVITE")]
    [InlineData("INVITE sip:a SIP/2.0\r\nCall-ID:\r\n\r\n")]
    [InlineData("SIP/2.0 99999999999999 x\r\nCall-ID: a\r\n\r\n")]
    [InlineData("INVITE sip:a SIP/2.0\r\nAuthorization")]
    [InlineData("INVITE sip:a SIP/2.0\nCall-ID: a\nAuthorization: Digest response=\n\na=crypto:1 X inline:")]
    public void Hostile_bytes_do_no_harm(string text)
    {
        var traces = new CallTraces(new TraceOptions(), new EpochClock());
        traces.Seen(SipDirection.Received, Flow, Encoding.UTF8.GetBytes(text), 0, Moment.Zero);
        Assert.Equal(0, traces.Count);
    }

    [Fact]
    public void A_phone_may_use_the_call_id_of_a_call_that_is_long_over()
    {
        var traces = new CallTraces(new TraceOptions(), new EpochClock());
        var first = Begin(traces, "same");
        traces.Publish(Ended(first));
        traces.Seen(SipDirection.Received, Flow, Message("INVITE", "same"), 0, Moment.Zero + TimeSpan.FromMinutes(10));
        var second = new CallId("second");
        traces.Publish(new CallCreated(Snapshot(second, "same"), EpochClock.Epoch));

        Assert.Single(traces.Find(TenantId.Default, first)!.Entries, e => e.Kind == TraceKind.Sip);
        Assert.Single(traces.Find(TenantId.Default, second)!.Entries, e => e.Kind == TraceKind.Sip);
    }

    // What a message costs when its trace has room: nothing is allocated but blocks, which are used again.
    [Fact]
    public void A_message_allocates_nothing_but_its_share_of_a_block()
    {
        var traces = new CallTraces(new TraceOptions { BytesPerCall = 4 << 20 }, new EpochClock());
        Begin(traces, "a");
        var message = Message("INFO", "a");
        for (var i = 0; i < 100; i++)
            traces.Seen(SipDirection.Sent, Flow, message, 0, Moment.Zero);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
            traces.Seen(SipDirection.Sent, Flow, message, 0, Moment.Zero);
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / 1_000;
        Assert.InRange(each, message.Length, message.Length + 200);
    }

    [Fact]
    public void Media_is_reported_often_at_first_and_more_rarely_later()
    {
        var talk = new TalkingCall(traces: new TraceOptions { MediaInterval = TimeSpan.FromSeconds(30) });
        var call = talk.Rig.Calls.Single();
        var answered = call.AnsweredAt!.Value;
        for (var second = 0; second < 4_000; second += 5)
            talk.Rig.Exchange.SampleMedia(answered.AddSeconds(second));

        var reports = talk.Rig.Traces!.Find(TenantId.Default, call.Id)!.Entries.Where(e => e.Kind == TraceKind.Media).Select(e => (e.At - answered).TotalSeconds).Distinct().ToList();
        Assert.Equal([30, 60, 90], reports.Take(3));
        Assert.InRange(reports.Count, 15, 45);
        Assert.True(reports[^1] - reports[^2] > 300);
    }

    private static CallId Begin(CallTraces traces, string sipCallId)
    {
        traces.Seen(SipDirection.Received, Flow, Message("INVITE", sipCallId), 0, Moment.Zero);
        var id = new CallId("id-" + sipCallId);
        traces.Publish(new CallCreated(Snapshot(id, sipCallId), EpochClock.Epoch));
        return id;
    }

    private static CallSnapshot Snapshot(CallId id, string sipCallId) => new()
    {
        Id = id,
        Tenant = TenantId.Default,
        TraceId = "0123456789abcdef0123456789abcdef",
        State = CallState.Initiated,
        CallerNumber = "100",
        CalleeNumber = "101",
        CallerSipCallId = sipCallId,
        InitiatedAt = EpochClock.Epoch,
    };

    private static CallEnded Ended(CallId id) => new(
        Snapshot(id, ""),
        new CallDetailRecord
        {
            Id = id,
            Tenant = TenantId.Default,
            TraceId = "",
            CallerNumber = "100",
            CalleeNumber = "101",
            InitiatedAt = EpochClock.Epoch,
            EndedAt = EpochClock.Epoch,
            Verdict = new Verdict(ResultClass.Success, EndReason.Completed, 200, CallSide.Caller),
        },
        EpochClock.Epoch);

    private static byte[] Message(string method, string callId) => Encoding.UTF8.GetBytes(
        $"{method} sip:101@198.51.100.1 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKx\r\nFrom: <sip:100@x>;tag=1\r\nTo: <sip:101@x>\r\nCall-ID: {callId}\r\nCSeq: 1 {method}\r\nContent-Length: 0\r\n\r\n");

    private static string[] Order(CallTrace trace) =>
        [.. trace.Entries.Select(e => e.Kind == TraceKind.Sip
            ? (e.Direction == SipDirection.Received ? "< " : "> ") + TraceLadder.Name(e.Data.Span)
            : JsonDocument.Parse(e.Data).RootElement.GetProperty("name").GetString()!)];

    private static JsonElement Json(CallTrace trace, string name) => trace.Entries.Where(e => e.Kind != TraceKind.Sip)
        .Select(e => JsonDocument.Parse(e.Data).RootElement).Single(e => e.GetProperty("name").GetString() == name);
}
