using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Tracing;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Server.Metrics;
using Tandem.Server.Options;
using Tandem.Server.Rest;
using Tandem.Server.Webhooks;
using Tandem.Sip.Engine;
using Tandem.Storage.Webhooks;

namespace Tandem.Server.Otlp;

public class OtlpExportTests
{
    private const string TraceId = "0123456789ab4def8123456789abcdef";

    [Fact]
    public async Task A_call_is_one_trace_with_the_calls_own_id()
    {
        await using var collector = await Collector.StartAsync();
        var clock = new Clock(TimeProvider.System);
        var traces = new CallTraces(new TraceOptions(), clock);
        await using var export = new OtlpExport(new MetricsOptions { OtlpEndpoint = collector.Address }, traces, _ => Task.CompletedTask, TimeProvider.System, _ => { });
        var call = FakeExchange.Call(1, CallState.Established) with { TraceId = TraceId };
        var flow = new SipFlow(SipTransportKind.Udp, default, NetAddress.FromV4(0xC0000201, 5070));
        traces.Seen(SipDirection.Received, flow, Encoding.UTF8.GetBytes($"INVITE sip:101@t SIP/2.0\r\nTo: <sip:101@t>\r\nCall-ID: {call.CallerSipCallId}\r\nCSeq: 1 INVITE\r\n\r\n"), 0, clock.Now);
        traces.Publish(new CallCreated(call, call.InitiatedAt));
        var ended = new CallEnded(call, FakeExchange.Record(1) with { Id = call.Id, TraceId = TraceId, AnsweredAt = call.InitiatedAt.AddSeconds(1) }, call.InitiatedAt.AddSeconds(60));
        traces.Publish(ended);
        export.Publish(ended);
        await export.SendTracesAsync(TestContext.Current.CancellationToken);

        var (path, type, body) = collector.Requests.Single();
        Assert.Equal(("/v1/traces", "application/x-protobuf"), (path, type));
        var resource = Proto.Read(body)[1].Single().Message;
        Assert.Contains("telephony-gateway", Encoding.UTF8.GetString(resource[1].Single().Bytes));
        var spans = resource[2].Single().Message[2].Select(span => span.Message).ToList();
        Assert.Equal(["call", "routing", "leg", "media", "storage"], spans.Select(span => Encoding.UTF8.GetString(span[5].Single().Bytes)));
        Assert.All(spans, span => Assert.Equal(TraceId, Convert.ToHexStringLower(span[1].Single().Bytes)));
        var root = spans[0][2].Single().Bytes;
        Assert.False(spans[0].ContainsKey(4));
        Assert.All(spans.Skip(1), span => Assert.Equal(root, span[4].Single().Bytes));
        Assert.Equal(5, spans.Select(span => Convert.ToHexString(span[2].Single().Bytes)).Distinct().Count());
        Assert.All(spans, span => Assert.True(BinaryPrimitives.ReadUInt64LittleEndian(span[8].Single().Bytes) >= BinaryPrimitives.ReadUInt64LittleEndian(span[7].Single().Bytes)));
        Assert.Equal(1, export.Sent);
    }

    // The receiver of the event sees the same trace, by the header of W3C Trace Context.
    [Fact]
    public async Task An_attempt_to_deliver_an_event_is_a_span_in_the_trace_of_its_call()
    {
        await using var collector = await Collector.StartAsync();
        await using var export = new OtlpExport(
            new MetricsOptions { OtlpEndpoint = collector.Address }, new CallTraces(new TraceOptions(), new Clock(TimeProvider.System)), _ => Task.CompletedTask, TimeProvider.System, _ => { });
        var ended = new CallEnded(FakeExchange.Call(1, CallState.Established), FakeExchange.Record(1) with { TraceId = TraceId }, DateTimeOffset.UnixEpoch);
        var delivery = new WebhookDelivery(
            "d1", "w1", "e1", "call.ended", ended.Record.Id.Value, 1, $$$"""{"id":"e1","data":{"nested":{"traceId":"no"},"traceId":"{{{TraceId}}}"}}""", DeliveryState.Pending, 0,
            default, default, null, 0, "");
        export.Publish(ended);
        export.Attempted(delivery, new DeliveryAttempt(503, "away"), DateTimeOffset.UnixEpoch);
        export.Attempted(delivery with { Attempts = 1 }, new DeliveryAttempt(200, ""), DateTimeOffset.UnixEpoch);
        export.Attempted(delivery with { CallId = "" }, new DeliveryAttempt(200, ""), DateTimeOffset.UnixEpoch);
        await export.SendTracesAsync(TestContext.Current.CancellationToken);

        var spans = Proto.Read(collector.Requests.Single().Body)[1].Single().Message[2].Single().Message[2].Select(span => span.Message).ToList();
        var attempts = spans.Where(span => Encoding.UTF8.GetString(span[5].Single().Bytes) == "webhook").ToList();
        Assert.Equal(2, attempts.Count);
        Assert.All(spans, span => Assert.Equal(TraceId, Convert.ToHexStringLower(span[1].Single().Bytes)));
        Assert.All(attempts, span => Assert.Equal(spans[0][2].Single().Bytes, span[4].Single().Bytes));
        Assert.NotEqual(attempts[0][2].Single().Bytes, attempts[1][2].Single().Bytes);
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
        await using var collector = await Collector.StartAsync();
        await using var export = new OtlpExport(
            new MetricsOptions { OtlpEndpoint = collector.Address }, new CallTraces(new TraceOptions(), new Clock(TimeProvider.System)), _ => Task.CompletedTask, TimeProvider.System, _ => { })
        { Sources = [new Numbers()] };
        await export.SendMetricsAsync(TestContext.Current.CancellationToken);

        var (path, _, body) = collector.Requests.Single();
        Assert.Equal("/v1/metrics", path);
        var metrics = Proto.Read(body)[1].Single().Message[2].Single().Message[2].Select(metric => metric.Message).ToDictionary(metric => Encoding.UTF8.GetString(metric[1].Single().Bytes));
        var sum = metrics["a_total"][7].Single().Message;
        Assert.Equal((2UL, 1UL), (sum[2].Single().Number, sum[3].Single().Number));
        Assert.Equal(3.0, BitConverter.ToDouble(sum[1].Single().Message[4].Single().Bytes));
        Assert.Contains("label", Encoding.UTF8.GetString(sum[1].Single().Message[7].Single().Bytes));
        Assert.Equal(4.5, BitConverter.ToDouble(metrics["b"][5].Single().Message[1].Single().Message[4].Single().Bytes));
        var histogram = metrics["c"][9].Single().Message[1].Single().Message;
        Assert.Equal(2UL, BitConverter.ToUInt64(histogram[4].Single().Bytes));
        Assert.Equal([1UL, 1UL], Enumerable.Range(0, 2).Select(i => BitConverter.ToUInt64(histogram[6].Single().Bytes, i * 8)));
        Assert.Equal(1.0, BitConverter.ToDouble(histogram[7].Single().Bytes));
    }

