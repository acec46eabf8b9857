using System.Collections.Concurrent;
using System.Threading.Channels;
using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Ivr;
using Tandem.Calls.Ports;
using Tandem.Calls.Tracing;
using Tandem.Server.Metrics;
using Tandem.Server.Options;
using Tandem.Server.Webhooks;
using Tandem.Storage.Webhooks;

namespace Tandem.Server.Otlp;

/// <summary>
/// Sends each ended call as a trace, and the numbers of <c>/metrics</c>, to a collector by OTLP. The shards only queue records, bounded;
/// a collector that is away costs the oldest of them, counted, and nothing else.
/// </summary>
public sealed class OtlpExport : IEventSink, IMetricSource, IAsyncDisposable
{
    /// <summary>Calls, and beside them single spans, that may wait; the oldest go first.</summary>
    internal const int MostWaiting = 4_096;

    private const int MostPerRequest = 256;

    // The answers to BYE come after the end of a call.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    private readonly MetricsOptions _options;
    private readonly CallTraces _traces;
    private readonly TimeProvider _time;
    private readonly OtlpSender _sender;
    private readonly Channel<(CallDetailRecord Record, long At)> _queue;
    private readonly Channel<OtlpSpan> _spans;
    private readonly ConcurrentDictionary<CallId, (string TraceId, DateTimeOffset EndedAt)> _unwritten = new();
    private readonly ConcurrentQueue<CallId> _ended = new();
    private readonly CancellationTokenSource _stopped = new();
    private readonly DateTimeOffset _started;
    private readonly Task _running;
    private readonly List<CallDetailRecord> _unsent = [];
    private readonly List<OtlpSpan> _unsentSpans = [];
    private int _unwrittenCount;
    private long _sent;
    private long _dropped;
    private long _droppedSpans;

