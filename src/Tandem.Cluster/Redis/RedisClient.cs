using System.Buffers;
using System.Collections.Concurrent;
using System.Threading.Channels;
using Tandem.Cluster.Resp;

namespace Tandem.Cluster.Redis;

/// <summary>
/// A pipelined client: whoever has a command queues it and goes on; one task sends all that waits, one gives each answer to its command. A
/// connection that breaks is made anew, ever more slowly; meanwhile commands are left out, nobody waits. Thread-safe.
/// </summary>
public sealed class RedisClient : IAsyncDisposable
{
    private const int BytesPerSend = 64 << 10;

    private readonly RedisAddress _address;
    private readonly ClusterOptions _options;
    private readonly TimeProvider _time;
    private readonly Channel<Pending> _queue;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<Pending> _sent = new();
    private Task _work = Task.CompletedTask;
    private volatile bool _isConnected;
    private volatile string _lastFailure = "";
    private int _waiting;
    private long _sentCount;
    private long _dropped;
    private long _connections;
    private long _answers;
    private long _answerTicks;
    private long _lastAnswerTicks;

    public RedisClient(RedisAddress address, ClusterOptions options, TimeProvider time)
    {
        _address = address;
        _options = options;
        _time = time;
        _queue = Channel.CreateBounded<Pending>(new BoundedChannelOptions(options.QueueLimit) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    }

    /// <summary>True while commands are sent.</summary>
    public bool IsConnected => _isConnected;

    /// <summary>Called after each connection was made, on a task of the client; it must not throw.</summary>
    public Action? Connected { get; set; }

    /// <summary>Called when the connection broke or cannot be made, with the reason; only at a change.</summary>
    public Action<string>? Lost { get; set; }

    public RedisStatistics Statistics() => new(
        _isConnected, Volatile.Read(ref _waiting), Interlocked.Read(ref _sentCount), Interlocked.Read(ref _dropped), Interlocked.Read(ref _connections),
        Interlocked.Read(ref _answers), TimeSpan.FromTicks(Interlocked.Read(ref _answerTicks)), TimeSpan.FromTicks(Interlocked.Read(ref _lastAnswerTicks)), _lastFailure);

    /// <summary>Begins to connect; returns at once.</summary>
    public void Start() => _work = Task.Run(WorkAsync);

    /// <summary>Queues a command whose answer nobody waits for; false, and counted, when it is left out.</summary>
    /// <param name="command">The command.</param>
    /// <param name="lost">Called when it was queued and the connection broke before Redis had answered: it may be done or not. On a task of the client, before the next connection; it must not throw.</param>
    public bool Post(RedisCommand command, Action? lost = null) => TryQueue(new Pending(command, null, _time.GetTimestamp()) { Lost = lost });

    /// <summary>Sends a command and waits for its answer.</summary>
    /// <exception cref="RedisException">Redis is away, does not answer in time, or refuses.</exception>
    public async Task<RespValue> AskAsync(RedisCommand command, CancellationToken cancellation = default)
    {
        var pending = new Pending(command, new TaskCompletionSource<RespValue>(TaskCreationOptions.RunContinuationsAsynchronously), _time.GetTimestamp());
        if (!TryQueue(pending))
            throw new RedisException($"{_address} is away");

        try
        {
            var answer = await pending.Answer!.Task.WaitAsync(_options.AnswerTimeout * 2, _time, cancellation);
            return answer.Kind == RespKind.Error ? throw new RedisException($"Redis refuses {command}: {answer.Text}") : answer;
        }
        catch (TimeoutException e)
        {
            throw new RedisException($"{_address} does not answer", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _queue.Writer.TryComplete();
        await _work;
        FailAll("the exchange stops");
        _stop.Dispose();
    }

    private bool TryQueue(Pending pending)
    {
        if (_isConnected && _queue.Writer.TryWrite(pending))
        {
            Interlocked.Increment(ref _waiting);
            return true;
        }

        Interlocked.Increment(ref _dropped);
        return false;
    }

    private async Task WorkAsync()
    {
        var pause = _options.RetryMinimum;
        var isTold = false;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await using var link = await RedisLink.OpenAsync(_address, _options, _time, _stop.Token);
                pause = _options.RetryMinimum;
                isTold = false;
                Interlocked.Increment(ref _connections);
                _isConnected = true;
                Connected?.Invoke();
                await RunAsync(link);
            }
            catch (Exception e) when (!_stop.IsCancellationRequested)
            {
                // Whatever it was: the next attempt begins anew.
                _lastFailure = e.Message;
                if (!isTold)
                    Lost?.Invoke(e.Message);
                isTold = true;
            }
            catch (Exception) when (_stop.IsCancellationRequested)
            {
                // The exchange stops, and a connection may be lost at that moment.
            }
            finally
            {
                _isConnected = false;
                FailAll("Redis is away");
            }

            await Pauses.WaitAsync(pause, _time, _stop.Token);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, _options.RetryMaximum.Ticks));
        }
    }

    // Ends when one direction does.
    private async Task RunAsync(RedisLink link)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var send = SendAsync(link, end.Token);
        var receive = ReceiveAsync(link, end.Token);
        var first = await Task.WhenAny(send, receive);
        await end.CancelAsync();
        await link.DisposeAsync();
        await Task.WhenAll(send, receive).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        await first;
    }

    private async Task SendAsync(RedisLink link, CancellationToken cancellation)
    {
        var bytes = new ArrayBufferWriter<byte>(BytesPerSend);
        while (true)
        {
            // A connection on which nothing happens is asked for a sign of life, or a broken one would not be noticed.
            var more = _queue.Reader.WaitToReadAsync(cancellation).AsTask();
            try
            {
                if (!await more.WaitAsync(_options.AnswerTimeout, _time, cancellation))
                    return;
            }
            catch (TimeoutException)
            {
                if (_queue.Writer.TryWrite(new Pending(RedisCommand.Of("PING"), null, _time.GetTimestamp())))
                    Interlocked.Increment(ref _waiting);
            }

            while (bytes.WrittenCount < BytesPerSend && _queue.Reader.TryRead(out var pending))
            {
                RespWriter.Write(bytes, pending.Command);
                _sent.Enqueue(pending);
                Interlocked.Increment(ref _sentCount);
            }

            await link.SendAsync(bytes.WrittenMemory, cancellation);
            bytes.ResetWrittenCount();
        }
    }

    private async Task ReceiveAsync(RedisLink link, CancellationToken cancellation)
    {
        while (true)
        {
            using var patience = new CancellationTokenSource(_options.AnswerTimeout * 2, _time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
            RespValue value;
            try
            {
                value = await link.ReadAsync(both.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new RedisException($"{_address} does not answer");
            }

            if (!_sent.TryDequeue(out var pending))
                throw new RedisException("Redis answers what nobody asked");

            Interlocked.Decrement(ref _waiting);
            var took = _time.GetElapsedTime(pending.At).Ticks;
            Interlocked.Increment(ref _answers);
            Interlocked.Add(ref _answerTicks, took);
            Interlocked.Exchange(ref _lastAnswerTicks, took);
            pending.Answer?.TrySetResult(value);
        }
    }

    private void FailAll(string why)
    {
        while (_sent.TryDequeue(out var pending) || _queue.Reader.TryRead(out pending))
        {
            Interlocked.Decrement(ref _waiting);
            if (pending.Answer is { } answer)
            {
                answer.TrySetException(new RedisException(why));
                continue;
            }

            Interlocked.Increment(ref _dropped);
            pending.Lost?.Invoke();
        }
    }

    private readonly record struct Pending(RedisCommand Command, TaskCompletionSource<RespValue>? Answer, long At)
    {
        public Action? Lost { get; init; }
    }
}