    [Fact]
    public async Task What_a_collector_refuses_is_sent_again()
    {
        await using var collector = await Collector.StartAsync();
        collector.Status = 503;
        var notices = new List<string>();
        await using var export = new OtlpExport(
            new MetricsOptions { OtlpEndpoint = collector.Address }, new CallTraces(new TraceOptions(), new Clock(TimeProvider.System)), _ => Task.CompletedTask, TimeProvider.System, notices.Add);
        export.Publish(new CallEnded(FakeExchange.Call(1, CallState.Terminated), FakeExchange.Record(1) with { TraceId = TraceId }, DateTimeOffset.UtcNow));
        await export.SendTracesAsync(TestContext.Current.CancellationToken);
        await export.SendTracesAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0L, 1), (export.Sent, notices.Count));

        collector.Status = 200;
        await export.SendTracesAsync(TestContext.Current.CancellationToken);
        Assert.Equal((1L, 3), (export.Sent, collector.Requests.Count));
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

    /// <summary>A collector on loopback that keeps what it gets.</summary>
    private sealed class Collector : IAsyncDisposable
    {
        private readonly WebApplication _app;

        private Collector()
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
            _app = builder.Build();
            _app.Run(async context =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                Requests.Enqueue((context.Request.Path, context.Request.ContentType!, body.ToArray()));
                context.Response.StatusCode = Status;
            });
        }

        public int Status { get; set; } = 200;

        public ConcurrentQueue<(string Path, string Type, byte[] Body)> Requests { get; } = new();

        public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

        public static async Task<Collector> StartAsync()
        {
            var collector = new Collector();
            await collector._app.StartAsync();
            return collector;
        }

        public async ValueTask DisposeAsync()
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
    }

    /// <summary>The fields of a message by number.</summary>
    private sealed record Proto(byte[] Bytes, ulong Number)
    {
        public Dictionary<int, List<Proto>> Message => Read(Bytes);

        public static Dictionary<int, List<Proto>> Read(byte[] bytes)
        {
            var fields = new Dictionary<int, List<Proto>>();
            for (var at = 0; at < bytes.Length;)
            {
                var key = Varint(bytes, ref at);
                Proto value;
                switch (key & 7)
                {
                    case 0:
                        value = new Proto([], Varint(bytes, ref at));
                        break;
                    case 1:
                        value = new Proto(bytes[at..(at + 8)], 0);
                        at += 8;
                        break;
                    default:
                        Assert.Equal(2UL, key & 7);
                        var length = (int)Varint(bytes, ref at);
                        value = new Proto(bytes[at..(at + length)], 0);
                        at += length;
                        break;
                }

                if (!fields.TryGetValue((int)(key >> 3), out var list))
                    fields[(int)(key >> 3)] = list = [];
                list.Add(value);
            }

            return fields;
        }

        private static ulong Varint(byte[] bytes, ref int at)
        {
            ulong value = 0;
            for (var shift = 0; ; shift += 7)
            {
                var b = bytes[at++];
                value |= (ulong)(b & 0x7F) << shift;
                if (b < 0x80)
                    return value;
            }
        }
    }
}
