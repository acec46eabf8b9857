using System.Buffers;
using Tandem.Cluster.Resp;

namespace Tandem.Cluster.Redis;

/// <summary>Hears one channel over a connection of its own, which is made anew when it breaks. What is said meanwhile is missed.</summary>
public sealed class RedisSubscriber : IAsyncDisposable
{
    private readonly RedisAddress _address;
    private readonly ClusterOptions _options;
    private readonly TimeProvider _time;
    private readonly string _channel;
    private readonly Action<ReadOnlyMemory<byte>> _heard;
    private readonly CancellationTokenSource _stop = new();
    private Task _work = Task.CompletedTask;
    private long _messages;

    /// <param name="heard">Called for each message, in order, on a task of the subscriber; what it throws breaks the connection.</param>
    public RedisSubscriber(RedisAddress address, ClusterOptions options, TimeProvider time, string channel, Action<ReadOnlyMemory<byte>> heard)
    {
        _address = address;
        _options = options;
        _time = time;
        _channel = channel;
        _heard = heard;
    }

    /// <summary>Called when the channel is heard, anew too: what was said before is missed. It must not throw.</summary>
    public Action? Subscribed { get; set; }

    /// <summary>Messages that were heard.</summary>
    public long Messages => Interlocked.Read(ref _messages);

    public void Start() => _work = Task.Run(WorkAsync);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work;
        _stop.Dispose();
    }

    private async Task WorkAsync()
    {
        var pause = _options.RetryMinimum;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await using var link = await RedisLink.OpenAsync(_address, _options, _time, _stop.Token);
                await SendAsync(link, RedisCommand.Of("SUBSCRIBE", _channel));
                pause = _options.RetryMinimum;
                await HearAsync(link);
            }
            catch (Exception)
            {
                // The client of commands tells the operator; here it is only tried again.
            }

            await Pauses.WaitAsync(pause, _time, _stop.Token);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, _options.RetryMaximum.Ticks));
        }
    }

    private async Task HearAsync(RedisLink link)
    {
        var read = link.ReadAsync(_stop.Token).AsTask();
        var isAsked = false;
        while (true)
        {
            RespValue value;
            try
            {
                value = await read.WaitAsync(_options.AnswerTimeout, _time, _stop.Token);
            }
            catch (TimeoutException) when (!isAsked)
            {
                isAsked = true;
                await SendAsync(link, RedisCommand.Of("PING"));
                continue;
            }

            isAsked = false;
            Take(value);
            read = link.ReadAsync(_stop.Token).AsTask();
        }
    }

    private void Take(in RespValue value)
    {
        if (value.Kind == RespKind.Error)
            throw new RedisException(value.Text);
        if (value.Items.Length != 3)
            return;

        var kind = value.Items[0].Bytes.Span;
        if (kind.SequenceEqual("subscribe"u8))
        {
            Subscribed?.Invoke();
        }
        else if (kind.SequenceEqual("message"u8))
        {
            Interlocked.Increment(ref _messages);
            _heard(value.Items[2].Bytes);
        }
    }

    private async Task SendAsync(RedisLink link, RedisCommand command)
    {
        var bytes = new ArrayBufferWriter<byte>();
        RespWriter.Write(bytes, command);
        await link.SendAsync(bytes.WrittenMemory, _stop.Token);
    }
}