    /// <param name="options">Where to send.</param>
    /// <param name="traces">What is known of the calls.</param>
    /// <param name="time">The clock.</param>
    /// <param name="notice">Told when the collector is away, once, and when it is back.</param>
    public OtlpExport(MetricsOptions options, CallTraces traces, TimeProvider time, Action<string> notice)
    {
        _options = options;
        _traces = traces;
        _time = time;
        _sender = new OtlpSender(options, notice);
        _started = time.GetUtcNow();
        _queue = Channel.CreateBounded<(CallDetailRecord, long)>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest }, _ => Interlocked.Increment(ref _dropped));
        _spans = Channel.CreateBounded<OtlpSpan>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest }, _ => Interlocked.Increment(ref _droppedSpans));
        _running = Task.WhenAll(TracesAsync(), MetricsAsync());
    }

    /// <summary>The numbers to send; set when there are some.</summary>
    public IEnumerable<IMetricSource> Sources { get; set; } = [];

    /// <summary>Calls whose traces were taken by the collector.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Calls whose traces never went, because too many waited or the collector refused them for good.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Calls that wait for the collector, and those whose records are not in the database yet.</summary>
    public (int Unsent, int Unwritten) Waiting => (_queue.Reader.Count, Volatile.Read(ref _unwrittenCount));

    /// <inheritdoc/>
    /// <remarks>It stands before the journal in the bus, so that a record is known here when it is in the database.</remarks>
    public void Publish(ExchangeEvent exchangeEvent)
    {
        if (exchangeEvent is not CallEnded { Record: var record })
            return;

        if (_unwritten.TryAdd(record.Id, (record.TraceId, record.EndedAt)))
            Interlocked.Increment(ref _unwrittenCount);

        // Some records are never written (lost, or put aside): so many calls later, a call has no span of storage any more.
        _ended.Enqueue(record.Id);
        if (_ended.Count > MostWaiting && _ended.TryDequeue(out var oldest) && _unwritten.TryRemove(oldest, out _))
        {
            Interlocked.Decrement(ref _unwrittenCount);
            Interlocked.Increment(ref _droppedSpans);
        }

        _queue.Writer.TryWrite((record, _time.GetTimestamp()));
    }

    /// <summary>The record of a call is in the database. Called on the thread that writes.</summary>
    public void Written(CallId call)
    {
        if (!_unwritten.TryRemove(call, out var ended))
            return;

        Interlocked.Decrement(ref _unwrittenCount);
        if (CallSpans.Storage(call, ended.TraceId, ended.EndedAt, _time.GetUtcNow()) is { } span)
            _spans.Writer.TryWrite(span);
    }

    /// <summary>An attempt to deliver an event was made: part of the trace of its call.</summary>
    public void Attempted(WebhookDelivery delivery, DeliveryAttempt attempt, DateTimeOffset began)
    {
        if (CallSpans.Webhook(delivery, attempt, began, _time.GetUtcNow()) is { } span)
            _spans.Writer.TryWrite(span);
    }

    /// <summary>A webhook was asked where a call goes: part of the trace of that call.</summary>
    public void Asked(RouteQuestion question, string problem, DateTimeOffset began)
    {
        if (CallSpans.Question(question, problem, began, _time.GetUtcNow()) is { } span)
            _spans.Writer.TryWrite(span);
    }

    /// <summary>A menu asked a web service: part of the trace of its call.</summary>
    public void Asked(IvrWebRequest request, IvrWebAnswer answer, DateTimeOffset began)
    {
        if (CallSpans.Menu(request, answer, began, _time.GetUtcNow()) is { } span)
            _spans.Writer.TryWrite(span);
    }

    /// <inheritdoc/>
    public void Write(PrometheusWriter page)
    {
        page.Family("tandem_otlp_calls_total", "counter", "Traces of calls by what became of them.").Sample(Sent, ("result", "sent")).Sample(Dropped, ("result", "dropped"));
        page.Counter("tandem_otlp_spans_dropped_total", "Spans of storage and webhooks that did not go because too many waited or the collector refused them.", Volatile.Read(ref _droppedSpans));
        page.Counter("tandem_otlp_failures_total", "Requests that the collector did not take.", _sender.Failures);
        page.Gauge("tandem_otlp_waiting", "Calls that wait for the collector.", _queue.Reader.Count);
    }

    /// <summary>Sends what waits, once, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _stopped.CancelAsync();
        await _running;
        _sender.Dispose();
        _stopped.Dispose();
    }

    /// <summary>
    /// Sends the traces of the calls that have ended, in as many requests as they need, until one is to be sent again later. What is too big for the collector goes
    /// in halves; what it refuses for good is dropped. One at a time: only the task of the timer runs it, which also sends the last ones.
    /// </summary>
    /// <param name="settling">Calls that ended less than this ago wait for the next time.</param>
    internal async Task SendTracesAsync(CancellationToken cancellation, TimeSpan settling = default)
    {
        var most = MostPerRequest;
        while (true)
        {
            while (_unsent.Count < MostPerRequest && _queue.Reader.TryPeek(out var next) && _time.GetElapsedTime(next.At) >= settling && _queue.Reader.TryRead(out var ended))
                _unsent.Add(ended.Record);
            while (_unsentSpans.Count < MostPerRequest && _spans.Reader.TryRead(out var span))
                _unsentSpans.Add(span);
            var calls = Math.Min(_unsent.Count, most);
            var singles = Math.Min(_unsentSpans.Count, most - calls);
            if (calls + singles == 0)
                return;

            var spans = _unsent.Take(calls).SelectMany(record => CallSpans.Of(record, _traces.Find(record.Tenant, record.Id))).Concat(_unsentSpans.Take(singles));
            switch (await _sender.TracesAsync(OtlpMessages.Traces(_options, spans), calls + singles > 1, cancellation))
            {
                case OtlpOutcome.Later:
                    return;
                case OtlpOutcome.TooBig:
                    most = (calls + singles) / 2;
                    continue;
                case OtlpOutcome.Taken:
                    Interlocked.Add(ref _sent, calls);
                    break;
                default:
                    // What was too big even alone is gone, and more goes together again.
                    Interlocked.Add(ref _dropped, calls);
                    Interlocked.Add(ref _droppedSpans, singles);
                    most = MostPerRequest;
                    break;
            }

            _unsent.RemoveRange(0, calls);
            _unsentSpans.RemoveRange(0, singles);
        }
    }

    /// <summary>Sends the numbers of now.</summary>
    internal async Task SendMetricsAsync(CancellationToken cancellation)
    {
        var page = new PrometheusWriter();
        foreach (var source in Sources)
            source.Write(page);
        if (page.Families.Count > 0)
            await _sender.MetricsAsync(OtlpMessages.Metrics(_options, page.Families, _started, _time.GetUtcNow()), cancellation);
    }

    private async Task TracesAsync()
    {
        using var timer = new PeriodicTimer(_options.OtlpTraceInterval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopped.Token))
                await SendTracesAsync(_stopped.Token, Settling);
        }
        catch (OperationCanceledException)
        {
            await SendLastAsync();
        }
    }

    // The exchange ends: what has ended goes now, and the stop waits no longer for all of it than for an answer.
    private async Task SendLastAsync()
    {
        using var patience = new CancellationTokenSource(_options.OtlpTimeout, _time);
        try
        {
            await SendTracesAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // What has not gone stays here.
        }
    }

    private async Task MetricsAsync()
    {
        using var timer = new PeriodicTimer(_options.OtlpMetricInterval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopped.Token))
                await SendMetricsAsync(_stopped.Token);
        }
        catch (OperationCanceledException)
        {
            // The exchange ends.
        }
    }
}
