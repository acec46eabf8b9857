using System.Buffers.Binary;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Tandem.Calls.Ports;

namespace Tandem.Server.Streams;

/// <summary>
/// One client that hears a call: gets each frame as a binary message, at its pace. Who is too slow loses frames and is told how many; the call never waits.
/// </summary>
public sealed class SoundFollower(SoundStreams streams, ISoundFork fork, WebSocket socket, TimeProvider time)
{
    private const int LongestMessage = 4_096;
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Parting = TimeSpan.FromSeconds(2);

    private readonly short[] _samples = new short[ISoundFork.FrameLength];
    private readonly byte[] _bytes = new byte[ISoundFork.FrameLength * sizeof(short)];
    private long _told;

    /// <summary>Serves until the call is over, the client goes, or <paramref name="stopping"/>.</summary>
    /// <param name="isAllowed">Asked now and then: the session or token is still good.</param>
    /// <param name="stopping">The server stops.</param>
    public async Task RunAsync(Func<Task<bool>> isAllowed, CancellationToken stopping)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var deaf = new CancellationTokenSource();
        var listening = ListenAsync(over, deaf.Token);
        try
        {
            await SendAsync(Encoding.UTF8.GetBytes("""{"type":"audio.open","rate":16000,"channels":2,"format":"s16le","frame":20}"""), WebSocketMessageType.Text, over.Token);
            await FollowAsync(isAllowed, over.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "The server stops");
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException)
        {
            // The client is gone, or took nothing for too long: there is nobody left to tell.
        }
        finally
        {
            streams.CountLost(fork.Lost);
            await PartAsync(listening);
            await deaf.CancelAsync();
            await listening;
        }
    }

    private async Task FollowAsync(Func<Task<bool>> isAllowed, CancellationToken over)
    {
        using var pace = new PeriodicTimer(Frame, time);
        var checkedAt = time.GetTimestamp();
        while (true)
        {
            var isOver = fork.IsOver;
            while (fork.TryTake(_samples))
            {
                for (var i = 0; i < _samples.Length; i++)
                    BinaryPrimitives.WriteInt16LittleEndian(_bytes.AsSpan(2 * i), _samples[i]);
                await SendAsync(_bytes, WebSocketMessageType.Binary, over);
            }

            if (fork.Lost is var lost && lost > _told)
            {
                await SendAsync(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"type":"audio.gap","milliseconds":{{(lost - _told) * 20}}}""")), WebSocketMessageType.Text, over);
                _told = lost;
            }

            if (isOver)
            {
                await CloseAsync(WebSocketCloseStatus.NormalClosure, "The call is over");
                return;
            }

            if (time.GetElapsedTime(checkedAt) >= streams.Options.CheckInterval)
            {
                checkedAt = time.GetTimestamp();
                if (!await isAllowed())
                {
                    await CloseAsync(StreamFollower.NotAllowed, "The session or token has ended");
                    return;
                }
            }

            await pace.WaitForNextTickAsync(over);
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> message, WebSocketMessageType type, CancellationToken over)
    {
        var sending = socket.SendAsync(message, type, endOfMessage: true, over);
        if (sending.IsCompleted)
        {
            await sending;
            return;
        }

        try
        {
            await sending.AsTask().WaitAsync(streams.Options.SendTimeout, time, over);
        }
        catch (TimeoutException)
        {
            socket.Abort();
            throw new WebSocketException("the client takes nothing");
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

    // What a client says has no meaning; its close has.
    private async Task ListenAsync(CancellationTokenSource over, CancellationToken deaf)
    {
        var buffer = new byte[LongestMessage];
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

                if (!received.EndOfMessage && socket.State == WebSocketState.Open)
                {
                    await CloseAsync(WebSocketCloseStatus.MessageTooBig, "Messages of clients are short");
                    await over.CancelAsync();
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException)
        {
            // Gone without a word, or we are.
        }

        await over.CancelAsync();
    }
}
