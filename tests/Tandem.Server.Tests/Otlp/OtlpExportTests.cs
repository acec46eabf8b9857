using System.Text;
using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Ivr;
using Tandem.Calls.Ports;
using Tandem.Calls.Tracing;
using Tandem.Core.Net;
using Tandem.Core.Privacy;
using Tandem.Core.Time;
using Tandem.Server.Metrics;
using Tandem.Server.Rest;
using Tandem.Server.Webhooks;
using Tandem.Sip.Engine;
using Tandem.Storage.Webhooks;
using Tandem.Testing.Otlp;

namespace Tandem.Server.Otlp;

public class OtlpExportTests
{
    private const string TraceId = "0123456789ab4def8123456789abcdef";

    [Fact]
    public async Task A_call_is_one_trace_with_the_calls_own_id()
    {
        await using var collector = await KestrelCollector.StartAsync();
        var clock = new Clock(TimeProvider.System);
        var traces = new CallTraces(new TraceOptions(), clock);
        await using var export = new OtlpExport(collector.Options, traces, TimeProvider.System, _ => { });
        var call = FakeExchange.Call(1, CallState.Established) with { TraceId = TraceId };
        var flow = new SipFlow(SipTransportKind.Udp, default, NetAddress.FromV4(0xC0000201, 5070));
        traces.Seen(SipDirection.Received, flow, Encoding.UTF8.GetBytes($"INVITE sip:101@t SIP/2.0\r\nTo: <sip:101@t>\r\nCall-ID: {call.CallerSipCallId}\r\nCSeq: 1 INVITE\r\n\r\n"), 0, clock.Now);
        traces.Publish(new CallCreated(call, call.InitiatedAt));
        var ended = new CallEnded(call, FakeExchange.Record(1) with { Id = call.Id, TraceId = TraceId, AnsweredAt = call.InitiatedAt.AddSeconds(1) }, call.InitiatedAt.AddSeconds(60));
        traces.Publish(ended);
        export.Publish(ended);
        await export.SendTracesAsync(TestContext.Current.CancellationToken);
        export.Written(call.Id);
        await export.SendTracesAsync(TestContext.Current.CancellationToken);

        Assert.All(collector.Requests, request => Assert.Equal(("/v1/traces", "application/x-protobuf"), (request.Path, request.Type)));
        var (resource, spans) = ReceivedSpan.Read(collector.Requests.First().Body);
        Assert.Equal("telephony-gateway", resource["service.name"]);
        Assert.Equal(["call", "routing", "leg", "media"], spans.Select(span => span.Name));
        var storage = ReceivedSpan.Read(collector.Requests.Last().Body).Spans.Single();
        Assert.Equal(("storage", spans[0].SpanId), (storage.Name, storage.Parent));
        Assert.All(spans.Append(storage), span => Assert.Equal(TraceId, span.TraceId));
        Assert.Empty(spans[0].Parent);
        Assert.All(spans.Skip(1), span => Assert.Equal(spans[0].SpanId, span.Parent));
        Assert.Equal(5, spans.Append(storage).Select(span => span.SpanId).Distinct().Count());
        Assert.All(spans.Append(storage), span => Assert.True(span.End >= span.Start));
        Assert.Equal((1L, 2), (export.Sent, collector.Requests.Count));
        Assert.Equal((0, 0), export.Waiting);
    }

