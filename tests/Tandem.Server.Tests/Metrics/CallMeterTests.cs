using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Tenants;
using Tandem.Server.Rest;

namespace Tandem.Server.Metrics;

public class CallMeterTests
{
    [Theory]
    [InlineData(EndReason.Busy, false, "busy")]
    [InlineData(EndReason.NoAnswer, false, "no_answer")]
    [InlineData(EndReason.Cancelled, false, "no_answer")]
    [InlineData(EndReason.Rejected, false, "failed")]
    [InlineData(EndReason.Completed, true, "completed")]
    [InlineData(EndReason.MediaTimeout, true, "completed")]
    public void A_call_ends_in_one_of_document_3s_statuses(EndReason reason, bool answered, string status)
    {
        var record = FakeExchange.Record(1) with { Verdict = new Verdict(ResultClass.Success, reason, 200, CallSide.Caller), AnsweredAt = answered ? DateTimeOffset.UtcNow : null };
        Assert.Equal(status, CallMeter.StatusOf(record));
    }

    [Fact]
    public void Each_status_is_counted_when_it_is_reached()
    {
        var meter = new CallMeter();
        var call = FakeExchange.Call(1, CallState.Ringing);
        meter.Publish(new CallCreated(call, call.InitiatedAt));
        meter.Publish(new CallRinging(call, call.InitiatedAt));
        meter.Publish(new CallAnswered(call, call.InitiatedAt.AddSeconds(3)));
        meter.Publish(new CallEnded(call, FakeExchange.Record(1) with { AnsweredAt = call.InitiatedAt.AddSeconds(3), EndedAt = call.InitiatedAt.AddSeconds(63) }, call.InitiatedAt));

        var text = Read(meter);
        Assert.Equal([1, 1, 1, 1, 0], new[] { "initiated", "ringing", "answered", "completed", "failed" }.Select(status =>
            text[$"calls_total{{service=\"telephony-gateway\",direction=\"internal\",status=\"{status}\"}}"]));
        Assert.Equal(60, text["call_duration_seconds_sum{service=\"telephony-gateway\",direction=\"internal\"}"]);
        Assert.Equal(3, text["tandem_call_setup_seconds_sum{service=\"telephony-gateway\"}"]);
        Assert.Equal(0, text["tandem_tenant_calls{service=\"telephony-gateway\",tenant=\"default\"}"]);
    }

    [Fact]
    public void Any_number_of_tenants_makes_a_page_of_bounded_size()
    {
        var meter = new CallMeter();
        for (var tenant = 0; tenant < 2_000; tenant++)
        {
            for (var i = 0; i <= (tenant == 1_234 ? 1 : 0); i++)
            {
                var call = FakeExchange.Call(1, CallState.Ringing) with { Tenant = new TenantId($"t\"{tenant}") };
                meter.Publish(new CallCreated(call, call.InitiatedAt));
            }
        }

        var text = Read(meter);
        Assert.Equal(51, text.Samples.Count(name => name.StartsWith("tandem_tenant_calls{", StringComparison.Ordinal)));
        Assert.Equal(2, text["tandem_tenant_calls{service=\"telephony-gateway\",tenant=\"t\\\"1234\"}"]);
        Assert.Equal(1_950, text["tandem_tenant_calls{service=\"telephony-gateway\",tenant=\"other\"}"]);
    }

    private static MetricsText Read(CallMeter meter)
    {
        var page = new PrometheusWriter();
        meter.Write(page);
        return new MetricsText(page.ToString());
    }
}
