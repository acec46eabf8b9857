using System.Data.Common;
using System.Net.WebSockets;
using System.Text.Json;
using Tandem.Storage;

namespace Tandem.Server.Streams;

/// <summary>
/// One client of a stream: sends what it has not got yet, at its pace, and nothing is held for it. Who falls behind is dropped and told why; who was
/// away for longer than events are kept is told what is missing.
/// </summary>
public sealed class StreamFollower(EventHub hub, TandemStorage storage, WebSocket socket, StreamFilter filter, TimeProvider time)
{
    /// <summary>Application close codes (RFC 6455 §7.4.2).</summary>
    public const WebSocketCloseStatus NotAllowed = (WebSocketCloseStatus)4001;

    /// <summary>The client does not read as fast as things happen.</summary>
    public const WebSocketCloseStatus TooSlow = (WebSocketCloseStatus)4008;

    private const int Batch = 200;

    private readonly FollowerSocket _socket = new(socket, hub.Options.SendTimeout, time, hub.CountSlow);
    private StreamTail? _tail;
    private long _cursor;
    private bool _isLive;
    private long _toldAt;

    /// <summary>Events that it has not got yet.</summary>
    public long Lag => _tail is { } tail && _isLive ? Math.Max(0, tail.Last - Volatile.Read(ref _cursor)) : 0;

    /// <summary>Serves until the client goes, is dropped, or <paramref name="stopping"/>.</summary>
    /// <param name="tail">The stream.</param>
    /// <param name="after">The last number that the client has; null for only what comes.</param>
    /// <param name="isAllowed">Asked now and then: the session or token is still good.</param>
    /// <param name="stopping">The server stops.</param>
    public async Task RunAsync(StreamTail tail, long? after, Func<Task<bool>> isAllowed, CancellationToken stopping)
    {
        _tail = tail;
        _cursor = after ?? tail.Last;
        await _socket.RunAsync(over => ServeAsync(tail, isAllowed, over), stopping);
    }

    private async Task ServeAsync(StreamTail tail, Func<Task<bool>> isAllowed, CancellationToken over)
    {
        try
        {
            await SendAsync(json =>
            {
                json.WriteString("type"u8, "stream.open"u8);
                json.WriteNumber("after"u8, _cursor);
                json.WriteNumber("last"u8, tail.Last);
            }, over);
            await FollowAsync(tail, isAllowed, over);
        }
        catch (DbException)
        {
            await _socket.CloseAsync(WebSocketCloseStatus.InternalServerError, $"The database is away; come back with after={_cursor}");
        }
    }

    private async Task FollowAsync(StreamTail tail, Func<Task<bool>> isAllowed, CancellationToken over)
    {
        var batch = new List<StreamEvent>(Batch);
        _toldAt = time.GetTimestamp();
        while (true)
        {
            if (time.GetElapsedTime(_toldAt) >= hub.Options.PingInterval && !await PingAsync(isAllowed, over))
                return;

            var changed = tail.Changed;
            var last = tail.Last;
            batch.Clear();
            if (!tail.TryRead(_cursor, batch, Batch))
                batch.AddRange((await Task.Run(() => storage.Streams.After(tail.Tenant, _cursor, Batch), over)).Select(StreamEvent.From));
            if (batch.Count == 0 && _cursor >= last)
            {
                _isLive = true;
                await WaitAsync(changed, over);
                continue;
            }

            // Nothing is there up to the end of the stream: it was deleted for its age.
            if (batch.Count == 0)
                await TellGapAsync(last + 1, over);
            foreach (var e in batch)
            {
                if (!await DeliverAsync(tail, e, over))
                    return;
            }
        }
    }

    private async ValueTask<bool> DeliverAsync(StreamTail tail, StreamEvent e, CancellationToken over)
    {
        if (_isLive && tail.Last - e.Sequence > hub.Options.MaxLag)
        {
            hub.CountSlow();
            await _socket.CloseAsync(TooSlow, $"Too slow: {tail.Last - e.Sequence} events behind; come back with after={_cursor}");
            return false;
        }

        if (e.Sequence > _cursor + 1)
            await TellGapAsync(e.Sequence, over);
        if (filter.Takes(e))
        {
            await SendAsync(e.Frame, over);
            hub.CountSent(1);
        }

        Volatile.Write(ref _cursor, e.Sequence);
        return true;
    }

    private async Task TellGapAsync(long next, CancellationToken over)
    {
        hub.CountGap();
        var from = _cursor + 1;
        await SendAsync(json =>
        {
            json.WriteString("type"u8, "stream.gap"u8);
            json.WriteNumber("from"u8, from);
            json.WriteNumber("to"u8, next - 1);
        }, over);
        Volatile.Write(ref _cursor, next - 1);
    }

    private async Task WaitAsync(Task changed, CancellationToken over)
    {
        var left = hub.Options.PingInterval - time.GetElapsedTime(_toldAt);
        try
        {
            if (left > TimeSpan.Zero)
                await changed.WaitAsync(left, time, over);
        }
        catch (TimeoutException)
        {
            // Time for a ping.
        }
    }

    // A client that hears nothing for long cannot tell a quiet exchange from a dead one.
    private async Task<bool> PingAsync(Func<Task<bool>> isAllowed, CancellationToken over)
    {
        _toldAt = time.GetTimestamp();
        if (!await isAllowed())
        {
            await _socket.CloseAsync(NotAllowed, "The session or token has ended");
            return false;
        }

        await SendAsync(json =>
        {
            json.WriteString("type"u8, "stream.ping"u8);
            json.WriteNumber("last"u8, _cursor);
        }, over);
        return true;
    }

    private ValueTask SendAsync(Action<Utf8JsonWriter> members, CancellationToken over)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return SendAsync(buffer.WrittenMemory, over);
    }

    private ValueTask SendAsync(ReadOnlyMemory<byte> text, CancellationToken over) => _socket.SendAsync(text, WebSocketMessageType.Text, over);
}