    // The receiver of the event sees the same trace, by the header of W3C Trace Context.
    [Fact]
    public async Task An_attempt_to_deliver_an_event_is_a_span_in_the_trace_of_its_call()
    {
        await using var collector = await KestrelCollector.StartAsync();
        await using var export = new OtlpExport(
            collector.Options, new CallTraces(new TraceOptions(), new Clock(TimeProvider.System)), TimeProvider.System, _ => { });
        var ended = new CallEnded(FakeExchange.Call(1, CallState.Established), FakeExchange.Record(1) with { TraceId = TraceId }, DateTimeOffset.UnixEpoch);
        var delivery = new WebhookDelivery(
            "d1", "w1", "e1", "call.ended", ended.Record.Id.Value, 1, $$$"""{"id":"e1","data":{"nested":{"traceId":"no"},"traceId":"{{{TraceId}}}"}}""", DeliveryState.Pending, 0,
            default, default, null, 0, "");
        export.Publish(ended);
        export.Attempted(delivery, new DeliveryAttempt(503, "away"), DateTimeOffset.UnixEpoch);
        export.Attempted(delivery with { Attempts = 1 }, new DeliveryAttempt(200, ""), DateTimeOffset.UnixEpoch);
        export.Attempted(delivery with { CallId = "" }, new DeliveryAttempt(200, ""), DateTimeOffset.UnixEpoch);
        await export.SendTracesAsync(TestContext.Current.CancellationToken);

        var spans = ReceivedSpan.Read(collector.Requests.Single().Body).Spans;
        var attempts = spans.Where(span => span.Name == "webhook").ToList();
        Assert.Equal(2, attempts.Count);
        Assert.All(spans, span => Assert.Equal(TraceId, span.TraceId));
        Assert.All(attempts, span => Assert.Equal((spans[0].SpanId, 3), (span.Parent, span.Kind)));
        Assert.NotEqual(attempts[0].SpanId, attempts[1].SpanId);
        Assert.Equal([true, false], attempts.Select(span => span.IsError));
        Assert.Equal($"00-{TraceId}-{CallSpans.WebhookId(delivery):x16}-01", CallOfDelivery.Parent(CallOfDelivery.TraceId(delivery)!, CallSpans.WebhookId(delivery)));
    }

    [Theory]
    [InlineData("call", """{"data":{"traceId":"short"}}""")]
    [InlineData("call", """{"data":{"traceId":7}}""")]
    [InlineData("call", """{"traceId":"0123456789ab4def8123456789abcdef"}""")]
    [InlineData("call", "no JSON")]
    [InlineData("", """{"data":{"traceId":"0123456789ab4def8123456789abcdef"}}""")]
    public void An_event_without_a_call_has_no_trace(string callId, string body) =>
        Assert.Null(CallOfDelivery.TraceId(new WebhookDelivery("d", "w", "e", "t", callId, 1, body, DeliveryState.Pending, 0, default, default, null, 0, "")));

    [Fact]
    public async Task Numbers_go_as_sums_gauges_and_histograms()
    {
        await using var collector = await KestrelCollector.StartAsync();
        await using var export = new OtlpExport(
            collector.Options, new CallTraces(new TraceOptions(), new Clock(TimeProvider.System)), TimeProvider.System, _ => { })
        { Sources = [new Numbers()] };
        await export.SendMetricsAsync(TestContext.Current.CancellationToken);

        Assert.Equal("/v1/metrics", collector.Requests.Single().Path);
        var points = ReceivedMetric.Read(collector.Requests.Single().Body).ToDictionary(point => point.Name);
        Assert.Equal(("sum", 3.0, "x"), (points["a_total"].Kind, points["a_total"].Value, points["a_total"].Labels["label"]));
        var sum = new ProtoFields(collector.Requests.Single().Body).Message(1).Message(2).Messages(2).First().Message(7);
        Assert.Equal((2UL, 1UL), (sum.Number(2), sum.Number(3)));
        Assert.Equal(("gauge", 4.5), (points["b"].Kind, points["b"].Value));
        var histogram = points["c"];
        Assert.Equal(("histogram", 2.0), (histogram.Kind, histogram.Value));
        Assert.Equal([1UL, 1UL], Enumerable.Range(0, 2).Select(i => BitConverter.ToUInt64(histogram.Message.Bytes(6), i * 8)));
        Assert.Equal(1.0, BitConverter.ToDouble(histogram.Message.Bytes(7)));
    }

