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
    private const int LongestMessage = 4_096;
    private static readonly TimeSpan Parting = TimeSpan.FromSeconds(2);

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
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var deaf = new CancellationTokenSource();
        var listening = ListenAsync(over, deaf.Token);
        try
        {
            await SendAsync(json =>
            {
                json.WriteString("type"u8, "stream.open"u8);
                json.WriteNumber("after"u8, _cursor);
                json.WriteNumber("last"u8, tail.Last);
            }, over.Token);
            await FollowAsync(tail, isAllowed, over.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "The server stops");
        }
        catch (DbException)
        {
            await CloseAsync(WebSocketCloseStatus.InternalServerError, $"The database is away; come back with after={_cursor}");
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException)
        {
            // The client is gone, or took nothing for too long: there is nobody left to tell.
        }
        finally
        {
            await PartAsync(listening);
            await deaf.CancelAsync();
            await listening;
        }
    }

    // A connection that is closed before the client has read why is reset, and the reason with it: its own close is waited for, a moment.
    private async Task PartAsync(Task listening)
    {
        try
        {
            if (socket.State == WebSocketState.CloseSent)
                await listening.WaitAsync(Parting, time);
        }
        catch (TimeoutException)
        {
            // It does not read; it is cut off.
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
            await CloseAsync(TooSlow, $"Too slow: {tail.Last - e.Sequence} events behind; come back with after={_cursor}");
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
            await CloseAsync(NotAllowed, "The session or token has ended");
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

    private async ValueTask SendAsync(ReadOnlyMemory<byte> text, CancellationToken over)
    {
        var sending = socket.SendAsync(text, WebSocketMessageType.Text, endOfMessage: true, over);
        if (sending.IsCompleted)
        {
            await sending;
            return;
        }

        try
        {
            await sending.AsTask().WaitAsync(hub.Options.SendTimeout, time, over);
        }
        catch (TimeoutException)
        {
            hub.CountSlow();
            socket.Abort();
            throw new WebSocketException("the client takes nothing");
        }
    }

    private async Task CloseAsync(WebSocketCloseStatus status, string reason)
    {
        using var patience = new CancellationTokenSource(Parting, time);
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(status, reason, patience.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException)
        {
            socket.Abort();
        }
    }

    // What a client says has no meaning yet; its close has, and its pongs are read on the way.
    private async Task ListenAsync(CancellationTokenSource over, CancellationToken deaf)
    {
        var buffer = new byte[LongestMessage];
        var length = 0;
        try
        {
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(), deaf);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    if (socket.State == WebSocketState.CloseReceived)
                        await CloseAsync(WebSocketCloseStatus.NormalClosure, "");
                    break;
                }

                length += received.Count;
                if (length > LongestMessage && socket.State == WebSocketState.Open)
                {
                    await CloseAsync(WebSocketCloseStatus.MessageTooBig, "Messages of clients are short");
                    await over.CancelAsync();
                }

                if (received.EndOfMessage)
                    length = 0;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException)
        {
            // Gone without a word, or we are.
        }

        await over.CancelAsync();
    }
}
