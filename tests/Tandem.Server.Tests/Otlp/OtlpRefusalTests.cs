using System.Text;
using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Tracing;
using Tandem.Core.Time;
using Tandem.Server.Metrics;
using Tandem.Server.Rest;
using Tandem.Testing.Otlp;

namespace Tandem.Server.Otlp;

/// <summary>What a collector does not take: sent again, sent in parts, or dropped (OTLP, "Failures" of OTLP/gRPC and of OTLP/HTTP).</summary>
public class OtlpRefusalTests
{
    // A google.rpc.Status with code 8 and one detail (field 3), an Any whose URL (field 1) names RetryInfo.
    private static readonly byte[] RetryInfo = [8, 8, 26, 42, 10, 40, .. "type.googleapis.com/google.rpc.RetryInfo"u8];

    // Every status but the retryable ones loses what it refused, and nothing behind it.
    [Theory]
    [InlineData(false, 429, true)]
    [InlineData(false, 502, true)]
    [InlineData(false, 503, true)]
    [InlineData(false, 504, true)]
    [InlineData(false, 302, false)]
    [InlineData(false, 400, false)]
    [InlineData(false, 401, false)]
    [InlineData(false, 404, false)]
    [InlineData(false, 413, false)]
    [InlineData(false, 500, false)]
    [InlineData(true, 1, true)]
    [InlineData(true, 4, true)]
    [InlineData(true, 10, true)]
    [InlineData(true, 11, true)]
    [InlineData(true, 14, true)]
    [InlineData(true, 15, true)]
    [InlineData(true, 2, false)]
    [InlineData(true, 3, false)]
    [InlineData(true, 8, false)]
    [InlineData(true, 12, false)]
    [InlineData(true, 16, false)]
    public async Task Only_what_may_be_taken_later_is_sent_again(bool isGrpc, int status, bool isSentAgain)
    {
        await using var collector = await KestrelCollector.StartAsync(isGrpc);
        (collector.Status, collector.GrpcStatus) = (isGrpc ? 0 : status, status);
        var notices = new List<string>();
        await using var export = Export(collector, notices);
        export.Publish(Ended("first"));
        await export.SendTracesAsync(TestContext.Current.CancellationToken);
        await export.SendTracesAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0L, isSentAgain ? 0L : 1L, isSentAgain ? 2 : 1), (export.Sent, export.Dropped, collector.Requests.Count));
        Assert.Contains(isGrpc ? $"gRPC status {status}" : $"it answered {status}", Assert.Single(notices));

        collector.Status = 200;
        export.Publish(Ended("second"));
        await export.SendTracesAsync(TestContext.Current.CancellationToken);
        Assert.Equal((isSentAgain ? 2L : 1L, isSentAgain ? 0L : 1L, 2), (export.Sent, export.Dropped, notices.Count));
        string[] last = isSentAgain ? ["first", "second"] : ["second"];
        Assert.Equal(last, Calls(collector.Requests.Last().Body));
    }

    // RESOURCE_EXHAUSTED is retryable only if the collector says that it recovers; base64 in a trailer has no padding.
    [Fact]
    public async Task A_busy_collector_that_says_so_by_grpc_gets_the_calls_later()
    {
        await using var collector = await KestrelCollector.StartAsync(isGrpc: true);
        (collector.Status, collector.GrpcStatus, collector.GrpcDetails) = (0, 8, Convert.ToBase64String(RetryInfo).TrimEnd('='));
        await using var export = Export(collector, []);
        export.Publish(Ended("first"));
        await export.SendTracesAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0L, 0L), (export.Sent, export.Dropped));

        collector.Status = 200;
        await export.SendTracesAsync(TestContext.Current.CancellationToken);
        Assert.Equal((1L, 0L), (export.Sent, export.Dropped));
    }

    // 64 calls of 1 kB and more are too much for one request, but none of them is by itself: all go, in order, and nobody is alarmed.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Too_many_calls_for_one_request_go_in_parts(bool isGrpc)
    {
        await using var collector = await KestrelCollector.StartAsync(isGrpc);
        collector.Largest = 20_000;
        var notices = new List<string>();
        await using var export = Export(collector, notices);
        for (var i = 0; i < 64; i++)
            export.Publish(Ended(Name(i, 1_000)));
        await export.SendTracesAsync(TestContext.Current.CancellationToken);

        Assert.Equal((64L, 0L, 0), (export.Sent, export.Dropped, notices.Count));
        Assert.Equal(Enumerable.Range(0, 64).Select(i => Name(i, 1_000)), Taken(collector));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_that_is_too_big_even_alone_is_dropped_and_no_other_with_it(bool isGrpc)
    {
        await using var collector = await KestrelCollector.StartAsync(isGrpc);
        collector.Largest = 20_000;
        var notices = new List<string>();
        await using var export = Export(collector, notices);
        for (var i = 0; i < 40; i++)
            export.Publish(Ended(Name(i, i == 13 ? 30_000 : 10)));
        export.Written(new CallId(Name(1, 10)));
        await export.SendTracesAsync(TestContext.Current.CancellationToken);

        Assert.Equal((39L, 1L), (export.Sent, export.Dropped));
        Assert.Equal(Enumerable.Range(0, 40).Where(i => i != 13).Select(i => Name(i, 10)), Taken(collector));
        Assert.Equal(2, notices.Count);
        Assert.Contains(collector.Requests.SelectMany(request => ReceivedSpan.Read(request.Body).Spans), span => span.Name == "storage");
    }

    // Spans that come by themselves are counted out by themselves.
    [Fact]
    public async Task A_single_span_that_is_refused_is_counted()
    {
        await using var collector = await KestrelCollector.StartAsync();
        await using var export = Export(collector, []);
        export.Publish(Ended("first"));
        await export.SendTracesAsync(TestContext.Current.CancellationToken);
        collector.Status = 400;
        export.Written(new CallId("first"));
        await export.SendTracesAsync(TestContext.Current.CancellationToken);

        var page = new PrometheusWriter();
        export.Write(page);
        Assert.Equal(1, page.Families.Single(family => family.Name == "tandem_otlp_spans_dropped_total").Samples[0].Value);
        Assert.Equal((1L, 0L), (export.Sent, export.Dropped));
    }

    // An answer of OTLP is a few bytes: 64 KiB of one are kept, more is an error that stays.
    [Theory]
    [InlineData(false, 64 * 1024 - 5, true)]
    [InlineData(false, 64 * 1024 + 1, false)]
    [InlineData(true, 64 * 1024 - 5, true)]
    [InlineData(true, 64 * 1024 + 1, false)]
    public async Task An_answer_without_end_is_a_failure_that_is_not_asked_for_again(bool isGrpc, int size, bool isTaken)
    {
        await using var collector = await KestrelCollector.StartAsync(isGrpc);
        collector.Answer = new byte[size];
        await using var export = Export(collector, []);
        export.Publish(Ended("first"));
        await export.SendTracesAsync(TestContext.Current.CancellationToken);
        Assert.Equal(isTaken ? (1L, 0L) : (0L, 1L), (export.Sent, export.Dropped));

        collector.Answer = [];
        export.Publish(Ended("second"));
        await export.SendTracesAsync(TestContext.Current.CancellationToken);
        Assert.Equal((isTaken ? 2L : 1L, isTaken ? 0L : 1L), (export.Sent, export.Dropped));
    }

    // RFC 9113 section 6.7: PING finds out whether an idle connection still works. Without it one that died silently is used until TCP gives up, after some 15 minutes.
    [Fact]
    public void A_connection_that_died_silently_is_found_out()
    {
        using var handler = OtlpSender.Handler();
        Assert.Equal((TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(10)), (handler.KeepAlivePingDelay, handler.KeepAlivePingTimeout));
        Assert.Equal(HttpKeepAlivePingPolicy.Always, handler.KeepAlivePingPolicy);
        Assert.Equal(TimeSpan.FromMinutes(5), handler.PooledConnectionLifetime);
    }

    private static OtlpExport Export(KestrelCollector collector, List<string> notices) =>
        new(collector.Options, new CallTraces(new TraceOptions(), new Clock(TimeProvider.System)), TimeProvider.System, notices.Add);

    private static CallEnded Ended(string call) => new(
        FakeExchange.Call(1, CallState.Terminated), FakeExchange.Record(1) with { Id = new CallId(call), TraceId = "0123456789ab4def8123456789abcdef" }, DateTimeOffset.UnixEpoch);

    private static string Name(int number, int length) => new StringBuilder().Append(number).Append('-').Append('x', length).ToString();

    private static IEnumerable<string> Calls(byte[] body) =>
        ReceivedSpan.Read(body).Spans.Where(span => span.Name == "call").Select(span => (string)span.Attributes["tandem.call_id"]);

    private static IEnumerable<string> Taken(KestrelCollector collector) =>
        collector.Requests.Where(request => request.Body.Length <= collector.Largest).SelectMany(request => Calls(request.Body));
}
