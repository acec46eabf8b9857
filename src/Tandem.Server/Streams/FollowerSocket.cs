using System.Net.WebSockets;

namespace Tandem.Server.Streams;

/// <summary>
/// The socket of a client that only follows: what it is sent leaves at its pace, why it ends arrives before the connection goes, and of what the client says only its close has a meaning.
/// </summary>
/// <param name="socket">Open.</param>
/// <param name="patience">How long one message may take to leave; a client that takes nothing for so long is cut off.</param>
/// <param name="time">The clock.</param>
/// <param name="stalled">Told of a client that is cut off.</param>
internal sealed class FollowerSocket(WebSocket socket, TimeSpan patience, TimeProvider time, Action? stalled = null)
{
    private const int LongestMessage = 4_096;
    private static readonly TimeSpan Parting = TimeSpan.FromSeconds(2);

    /// <summary>Serves until that is done, the client goes, or <paramref name="stopping"/>.</summary>
    /// <param name="serve">What is sent; it ends when its token says so.</param>
    /// <param name="stopping">The server stops.</param>
    public async Task RunAsync(Func<CancellationToken, Task> serve, CancellationToken stopping)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var deaf = new CancellationTokenSource();
        var listening = ListenAsync(over, deaf.Token);
        try
        {
            await serve(over.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "The server stops");
        }
        catch (Exception e) when (IsGone(e))
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

    /// <summary>Sends one message.</summary>
    /// <exception cref="WebSocketException">The client is gone, or takes nothing.</exception>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> message, WebSocketMessageType type, CancellationToken over)
    {
        var sending = socket.SendAsync(message, type, endOfMessage: true, over);
        if (sending.IsCompleted)
        {
            await sending;
            return;
        }

        try
        {
            await sending.AsTask().WaitAsync(patience, time, over);
        }
        catch (TimeoutException)
        {
            stalled?.Invoke();
            socket.Abort();
            throw new WebSocketException("the client takes nothing");
        }
    }

    /// <summary>Tells the client why it ends; nothing is sent after it.</summary>
    public async Task CloseAsync(WebSocketCloseStatus status, string reason)
    {
        using var parting = new CancellationTokenSource(Parting, time);
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(status, reason, parting.Token);
        }
        catch (Exception e) when (IsGone(e))
        {
            socket.Abort();
        }
    }

    private static bool IsGone(Exception e) => e is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException;

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

    // Its pongs are read on the way.
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
        catch (Exception e) when (IsGone(e))
        {
            // Gone without a word, or we are.
        }

        await over.CancelAsync();
    }
}
