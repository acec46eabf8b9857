using System.Net.Http.Headers;
using System.Threading.Channels;
using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Tracing;
using Tandem.Server.Metrics;
using Tandem.Server.Options;
using Tandem.Server.Webhooks;
using Tandem.Storage.Webhooks;

namespace Tandem.Server.Otlp;

/// <summary>
/// Sends each ended call as a trace, and the numbers of <c>/metrics</c>, to a collector by OTLP (http/protobuf). The shards only queue records, bounded;
/// a collector that is away costs the oldest of them, counted, and nothing else.
/// </summary>
public sealed class OtlpExport : IEventSink, IMetricSource, IAsyncDisposable
{
    private const int MostWaiting = 4_096;
    private const int MostPerRequest = 256;
    private const int MetricsEvery = 6;

    // The last messages of a call (the answers to BYE) come after its end.
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly MetricsOptions _options;
    private readonly CallTraces _traces;
    private readonly Func<CancellationToken, Task> _flush;
    private readonly TimeProvider _time;
    private readonly Action<string> _notice;
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseCookies = false }) { Timeout = Patience };
    private readonly Channel<CallDetailRecord> _queue;
    private readonly Channel<OtlpSpan> _attempts;
    private readonly List<OtlpSpan> _unsentAttempts = [];
    private readonly CancellationTokenSource _stopped = new();
    private readonly DateTimeOffset _started;
    private readonly Task _running;
    private readonly List<CallDetailRecord> _unsent = [];
    private long _sent;
    private long _dropped;
    private long _failures;
    private bool _isAway;

    /// <param name="options">Where to send.</param>
    /// <param name="traces">What is known of the calls.</param>
    /// <param name="flush">Ends when the records so far are in the database.</param>
    /// <param name="time">The clock.</param>
    /// <param name="notice">Told when the collector is away, once.</param>
    public OtlpExport(MetricsOptions options, CallTraces traces, Func<CancellationToken, Task> flush, TimeProvider time, Action<string> notice)
    {
        _options = options;
        _traces = traces;
        _flush = flush;
        _time = time;
        _notice = notice;
        _started = time.GetUtcNow();
        _queue = Channel.CreateBounded<CallDetailRecord>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest }, _ => Interlocked.Increment(ref _dropped));
        _attempts = Channel.CreateBounded<OtlpSpan>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest }, _ => Interlocked.Increment(ref _dropped));
        _running = RunAsync();
    }

    /// <summary>The numbers to send; set when there are some.</summary>
    public IEnumerable<IMetricSource> Sources { get; set; } = [];

    /// <summary>Calls whose traces were taken by the collector.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <inheritdoc/>
    public void Publish(ExchangeEvent exchangeEvent)
    {
        if (exchangeEvent is CallEnded ended)
            _queue.Writer.TryWrite(ended.Record);
    }

    /// <summary>An attempt to deliver an event was made: part of the trace of its call.</summary>
    public void Attempted(WebhookDelivery delivery, DeliveryAttempt attempt, DateTimeOffset began)
    {
        if (CallSpans.Webhook(delivery, attempt, began, _time.GetUtcNow()) is { } span)
            _attempts.Writer.TryWrite(span);
    }

    /// <inheritdoc/>
    public void Write(PrometheusWriter page)
    {
        page.Family("tandem_otlp_calls_total", "counter", "Traces of calls by what became of them.").Sample(Sent, ("result", "sent")).Sample(Volatile.Read(ref _dropped), ("result", "dropped"));
        page.Counter("tandem_otlp_failures_total", "Requests that the collector did not take.", Volatile.Read(ref _failures));
    }

    /// <summary>Sends what waits, once, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _stopped.CancelAsync();
        await _running;
        _client.Dispose();
        _stopped.Dispose();
    }

    /// <summary>Sends the traces of the calls that have ended.</summary>
    internal async Task SendTracesAsync(CancellationToken cancellation)
    {
        while (_unsent.Count < MostPerRequest && _queue.Reader.TryRead(out var record))
            _unsent.Add(record);
        while (_unsentAttempts.Count < MostPerRequest && _attempts.Reader.TryRead(out var attempt))
            _unsentAttempts.Add(attempt);
        if (_unsent.Count == 0 && _unsentAttempts.Count == 0)
            return;

        DateTimeOffset? stored = null;
        try
        {
            await _flush(cancellation).WaitAsync(Patience, _time, cancellation);
            stored = _time.GetUtcNow();
        }
        catch (TimeoutException)
        {
            // The database is away: the trace says nothing of the writing.
        }

        var spans = _unsent.SelectMany(record => CallSpans.Of(record, _traces.Find(record.Tenant, record.Id), stored)).Concat(_unsentAttempts);
        if (await PostAsync("/v1/traces", OtlpMessages.Traces(_options.OtlpService, spans), cancellation))
        {
            Interlocked.Add(ref _sent, _unsent.Count);
            _unsent.Clear();
            _unsentAttempts.Clear();
        }
    }

    /// <summary>Sends the numbers of now.</summary>
    internal async Task SendMetricsAsync(CancellationToken cancellation)
    {
        var page = new PrometheusWriter();
        foreach (var source in Sources)
            source.Write(page);
        if (page.Families.Count > 0)
            await PostAsync("/v1/metrics", OtlpMessages.Metrics(_options.OtlpService, page.Families, _started, _time.GetUtcNow()), cancellation);
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Step, _time);
        try
        {
            for (var round = 1; await timer.WaitForNextTickAsync(_stopped.Token); round++)
            {
                await SendTracesAsync(_stopped.Token);
                if (round % MetricsEvery == 0)
                    await SendMetricsAsync(_stopped.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The exchange ends: what has ended goes now.
            await SendTracesAsync(CancellationToken.None);
        }
    }

    private async Task<bool> PostAsync(string path, byte[] body, CancellationToken cancellation)
    {
        try
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
            using var response = await _client.PostAsync(new Uri(_options.OtlpEndpoint.TrimEnd('/') + path), content, cancellation);
            if (response.IsSuccessStatusCode)
            {
                _isAway = false;
                return true;
            }

            Fail($"it answered {(int)response.StatusCode}");
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            Fail(e.Message);
        }

        return false;
    }

    private void Fail(string why)
    {
        Interlocked.Increment(ref _failures);
        if (!_isAway)
            _notice($"The OTLP collector does not take traces and metrics: {why}");
        _isAway = true;
    }
}