    [Fact]
    public async Task What_a_collector_refuses_is_sent_again()
    {
        await using var collector = await KestrelCollector.StartAsync();
        collector.Status = 503;
        var notices = new List<string>();
        await using var export = new OtlpExport(
            collector.Options, new CallTraces(new TraceOptions(), new Clock(TimeProvider.System)), TimeProvider.System, notices.Add);
        export.Publish(new CallEnded(FakeExchange.Call(1, CallState.Terminated), FakeExchange.Record(1) with { TraceId = TraceId }, DateTimeOffset.UtcNow));
        await export.SendTracesAsync(TestContext.Current.CancellationToken);
        await export.SendTracesAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0L, 1), (export.Sent, notices.Count));

        collector.Status = 200;
        await export.SendTracesAsync(TestContext.Current.CancellationToken);
        Assert.Equal((1L, 3, 2), (export.Sent, collector.Requests.Count, notices.Count));
    }

    [Fact]
    public async Task While_the_collector_is_away_so_many_wait_and_the_oldest_are_counted_out()
    {
        await using var collector = await KestrelCollector.StartAsync();
        collector.Status = 503;
        await using var export = new OtlpExport(
            collector.Options, new CallTraces(new TraceOptions(), new Clock(TimeProvider.System)), TimeProvider.System, _ => { });
        for (var i = 0; i < OtlpExport.MostWaiting + 10; i++)
            export.Publish(new CallEnded(FakeExchange.Call(1, CallState.Terminated), FakeExchange.Record(1) with { Id = new CallId($"call{i}"), TraceId = TraceId }, DateTimeOffset.UtcNow));
        Assert.Equal((10L, (OtlpExport.MostWaiting, OtlpExport.MostWaiting)), (export.Dropped, export.Waiting));
        var page = new PrometheusWriter();
        export.Write(page);
        Assert.Contains(page.Families, family => family.Name == "tandem_otlp_spans_dropped_total" && family.Samples[0].Value == 10);

        // All that wait go at once when it is back, in as many requests as they need; the first ten are those that did not stay.
        collector.Status = 200;
        await export.SendTracesAsync(TestContext.Current.CancellationToken);
        Assert.Equal(OtlpExport.MostWaiting, export.Sent);
        Assert.Equal(OtlpExport.MostWaiting / 256, collector.Requests.Count);
        var told = collector.Requests.SelectMany(request => ReceivedSpan.Read(request.Body).Spans).Where(span => span.Name == "call").Select(span => span.Attributes["tandem.call_id"]).ToList();
        Assert.Equal(Enumerable.Range(10, OtlpExport.MostWaiting).Select(i => $"call{i}"), told.Cast<string>());
    }

    // Records that are lost or put aside are never written; they are forgotten in turn, and later calls have their span of storage.
    [Fact]
    public async Task A_record_that_is_never_written_leaves_its_place_to_others()
    {
        await using var collector = await KestrelCollector.StartAsync();
        await using var export = new OtlpExport(collector.Options, new CallTraces(new TraceOptions(), new Clock(TimeProvider.System)), TimeProvider.System, _ => { });
        var ended = new CallEnded(FakeExchange.Call(1, CallState.Terminated), FakeExchange.Record(1) with { TraceId = TraceId }, DateTimeOffset.UnixEpoch);
        for (var i = 0; i < OtlpExport.MostWaiting; i++)
            export.Publish(ended with { Record = ended.Record with { Id = new CallId($"lost{i}") } });
        export.Publish(ended with { Record = ended.Record with { Id = new CallId("late") } });
        export.Written(new CallId("late"));
        export.Written(new CallId("lost0"));
        export.Written(new CallId("lost1"));
        Assert.Equal(OtlpExport.MostWaiting - 2, export.Waiting.Unwritten);

        await export.SendTracesAsync(TestContext.Current.CancellationToken);
        var storage = collector.Requests.SelectMany(request => ReceivedSpan.Read(request.Body).Spans).Where(span => span.Name == "storage").ToList();
        Assert.Equal(["late", "lost1"], storage.Select(span => (string)span.Attributes["tandem.call_id"]));

        // Calls whose records are written push the lost ones out as well.
        for (var i = 0; i < OtlpExport.MostWaiting; i++)
        {
            export.Publish(ended with { Record = ended.Record with { Id = new CallId($"written{i}") } });
            export.Written(new CallId($"written{i}"));
        }

        Assert.Equal(0, export.Waiting.Unwritten);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_holds_up_no_call()
    {
        await using var collector = await KestrelCollector.StartAsync();
        var time = new SteppedTime();
        await using var export = new OtlpExport(collector.Options, new CallTraces(new TraceOptions(), new Clock(time)), time, _ => { });
        export.Publish(new CallEnded(FakeExchange.Call(1, CallState.Terminated), FakeExchange.Record(1) with { TraceId = TraceId, EndedAt = time.Wall }, time.Wall));
        time.Wall = time.Wall.AddHours(-1);
        time.Passed = TimeSpan.FromMilliseconds(999);
        await export.SendTracesAsync(TestContext.Current.CancellationToken, TimeSpan.FromSeconds(1));
        Assert.Equal(0, export.Sent);

        time.Passed = TimeSpan.FromSeconds(1);
        await export.SendTracesAsync(TestContext.Current.CancellationToken, TimeSpan.FromSeconds(1));
        Assert.Equal(1, export.Sent);
    }

    // gRPC over HTTP/2: a unary call, its message with a prefix of five bytes, the outcome in the trailers. 4317 is its port.
    [Fact]
    public async Task A_collector_may_speak_grpc()
    {
        await using var collector = await KestrelCollector.StartAsync(isGrpc: true);
        var notices = new List<string>();
        await using var export = new OtlpExport(
            collector.Options with { OtlpHeaders = new Secret("authorization=Bearer%20abc") },
            new CallTraces(new TraceOptions(), new Clock(TimeProvider.System)), TimeProvider.System, notices.Add)
        { Sources = [new Numbers()] };
        collector.Status = 503;
        export.Publish(new CallEnded(FakeExchange.Call(1, CallState.Terminated), FakeExchange.Record(1) with { TraceId = TraceId }, DateTimeOffset.UtcNow));
        await export.SendTracesAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, export.Sent);
        Assert.Contains("gRPC status 14", Assert.Single(notices));

        collector.Status = 200;
        await export.SendTracesAsync(TestContext.Current.CancellationToken);
        await export.SendMetricsAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, export.Sent);
        Assert.Equal(
            ["/opentelemetry.proto.collector.trace.v1.TraceService/Export", "/opentelemetry.proto.collector.trace.v1.TraceService/Export", "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export"],
            collector.Requests.Select(request => request.Path));
        Assert.All(collector.Requests, request => Assert.Equal(("application/grpc", "Bearer abc"), (request.Type, request.Authorization)));
        Assert.Contains(ReceivedSpan.Read(collector.Requests.First().Body).Spans, span => span.Name == "call");
        Assert.Contains(ReceivedMetric.Read(collector.Requests.Last().Body), point => point.Name == "a_total");
    }

    [Theory]
    [InlineData("a=b,c=d%2Ce", true, 2)]
    [InlineData("a=b=c", true, 1)]
    [InlineData("", true, 0)]
    [InlineData("a", false, 0)]
    [InlineData("=b", false, 0)]
    [InlineData("a b=c", false, 0)]
    [InlineData("a=b%0D%0AX:%20y", false, 0)]
    public void Headers_are_names_with_values(string text, bool isAccepted, int count)
    {
        Assert.Equal(isAccepted, OtlpHeaders.TryParse(text, out var headers));
        if (isAccepted)
            Assert.Equal(count, headers.Count);
    }

    // The question where a call goes is a part of its routing.
    [Fact]
    public async Task A_question_to_a_webhook_is_a_span_of_the_routing()
    {
        await using var collector = await KestrelCollector.StartAsync();
        await using var export = new OtlpExport(
            collector.Options, new CallTraces(new TraceOptions(), new Clock(TimeProvider.System)), TimeProvider.System, _ => { });
        var record = FakeExchange.Record(1) with { TraceId = TraceId };
        var question = new RouteQuestion(record.Tenant, record.Id, "100", "101", "internal", "", record.InitiatedAt, TraceId);
        export.Asked(question, "no answer in time", DateTimeOffset.UnixEpoch);
        export.Asked(question with { TraceId = "" }, "", DateTimeOffset.UnixEpoch);
        export.Publish(new CallEnded(FakeExchange.Call(1, CallState.Terminated), record, DateTimeOffset.UtcNow));
        await export.SendTracesAsync(TestContext.Current.CancellationToken);

        var spans = ReceivedSpan.Read(collector.Requests.Single().Body).Spans;
        var asked = Assert.Single(spans, span => span.Name == "webhook");
        Assert.Equal((TraceId, spans.Single(span => span.Name == "routing").SpanId, true), (asked.TraceId, asked.Parent, asked.IsError));
        Assert.Equal($"{CallSpans.QuestionId(question):x16}", asked.SpanId);
    }

    [Theory]
    [InlineData(200, "", false)]
    [InlineData(404, "", true)]
    [InlineData(0, "no answer within 10 s", true)]
    public async Task What_a_menu_asks_is_a_span_of_the_call(int status, string problem, bool isError)
    {
        await using var collector = await KestrelCollector.StartAsync();
        await using var export = new OtlpExport(
            collector.Options, new CallTraces(new TraceOptions(), new Clock(TimeProvider.System)), TimeProvider.System, _ => { });
        var record = FakeExchange.Record(1) with { TraceId = TraceId };
        var request = new IvrWebRequest(record.Tenant, "ivr_1", "https://crm.example.org/100?secret=1", null, TimeSpan.FromSeconds(1)) { Call = record.Id, TraceId = TraceId };
        export.Asked(request, new IvrWebAnswer(status, default, problem), DateTimeOffset.UnixEpoch);
        export.Asked(request with { TraceId = "" }, new IvrWebAnswer(200, default), DateTimeOffset.UnixEpoch);
        export.Publish(new CallEnded(FakeExchange.Call(1, CallState.Terminated), record, DateTimeOffset.UtcNow));
        await export.SendTracesAsync(TestContext.Current.CancellationToken);

        var spans = ReceivedSpan.Read(collector.Requests.Single().Body).Spans;
        var asked = Assert.Single(spans, span => span.Name == "ivr.http");
        Assert.Equal((TraceId, spans.Single(span => span.Name == "call").SpanId, isError), (asked.TraceId, asked.Parent, asked.IsError));
        Assert.Equal(($"{CallSpans.MenuId(request):x16}", (long)status, "ivr_1"), (asked.SpanId, (long)asked.Attributes["http.response.status_code"], (string)asked.Attributes["tandem.request_id"]));

        // Where it led may hold what a caller typed.
        Assert.DoesNotContain(asked.Attributes.Values, value => value is string text && text.Contains("crm", StringComparison.Ordinal));
    }

    // No timer of it ever fires.
    private sealed class SteppedTime : TimeProvider
    {
        public DateTimeOffset Wall { get; set; } = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

        public TimeSpan Passed { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Wall;

        public override long GetTimestamp() => Passed.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new NoTimer();

        private sealed class NoTimer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => default;
        }
    }

    private sealed class Numbers : IMetricSource
    {
        public void Write(PrometheusWriter page)
        {
            page.Family("a_total", "counter", "A.").Sample(3, ("label", "x"));
            page.Gauge("b", "B.", 4.5);
            var histogram = new Histogram([1]);
            histogram.Observe(0.5);
            histogram.Observe(2);
            page.Family("c", "histogram", "C.").Sample(histogram);
        }
    }
}
