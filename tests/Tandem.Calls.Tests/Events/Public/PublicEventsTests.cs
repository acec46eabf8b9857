using System.Text.Json;
using Tandem.Calls.Calls;
using Tandem.Calls.Messages;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Events.Public;

public class PublicEventsTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 5, 250, TimeSpan.FromHours(2));
    private static readonly TenantId Tenant = new("acme");

    private static readonly CallSnapshot Call = new()
    {
        Id = new CallId("01TEST00000000000000000001"),
        Tenant = Tenant,
        TraceId = "trace-1",
        State = CallState.Established,
        CallerNumber = "100",
        CalleeNumber = "101",
        CallerSipCallId = "abc@example",
        InitiatedAt = At,
    };

    private static readonly CallDetailRecord Record = new()
    {
        Id = Call.Id,
        Tenant = Tenant,
        TraceId = "trace-1",
        CallerNumber = "100",
        CalleeNumber = "101",
        InitiatedAt = At,
        AnsweredAt = At.AddSeconds(2),
        EndedAt = At.AddSeconds(12.5),
        Verdict = new Verdict(ResultClass.Success, EndReason.Completed, 200, CallSide.Callee, 16),
        FromCaller = DirectionStatistics.None with { Packets = 500, Codec = "opus", Mos = 4.1234 },
    };

    public static TheoryData<ExchangeEvent, string, string> PublicOnes => new()
    {
        { new CallCreated(Call, At), "call.created", "evt_01TEST00000000000000000001_created" },
        { new CallRinging(Call, At), "call.ringing", "evt_01TEST00000000000000000001_ringing" },
        { new CallAnswered(Call, At), "call.answered", "evt_01TEST00000000000000000001_answered" },
        { new CallHeld(Call, CallSide.Caller, At), "call.held", "evt_run1_ff" },
        { new CallResumed(Call, CallSide.Caller, At), "call.resumed", "evt_run1_ff" },
        { new CallTransferred(Call, new CallId("other"), CallSide.Callee, At), "call.transferred", "evt_run1_ff" },
        { new CallRecordingChanged(Call, At), "recording.changed", "evt_run1_ff" },
        { new CallRecordingFailed(Call, "the disk is full", At), "recording.failed", "evt_run1_ff" },
        { new CallEnded(Call, Record, At), "call.ended", "evt_01TEST00000000000000000001_ended" },
        { new MessageDelivered(Tenant, "100", "101", 12, new MessageVerdict(MessageOutcome.Delivered, 200, 1), At), "message.delivered", "evt_run1_ff" },
        { new MessageFailed(Tenant, "100", "101", 12, default, At), "message.failed", "evt_run1_ff" },
    };

    [Theory]
    [MemberData(nameof(PublicOnes))]
    public void An_event_has_a_type_an_id_and_an_envelope(ExchangeEvent happened, string type, string id)
    {
        var e = PublicEvents.From(happened, 255, "run1")!;

        Assert.Equal((type, id, Tenant, 255L), (e.Type, e.Id, e.Tenant, e.Sequence));
        Assert.Equal(type, PublicEventTypes.Of(happened));
        Assert.Contains(type, PublicEventTypes.All);
        var body = JsonDocument.Parse(e.Body).RootElement;
        Assert.Equal(["id", "type", "timestamp", "tenant", "callId", "data"], body.EnumerateObject().Select(property => property.Name));
        Assert.Equal(id, body.GetProperty("id").GetString());
        Assert.Equal(type, body.GetProperty("type").GetString());
        Assert.Equal("acme", body.GetProperty("tenant").GetString());
        Assert.Equal(happened is CallEvent ? Call.Id.Value : null, body.GetProperty("callId").GetString());
    }

    [Theory]
    [InlineData(CallDirection.Internal, "", "INTERNAL", null)]
    [InlineData(CallDirection.Inbound, "sp_1", "INBOUND", "sp_1")]
    [InlineData(CallDirection.Outbound, "sp_2", "OUTBOUND", "sp_2")]
    public void The_beginning_and_the_end_say_which_way_the_call_went(CallDirection direction, string profile, string word, string? id)
    {
        var call = Call with { Direction = direction, ProfileId = profile };
        var record = Record with { Direction = direction, ProfileId = profile };
        foreach (ExchangeEvent happened in new ExchangeEvent[] { new CallCreated(call, At), new CallEnded(call, record, At) })
        {
            var data = JsonDocument.Parse(PublicEvents.From(happened, 1, "run1")!.Body).RootElement.GetProperty("data");
            Assert.Equal((word, id), (data.GetProperty("direction").GetString(), data.GetProperty("profileId").GetString()));
        }
    }

    [Fact]
    public void A_pressed_key_and_a_refused_password_stay_inside()
    {
        Assert.Null(PublicEvents.From(new CallDigit(Call, CallSide.Caller, '5', 100, At), 1, "run1"));
        Assert.Null(PublicEventTypes.Of(new CallDigit(Call, CallSide.Caller, '5', 100, At)));
        Assert.Null(PublicEventTypes.Of(new AuthenticationFailed(Tenant, default, "100", "REGISTER", null, At)));
    }

    [Fact]
    public void The_end_of_a_call_tells_its_verdict_times_and_media()
    {
        var data = JsonDocument.Parse(PublicEvents.Ended(Record, 1).Body).RootElement.GetProperty("data");

        Assert.Equal("2026-03-01T10:00:05.250Z", data.GetProperty("initiatedAt").GetString());
        Assert.Equal(JsonValueKind.Null, data.GetProperty("ringingAt").ValueKind);
        Assert.Equal(10.5, data.GetProperty("durationSeconds").GetDouble());
        Assert.Equal("SUCCESS", data.GetProperty("result").GetString());
        Assert.Equal("COMPLETED", data.GetProperty("reason").GetString());
        Assert.Equal("CALLEE", data.GetProperty("endedBy").GetString());
        Assert.Equal(4.123, data.GetProperty("callerMedia").GetProperty("mos").GetDouble());
        Assert.Equal(JsonValueKind.Null, data.GetProperty("calleeMedia").GetProperty("mos").ValueKind);
    }

    [Fact]
    public void The_end_of_a_call_tells_what_few_calls_have()
    {
        var plain = JsonDocument.Parse(PublicEvents.Ended(Record, 1).Body).RootElement.GetProperty("data");
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null, 0, 0), (
            plain.GetProperty("price").ValueKind, plain.GetProperty("ivrPath").ValueKind, plain.GetProperty("recordingIds").GetArrayLength(), plain.GetProperty("attempts").GetArrayLength()));

        var attempt = new CallAttempt("+4930123456", "203.0.113.1:5060", "x@example", "sp_9", 503, "Service Unavailable", At, null, At.AddSeconds(1));
        var extras = new CallExtras { Attempts = [.. Enumerable.Repeat(attempt, 30)], Price = 0.25m, IvrPath = "main/2", Recordings = ["r1"] };
        var data = JsonDocument.Parse(PublicEvents.Ended(Record with { Extras = extras }, 1).Body).RootElement.GetProperty("data");
        Assert.Equal((0.25m, "main/2", "r1", 20), (
            data.GetProperty("price").GetDecimal(), data.GetProperty("ivrPath").GetString(), data.GetProperty("recordingIds")[0].GetString(), data.GetProperty("attempts").GetArrayLength()));
        Assert.Equal(("sp_9", 503), (data.GetProperty("attempts")[0].GetProperty("profileId").GetString(), data.GetProperty("attempts")[0].GetProperty("sipStatus").GetInt32()));
    }

    [Fact]
    public void What_a_stranger_wrote_is_cut_and_escaped()
    {
        var e = PublicEvents.From(new CallCreated(Call with { CallerNumber = "\"\r\n\0\ud800" + new string('9', 100_000) }, At), 1, "run1")!;
        var caller = JsonDocument.Parse(e.Body).RootElement.GetProperty("data").GetProperty("caller").GetString()!;

        Assert.StartsWith("\"\r\n\0\ufffd999", caller, StringComparison.Ordinal);
        Assert.Equal(512, caller.Length);
    }

    [Theory]
    [InlineData("*", "call.ended", true)]
    [InlineData("call.*", "call.ended", true)]
    [InlineData("call.*", "calling.ended", false)]
    [InlineData("call.ended", "call.ended", true)]
    [InlineData("call.ended", "call.ended2", false)]
    [InlineData("registration.*", "call.ended", false)]
    public void A_pattern_takes_types(string pattern, string type, bool expected) => Assert.Equal(expected, PublicEventTypes.Matches(pattern, type));

    [Theory]
    [InlineData("*", true)]
    [InlineData("message.*", true)]
    [InlineData("call.created", true)]
    [InlineData("", false)]
    [InlineData("nothing.*", false)]
    [InlineData("call.nothing", false)]
    [InlineData("call.ended,call.created", false)]
    public void A_pattern_is_refused_when_no_event_can_match(string pattern, bool expected) => Assert.Equal(expected, PublicEventTypes.IsPattern(pattern));
}
