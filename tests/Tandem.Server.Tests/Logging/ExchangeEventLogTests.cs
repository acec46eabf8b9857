using System.Net;
using Serilog;
using Serilog.Events;
using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;
using Tandem.Core.Net;
using Tandem.Sip.Engine;

namespace Tandem.Server.Logging;

public sealed class ExchangeEventLogTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);

    private static readonly CallSnapshot Call = new()
    {
        Id = new CallId("01CALL"),
        Tenant = TenantId.Default,
        TraceId = "trace-1",
        State = CallState.Initiated,
        CallerNumber = "100",
        CalleeNumber = "101",
        CallerAddress = "192.0.2.1:5060",
        CallerSipCallId = "abc@phone",
        InitiatedAt = At,
    };

    private static readonly CallDetailRecord Record = new()
    {
        Id = Call.Id,
        Tenant = Call.Tenant,
        TraceId = Call.TraceId,
        CallerNumber = "100",
        CalleeNumber = "101",
        InitiatedAt = At,
        AnsweredAt = At.AddSeconds(2),
        EndedAt = At.AddSeconds(12),
        Verdict = new Verdict(ResultClass.Success, EndReason.Completed, 200, CallSide.Callee),
    };

    public static TheoryData<ExchangeEvent, string> Lines => new()
    {
        { new CallCreated(Call, At), "Call from 100 to 101 from address 192.0.2.1:5060" },
        { new CallRinging(Call, At), "Call from 100 to 101 rings" },
        { new CallAnswered(Call with { CalleeAddress = "192.0.2.2:5060" }, At), "Call from 100 to 101 answered at address 192.0.2.2:5060" },
        { new CallHeld(Call, CallSide.Caller, At), "Call from 100 to 101 held by the caller" },
        { new CallResumed(Call, CallSide.Caller, At), "Call from 100 to 101 resumed by the caller" },
        { new CallEnded(Call, Record, At), "Call from 100 to 101 ended after 10 s: Completed, 200, by the callee" },
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Each_line_of_a_call_has_its_ids(ExchangeEvent exchangeEvent, string message)
    {
        var line = Assert.Single(await Log(exchangeEvent));

        Assert.Equal(message, line.RenderMessage());
        Assert.Equal("01CALL", Text(line, "callId"));
        Assert.Equal("trace-1", Text(line, "traceId"));
        Assert.Equal("abc@phone", Text(line, "sipCallId"));
        Assert.Equal("sip", Text(line, "component"));
    }

    // A Call-ID and an address may hold anything that a phone wrote: one line, values only, no second event and no template.
    [Theory]
    [InlineData("x\r\n2026-11-21 [INF] Call from 0 to 0 rings", "x\\u000D\\u000A2026-11-21 [INF] Call from 0 to 0 rings")]
    [InlineData("{callId} {{7*7}} ${jndi:ldap://x} %n", "{callId} {{7*7}} ${jndi:ldap://x} %n")]
    [InlineData("\u202Egnp.exe\u0007", "\\u202Egnp.exe\\u0007")]
    public async Task What_a_phone_wrote_is_a_value_on_one_line(string written, string logged)
    {
        var line = Assert.Single(await Log(new CallRinging(Call with { CallerSipCallId = written }, At)));

        Assert.Equal("Call from 100 to 101 rings", line.RenderMessage());
        Assert.Equal(logged, Text(line, "sipCallId"));
    }

    [Theory]
    [InlineData(RegistrationChange.Registered, "Extension 100 registered from udp:192.0.2.1:5060 for 3600 s, Phone\\u000A1")]
    [InlineData(RegistrationChange.Refreshed, "Extension 100 refreshed from udp:192.0.2.1:5060 for 3600 s")]
    [InlineData(RegistrationChange.Unregistered, "Extension 100 at udp:192.0.2.1:5060 unregistered")]
    [InlineData(RegistrationChange.Expired, "Extension 100 at udp:192.0.2.1:5060 expired")]
    [InlineData(RegistrationChange.RemovedByOperator, "Extension 100 at udp:192.0.2.1:5060 removed by an operator")]
    public async Task A_registration_is_one_line_without_control_characters(RegistrationChange change, string message)
    {
        var binding = new Binding
        {
            Tenant = TenantId.Default,
            Number = "100",
            ContactUri = "sip:100@192.0.2.1",
            RegisterCallId = "r",
            RegisterCSeq = 1,
            ExpiresSeconds = 3600,
            Flow = new SipFlow(SipTransportKind.Udp, default, NetAddress.From(IPAddress.Parse("192.0.2.1"), 5060)),
            RegisteredAt = At,
            ExpiresAt = At,
            LastSeen = At,
            UserAgent = "Phone\n1",
        };

        Assert.Equal(message, Assert.Single(await Log(new RegistrationEvent(TenantId.Default, binding, change, At))).RenderMessage());
    }

    [Theory]
    [InlineData(null, LogEventLevel.Information, "REGISTER as 10\\u000A0 from 192.0.2.1:5060 with wrong credentials")]
    [InlineData(600, LogEventLevel.Warning, "REGISTER as 10\\u000A0 from 192.0.2.1:5060 with wrong credentials, once too often: not heard for 600 s")]
    public async Task Wrong_credentials_are_one_line_and_a_ban_is_a_warning(int? seconds, LogEventLevel level, string message)
    {
        var source = NetAddress.From(IPAddress.Parse("192.0.2.1"), 5060);
        TimeSpan? banned = seconds is { } s ? TimeSpan.FromSeconds(s) : null;

        var line = Assert.Single(await Log(new AuthenticationFailed(TenantId.Default, source, "10\n0", "REGISTER", banned, At)));

        Assert.Equal((level, message), (line.Level, line.RenderMessage()));
    }

    [Fact]
    public async Task A_full_queue_drops_and_counts_and_says_so()
    {
        var gate = new ManualResetEventSlim();
        var lines = new List<LogEvent>();
        await using var log = new LoggerConfiguration().WriteTo.Sink(new Collector(lines, gate)).CreateLogger();
        await using (var sink = new ExchangeEventLog(log, capacity: 2))
        {
            // The writer holds at most one event while the gate is shut; two wait in the queue.
            for (var i = 0; i < 10; i++)
                sink.Publish(new CallRinging(Call, At));

            Assert.InRange(sink.Dropped, 7, 8);
            gate.Set();
        }

        Assert.Contains(lines, l => l.MessageTemplate.Text.StartsWith("{Dropped} events were not logged", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(LogEventLevel.Debug, 8)]
    [InlineData(LogEventLevel.Warning, 0)]
    public async Task What_the_level_keeps_out_of_the_log_is_not_queued(LogEventLevel level, int dropped)
    {
        var gate = new ManualResetEventSlim();
        await using var log = new LoggerConfiguration().MinimumLevel.Is(level).WriteTo.Sink(new Collector([], gate)).CreateLogger();
        await using var sink = new ExchangeEventLog(log, capacity: 1);
        for (var i = 0; i < 10; i++)
            sink.Publish(new CallRinging(Call, At));

        // The writer may hold one more.
        Assert.InRange(sink.Dropped, dropped, dropped == 0 ? 0 : dropped + 1);
        gate.Set();
    }

    private static async Task<List<LogEvent>> Log(ExchangeEvent exchangeEvent)
    {
        var lines = new List<LogEvent>();
        await using var log = new LoggerConfiguration().MinimumLevel.Debug().Enrich.FromLogContext().WriteTo.Sink(new Collector(lines, null)).CreateLogger();
        await using (var sink = new ExchangeEventLog(log, capacity: 16))
            sink.Publish(exchangeEvent);

        return lines;
    }

    private static string? Text(LogEvent line, string name) => (line.Properties[name] as ScalarValue)?.Value as string;

    private sealed class Collector(List<LogEvent> lines, ManualResetEventSlim? gate) : Serilog.Core.ILogEventSink
    {
        public void Emit(LogEvent logEvent)
        {
            gate?.Wait(TestContext.Current.CancellationToken);
            lines.Add(logEvent);
        }
    }
}
