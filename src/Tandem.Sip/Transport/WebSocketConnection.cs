using System.Net.WebSockets;
using System.Text.Unicode;
using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Sip.Engine;

namespace Tandem.Sip.Transport;

/// <summary>
/// One WebSocket that carries SIP (RFC 7118): each message is one WebSocket message, text or binary. The HTTP server owns the
/// socket; this reads, writes and says goodbye on it.
/// </summary>
internal sealed class WebSocketConnection(StreamContext context, SipTransportKind kind, WebSocket socket, NetAddress local, NetAddress remote)
    : SipConnection(context, kind, local, remote, isAccepted: true, isOpen: true)
{
    /// <summary>1013, "Try Again Later", of the registry of RFC 6455 §11.7.</summary>
    public const WebSocketCloseStatus TryAgainLater = (WebSocketCloseStatus)1013;

    private const int FirstBytes = 4 * 1024;

    // Both sides have said goodbye: the HTTP server ends the connection in order.
    private volatile bool _isOver;

    /// <summary>Closes a socket that is not served.</summary>
    public static async Task RefuseAsync(WebSocket socket, WebSocketCloseStatus status, CancellationToken cancellation)
    {
        try
        {
            await socket.CloseOutputAsync(status, null, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (IsEnd(e))
        {
            // Gone before we could say it.
        }
    }

    /// <inheritdoc/>
    protected override async Task RunAsync()
    {
        var reason = ConnectionCloseReason.NetworkError;
        try
        {
            (reason, var status) = await ReadAsync().ConfigureAwait(false);
            await socket.CloseOutputAsync(status, null, CancellationToken.None).ConfigureAwait(false);
            if (reason == ConnectionCloseReason.ByPeer)
                _isOver = true;
            else
                await LingerAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (IsEnd(e))
        {
            // The reason says what it was; a close from our side ends here as well and has its own reason already.
        }
        catch (Exception e)
        {
            Context.Intake.Fault(e);
        }
        finally
        {
            Close(reason);
        }
    }

    /// <inheritdoc/>
    protected override ValueTask WriteAsync(ReadOnlyMemory<byte> data) =>
        socket.SendAsync(data, Utf8.IsValid(data.Span) ? WebSocketMessageType.Text : WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);

    /// <inheritdoc/>
    protected override void Abandon(ConnectionCloseReason reason)
    {
        if (_isOver)
            return;

        if (reason is ConnectionCloseReason.Idle or ConnectionCloseReason.Stopped)
            _ = GoAwayAsync();
        else
            socket.Abort();
    }

    private async Task GoAwayAsync()
    {
        using var soon = new CancellationTokenSource(Context.Options.LingerTimeout);
        await RefuseAsync(socket, WebSocketCloseStatus.EndpointUnavailable, soon.Token).ConfigureAwait(false);
        socket.Abort();
    }

    /// <summary>Reads and drops until the far side has answered our goodbye or the sweeper closes, so that it gets to know why.</summary>
    private async Task LingerAsync()
    {
        BeginLinger();
        var dropped = new byte[1024];
        while ((await socket.ReceiveAsync(dropped.AsMemory(), CancellationToken.None).ConfigureAwait(false)).MessageType != WebSocketMessageType.Close)
        {
        }

        _isOver = true;
    }

    private async Task<(ConnectionCloseReason Reason, WebSocketCloseStatus Status)> ReadAsync()
    {
        var limit = Context.Options.Limits.MaxMessageBytes;
        while (true)
        {
            // An idle connection owns no buffer: the empty read only waits for a frame.
            var begun = await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None).ConfigureAwait(false);
            if (begun.MessageType == WebSocketMessageType.Close)
                return (ConnectionCloseReason.ByPeer, WebSocketCloseStatus.NormalClosure);

            var message = BufferPool.Shared.Rent(FirstBytes);
            try
            {
                var length = 0;
                for (var isWhole = begun.EndOfMessage; !isWhole;)
                {
                    if (length == message.Array.Length)
                        message = Grow(message, length, limit + 1);

                    var part = await socket.ReceiveAsync(message.Array.AsMemory(length), CancellationToken.None).ConfigureAwait(false);
                    if (part.MessageType == WebSocketMessageType.Close)
                        return (ConnectionCloseReason.ByPeer, WebSocketCloseStatus.NormalClosure);

                    length += part.Count;
                    isWhole = part.EndOfMessage;
                    if (!isWhole)
                        MarkPartial(Math.Max(1, length), Context.Clock.Now);

                    SipTransportCounters.Add(ref Context.Counters.StreamBytesInField, part.Count);
                    if (length > limit)
                    {
                        SipTransportCounters.Add(ref Context.Counters.StreamsBrokenField);
                        return (ConnectionCloseReason.Broken, WebSocketCloseStatus.MessageTooBig);
                    }
                }

                message.Length = length;
                if (!Take(ref message!))
                    return (ConnectionCloseReason.RefusedByGuard, WebSocketCloseStatus.PolicyViolation);
            }
            finally
            {
                message?.Release();
            }
        }
    }

    private static PooledBuffer Grow(PooledBuffer message, int length, int limit)
    {
        var larger = BufferPool.Shared.Rent(Math.Min(limit, message.Array.Length * 4));
        message.Array.AsSpan(0, length).CopyTo(larger.Array);
        message.Release();
        return larger;
    }

    // A message that goes to its shard takes its reference with it.
    private bool Take(ref PooledBuffer? message)
    {
        var now = Context.Clock.Now;
        MarkActive(now);
        var span = message!.Span;
        if (span.IndexOfAnyExcept((byte)'\r', (byte)'\n') >= 0)
        {
            var taken = message;
            message = null;
            return TakeMessage(taken, now);
        }

        MarkPartial(0, now);
        return span.Length >= 4 ? TakePing(now) : Context.Intake.IsAdmitted(Flow, now);
    }
}
