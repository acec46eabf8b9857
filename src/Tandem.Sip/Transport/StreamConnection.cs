using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Parsing;

namespace Tandem.Sip.Transport;

/// <summary>One stream connection: a reading task that frames messages (RFC 3261 §18.3).</summary>
internal sealed class StreamConnection : SipConnection
{
    private const int ReadBytes = 16 * 1024;

    private readonly Socket _socket;
    private Stream? _stream;

    private StreamConnection(StreamContext context, SipTransportKind kind, Socket socket, Stream? stream, NetAddress local, NetAddress remote)
        : base(context, kind, local, remote, isAccepted: stream is not null)
    {
        _socket = socket;
        _stream = stream;
    }

    /// <summary>A connection that was accepted.</summary>
    public static StreamConnection Accepted(StreamContext context, SipTransportKind kind, Socket socket, NetAddress remote) =>
        new(context, kind, socket, new NetworkStream(socket, ownsSocket: true), NetAddress.From((IPEndPoint)socket.LocalEndPoint!), remote);

    /// <summary>A connection that is to be opened by <see cref="SipConnection.Run"/>; what is sent meanwhile waits.</summary>
    public static StreamConnection ToOpen(StreamContext context, SipTransportKind kind, NetAddress remote)
    {
        var socket = new Socket(remote.IsV6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        return new StreamConnection(context, kind, socket, null, default, remote);
    }

    /// <inheritdoc/>
    protected override async Task RunAsync()
    {
        var reason = ConnectionCloseReason.OpenFailed;
        try
        {
            if (_stream is null)
            {
                await _socket.ConnectAsync(Remote.ToIPEndPoint()).ConfigureAwait(false);
                _stream = new NetworkStream(_socket, ownsSocket: true);
                if (!BecomeOpen(NetAddress.From((IPEndPoint)_socket.LocalEndPoint!)))
                    return;
            }

            _socket.NoDelay = true;
            reason = ConnectionCloseReason.NetworkError;
            reason = await ReadAsync(_stream).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The reason says where it happened; a close from our side ends here as well and has its own reason already.
        }
        finally
        {
            Close(reason);
        }
    }

    /// <inheritdoc/>
    protected override ValueTask WriteAsync(ReadOnlyMemory<byte> data) => _stream!.WriteAsync(data);

    /// <inheritdoc/>
    protected override void Abandon()
    {
        _stream?.Dispose();
        _socket.Dispose();
    }

    private async Task<ConnectionCloseReason> ReadAsync(Stream stream)
    {
        var framer = new SipStreamFramer(Context.Options.Limits);
        while (true)
        {
            // An idle connection owns no buffer: the empty read only waits for bytes.
            await stream.ReadAsync(Memory<byte>.Empty).ConfigureAwait(false);
            var buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
            try
            {
                var length = await stream.ReadAsync(buffer).ConfigureAwait(false);
                if (length == 0)
                    return ConnectionCloseReason.ByPeer;

                SipTransportCounters.Add(ref Context.Counters.StreamBytesInField, length);
                framer.Push(buffer.AsSpan(0, length));
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }

            var end = Take(framer, Context.Clock.Now);
            if (end is null)
                continue;
            if (end == ConnectionCloseReason.Broken)
                await LingerAsync(stream).ConfigureAwait(false);

            return end.Value;
        }
    }

    private ConnectionCloseReason? Take(SipStreamFramer framer, Moment now)
    {
        MarkActive(now);
        while (true)
        {
            switch (framer.TryTake(out var message))
            {
                case FrameResult.Message:
                    if (!TakeMessage(message!, now))
                        return ConnectionCloseReason.RefusedByGuard;
                    break;

                case FrameResult.Ping:
                    AnswerPing();
                    break;

                case FrameResult.Pong:
                    break;

                case FrameResult.Broken:
                    TakeBroken(message, now, framer.Rejection);
                    return ConnectionCloseReason.Broken;

                default:
                    MarkPartial(framer.Buffered, now);
                    return null;
            }
        }
    }

    /// <summary>Reads and drops until the far side closes or the sweeper does, so that the answer to the broken message gets out.</summary>
    private async Task LingerAsync(Stream stream)
    {
        BeginLinger();
        var dropped = new byte[1024];
        while (await stream.ReadAsync(dropped).ConfigureAwait(false) > 0)
        {
        }
    }
}
