using System.Text.Json;
using Tandem.Scenarios.Peers;
using Tandem.Testing.Otlp;

namespace Tandem.Scenarios;

/// <summary>A whole call between two phones as one trace at a collector, and the id of that trace wherever else the call is told of.</summary>
public class TracedCallTests
{
    private const int Patience = 60;

    [Fact]
    public async Task A_call_is_one_trace_at_the_collector_and_everywhere_else()
    {
        using var scratch = new ScratchFolder();
        using var receiver = new EventReceiver { Way = "extension:101" };
        using var collector = new OtlpCollector(FreePorts.Next());
        using var server = await TandemServer.StartAsync(scratch, new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Endpoint,
            ["OTEL_EXPORTER_OTLP_HEADERS"] = "authorization=Bearer%20scenario",
            ["OTEL_SERVICE_NAME"] = "scenario",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "500",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000",
            ["WEBHOOK_ALLOW_PRIVATE"] = "127.0.0.0/8",
            ["LOG_LEVEL"] = "info",
        });
        await server.SendAsync(HttpMethod.Post, "/api/v1/webhooks", new { url = receiver.Url, eventTypes = new[] { "call.*" } }, 201);
        await server.SendAsync(HttpMethod.Put, "/api/v1/routing/rules/asked", new { numbers = new[] { "590" }, actions = new[] { new { to = "webhook:" + receiver.Url + "next" } } });
        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("100", server) { ToneHertz = 1000 });
        using var callee = await Baresip.StartAsync(scratch, new BaresipOptions("101", server) { ToneHertz = 700 });

        var spans = await CallAsync(server, caller, callee, collector, calls: 1);
        var root = Assert.Single(spans, span => span.Parent.Length == 0);
        Assert.Equal(("call", 2, false), (root.Name, root.Kind, root.IsError));
        var callId = (string)root.Attributes["tandem.call_id"];
        var trace = root.TraceId;

        // Every part of the call is there, hangs on the call itself, and lies within its time; the storage and the last webhooks end after it.
        Assert.Equal(["leg", "leg", "media", "routing", "storage"], spans.Where(span => span.Parent == root.SpanId && span.Name != "webhook").Select(span => span.Name).Order());
        Assert.Equal([2, 3], spans.Where(span => span.Name == "leg").Select(span => span.Kind).Order());
        Assert.Equal(2, spans.Where(span => span.Name == "leg").Select(span => span.Attributes["sip.call_id"]).Distinct().Count());
        Assert.All(spans.Where(span => span.Name is "leg" or "media" or "routing"), span => Assert.True(root.Start <= span.Start && span.Start <= span.End && span.End <= root.End, $"{span} in {root}"));
        var media = spans.Single(span => span.Name == "media");
        Assert.All(new[] { "caller", "callee" }, side => Assert.True((long)media.Attributes[$"tandem.{side}.packets"] > 50 && media.Attributes.ContainsKey($"tandem.{side}.mos")));
        Assert.Equal(spans.Count, spans.Select(span => span.SpanId).Distinct().Count());
        Assert.Equal("scenario", collector.Resource["service.name"]);
        Assert.All(collector.Requests, request => Assert.Equal("Bearer scenario", request.Authorization));

        // Each webhook has the trace and the span that stands for it in its header; the question where the call goes is part of the routing.
        var hooks = spans.Where(span => span.Name == "webhook").ToList();
        var told = receiver.All.Where(e => e.Call == callId).ToList();
        Assert.Equal(told.Select(e => e.Parent).Order(), hooks.Select(span => $"00-{trace}-{span.SpanId}-01").Order());
        Assert.Equal(["call.answered", "call.created", "call.ended", "route"], hooks.Select(span => (string)span.Attributes["tandem.event_type"]).Distinct().Where(type => type is "route" or "call.created" or "call.answered" or "call.ended").Order());
        var routing = spans.Single(span => span.Name == "routing");
        Assert.All(hooks, span => Assert.Equal((string)span.Attributes["tandem.event_type"] == "route" ? routing.SpanId : root.SpanId, span.Parent));

        // The record, the trace of the API, and the log.
        var record = (await server.GetAsync($"/api/v1/cdrs/{callId}")).GetProperty("data");
        Assert.Equal(trace, record.GetProperty("traceId").GetString());
        Assert.Equal(trace, (await server.GetAsync($"/api/v1/calls/{callId}/trace")).GetProperty("data").GetProperty("traceId").GetString());
        Assert.Equal(trace, (await server.GetAsync("/api/calls/history"))[0].GetProperty("traceId").GetString());
        await UntilAsync(() => LogOf(server, callId).Count >= 2, "the call is in the log");
        var lines = LogOf(server, callId);
        Assert.All(lines, line => Assert.Equal(trace, line.GetProperty("traceId").GetString()));

        // The metrics come too.
        await UntilAsync(() => collector.Metrics.Any(point => point.Name == "calls_total" && point.Kind == "sum" && Equals(point.Labels["status"], "completed") && point.Value >= 1), "metrics come");
        await UntilAsync(() => collector.Metrics.Any(point => point is { Name: "call_duration_seconds", Kind: "histogram", Value: >= 1 }), "the time of calls comes");
        await UntilAsync(() => collector.Metrics.Any(point => point is { Name: "active_calls", Kind: "gauge" }), "the calls in progress come");

        // The collector goes away: the next call does not notice, it is counted, and its trace comes when the collector is back.
        collector.Stop();
        await TalkAsync(server, caller, callee, calls: 2);
        await UntilAsync(async () => Failures(await server.Http.GetStringAsync("/metrics")) > 0, "the requests in vain are counted");
        await UntilAsync(() => File.ReadAllText(server.LogFile).Contains("The OTLP collector does not take traces and metrics", StringComparison.Ordinal), "the log tells of it");
        collector.Start();
        var later = await ArrivedAsync(collector, calls: 2);
        Assert.NotEqual(trace, later[0].TraceId);
        Assert.Contains(later, span => span.Name == "storage");
        Assert.Empty(collector.Faults);
    }

    // A web service that a menu asks goes on in the trace of the call.
    [Fact]
    public async Task A_question_of_a_menu_to_a_web_service_is_in_the_trace_of_its_call()
    {
        using var scratch = new ScratchFolder();
        using var receiver = new EventReceiver();
        using var collector = new OtlpCollector(FreePorts.Next());
        using var server = await TandemServer.StartAsync(scratch, new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Endpoint,
            ["OTEL_BSP_SCHEDULE_DELAY"] = "500",
            ["WEBHOOK_ALLOW_PRIVATE"] = "127.0.0.0/8",
        });
        await server.SendAsync(HttpMethod.Put, "/api/v1/ivr/flows/asks", new Dictionary<string, object>
        {
            ["start"] = "ask",
            ["steps"] = new Dictionary<string, object>
            {
                ["ask"] = new Dictionary<string, object> { ["do"] = "http", ["url"] = receiver.Url + "step", ["next"] = "bye" },
                ["bye"] = new Dictionary<string, object> { ["do"] = "hangup" },
            },
        });
        await server.SendAsync(HttpMethod.Put, "/api/v1/routing/rules/asked", new { numbers = new[] { "591" }, actions = new[] { new { to = "ivr:asks" } } });
        using var caller = await Baresip.StartAsync(scratch, new BaresipOptions("100", server));
        await caller.DialAsync("591");
        await caller.EventAsync("CALL_CLOSED", Patience);
        await UntilAsync(() => collector.Spans.Any(span => span.Name == "call") && collector.Spans.Any(span => span.Name == "ivr.http"), "the trace is whole");

        var root = Assert.Single(collector.Spans, span => span.Name == "call");
        var asked = Assert.Single(collector.Spans, span => span.Name == "ivr.http");
        Assert.Equal((root.TraceId, root.SpanId, false, 204L), (asked.TraceId, asked.Parent, asked.IsError, (long)asked.Attributes["http.response.status_code"]));
        Assert.True(root.Start <= asked.Start && asked.Start <= asked.End && asked.End <= root.End, $"{asked} in {root}");
        Assert.Equal($"00-{root.TraceId}-{asked.SpanId}-01", Assert.Single(receiver.All, question => question.Type == "step").Parent);
        Assert.Empty(collector.Faults);
    }

    private static async Task<List<ReceivedSpan>> CallAsync(TandemServer server, Baresip caller, Baresip callee, OtlpCollector collector, int calls)
    {
        await TalkAsync(server, caller, callee, calls);
        return await ArrivedAsync(collector, calls);
    }

    // A call that a webhook sends on its way, two seconds of it.
    private static async Task TalkAsync(TandemServer server, Baresip caller, Baresip callee, int calls)
    {
        await caller.DialAsync("590");
        await caller.EventAsync("CALL_ESTABLISHED", Patience);
        await server.EventuallyAsync("/api/rtp-streams", lines => lines.EnumerateArray().Count(line => line.GetProperty("packets").GetInt64() > 75) >= 2, "both talk", Patience);
        await caller.HangUpAsync();
        await callee.EventAsync("CALL_CLOSED", Patience);
        await server.EventuallyAsync("/api/calls/history", h => h.GetArrayLength() == calls, "the call is in the history", Patience);
    }

    // All spans of the last of so many calls: the end of the call is told to the webhook last.
    private static async Task<List<ReceivedSpan>> ArrivedAsync(OtlpCollector collector, int calls)
    {
        List<ReceivedSpan> Last() => [.. collector.Spans.Where(span => span.TraceId == collector.Spans.LastOrDefault(s => s.Name == "call")?.TraceId)];

        await UntilAsync(
            () => collector.Spans.Count(span => span.Name == "call") == calls && Last().Any(span => span.Name == "storage")
                && Last().Any(span => span.Name == "webhook" && Equals(span.Attributes["tandem.event_type"], "call.ended")),
            "the trace is whole");
        return Last();
    }

    private static List<JsonElement> LogOf(TandemServer server, string callId)
    {
        using var stream = new FileStream(server.LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n').Where(line => line.StartsWith('{') && line.EndsWith('}')).Select(line => JsonDocument.Parse(line).RootElement)
            .Where(line => line.TryGetProperty("callId", out var id) && id.GetString() == callId)];
    }

    private static double Failures(string page) =>
        page.Split('\n').Where(line => line.StartsWith("tandem_otlp_failures_total", StringComparison.Ordinal)).Sum(line => double.Parse(line.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture));

    private static Task UntilAsync(Func<bool> condition, string what) => UntilAsync(() => Task.FromResult(condition()), what);

    private static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        for (var until = DateTime.UtcNow.AddSeconds(Patience); !await condition(); await Task.Delay(100))
            Assert.True(DateTime.UtcNow < until, what);
    }
}
