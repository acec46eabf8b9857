using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Parsing;

namespace Tandem.Sip.Transport;

/// <summary>One connection over TCP or TLS: a reading task that frames messages (RFC 3261 §18.3).</summary>
internal sealed class StreamConnection : SipConnection
{
    private const int ReadBytes = 16 * 1024;

    // What one TLS record holds.
    private const int WriteBytes = 16 * 1024;

    private readonly Socket _socket;
    private readonly ClientCertificatePolicy _policy;
    private volatile Stream? _stream;
    private bool _holdsPlace;

    private StreamConnection(
        StreamContext context, SipTransportKind kind, Socket socket, NetAddress local, NetAddress remote, bool isAccepted, ClientCertificatePolicy policy)
        : base(context, kind, local, remote, isAccepted, isOpen: isAccepted && kind == SipTransportKind.Tcp)
    {
        _socket = socket;
        _policy = policy;
        _holdsPlace = isAccepted && kind == SipTransportKind.Tls;
        if (isAccepted)
            _stream = context.Open(socket, Id);

        // Its time runs from here on, whenever a thread comes to it.
        if (_holdsPlace)
            BeginHandshake(context.Options.Tls.HandshakeTimeout);
    }

    /// <inheritdoc/>
    protected override int JoinsMessages => WriteBytes;

    private bool IsSecure => Kind == SipTransportKind.Tls;

    /// <summary>A connection that was accepted. One over TLS holds a place in <see cref="StreamContext.Handshakes"/>, which it returns.</summary>
    public static StreamConnection Accepted(StreamContext context, SipTransportKind kind, Socket socket, NetAddress remote, ClientCertificatePolicy policy) =>
        new(context, kind, socket, NetAddress.From((IPEndPoint)socket.LocalEndPoint!), remote, isAccepted: true, policy);

    /// <summary>A connection that is to be opened by <see cref="SipConnection.Run"/>; what is sent meanwhile waits.</summary>
    /// <param name="context">What connections share.</param>
    /// <param name="kind">TCP or TLS.</param>
    /// <param name="remote">Where to.</param>
    /// <param name="serverName">For TLS the domain that led there, in lower case; empty for an address.</param>
    /// <param name="identity">What it shows and trusts; 0 for what the installation does.</param>
    public static StreamConnection ToOpen(StreamContext context, SipTransportKind kind, NetAddress remote, string serverName, int identity = 0)
    {
        var socket = new Socket(remote.IsV6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        return new StreamConnection(context, kind, socket, default, remote, isAccepted: false, ClientCertificatePolicy.None) { ServerName = serverName, Identity = identity };
    }

    /// <inheritdoc/>
    protected override async Task RunAsync()
    {
        ConnectionCloseReason? reason = ConnectionCloseReason.OpenFailed;
        try
        {
            if (!IsAccepted)
                await _socket.ConnectAsync(Remote.ToIPEndPoint()).ConfigureAwait(false);

            _socket.NoDelay = true;
            var plain = _stream ??= Context.Open(_socket, Id);
            reason = ConnectionCloseReason.HandshakeFailed;
            if (IsSecure && !await SecureAsync(plain).ConfigureAwait(false))
                return;

            (plain as ShardStream)?.ContinueOnLoop();

            if ((IsSecure || !IsAccepted) && !BecomeOpen(NetAddress.From((IPEndPoint)_socket.LocalEndPoint!)))
                return;

            reason = ConnectionCloseReason.NetworkError;
            reason = await ReadAsync(_stream).ConfigureAwait(false);
        }
        catch (Exception e) when (IsEnd(e))
        {
            // The reason says where it happened; a close from our side ends here as well and has its own reason already.
        }
        catch (Exception e)
        {
            Context.Intake.Fault(e);
        }
        finally
        {
            ReturnPlace();
            if (reason is { } known)
            {
                Close(known);

                // A close from elsewhere may have come before the stream that is here now.
                _stream?.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    protected override ValueTask WriteAsync(ReadOnlyMemory<byte> data) => _stream!.WriteAsync(data);

    /// <inheritdoc/>
    protected override void Abandon(ConnectionCloseReason reason)
    {
        if (reason is ConnectionCloseReason.ByPeer or ConnectionCloseReason.Idle or ConnectionCloseReason.Broken or ConnectionCloseReason.Stopped or ConnectionCloseReason.Renewed)
            Farewell();

        // The socket first: reads and writes that are under way end, and what they hold of the TLS session with them.
        _socket.Dispose();
        _stream?.Dispose();
    }

    // close_notify (RFC 8446 §6.1), if there is room for it at once.
    private void Farewell()
    {
        if (_stream is not SslStream { IsAuthenticated: true } secure)
            return;

        try
        {
            _ = secure.ShutdownAsync().ContinueWith(
                static task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The far side learns of the end by the end of the stream.
        }
    }

    private async Task<bool> SecureAsync(Stream plain)
    {
        var stream = new SslStream(plain, leaveInnerStreamOpen: false);
        _stream = stream;
        if (!IsAccepted)
            BeginHandshake(Context.Options.Tls.HandshakeTimeout);
        try
        {
            // Neither the accepting loop nor a shard computes for it.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            if (IsAccepted)
            {
                (Peer, Shown, IsAsked) = await Context.Tls.AcceptAsync(stream, _policy).ConfigureAwait(false);
            }
            else
            {
                (Peer, Shown) = await Context.Tls.ConnectAsync(stream, ServerName.Length > 0 ? ServerName : null, Remote, Identity).ConfigureAwait(false);
                IsAsked = true;
            }

            SipTransportCounters.Add(ref Context.Counters.HandshakesDoneField);
            return true;
        }
        catch (Exception e)
        {
            // Whatever the far side sent to make it fail: it is counted, told, and the connection ends.
            SipTransportCounters.Add(ref Context.Counters.HandshakesFailedField);
            Context.HandshakeFailed?.Invoke(Flow, e);
            return false;
        }
        finally
        {
            ReturnPlace();
        }
    }

    private void ReturnPlace()
    {
        if (!_holdsPlace)
            return;

        _holdsPlace = false;
        Context.Handshakes.Leave(Remote);
    }

    private async Task<ConnectionCloseReason?> ReadAsync(Stream stream)
    {
        var framer = new SipStreamFramer(Context.Options.Limits);
        while (true)
        {
            // An idle connection owns no buffer: the empty read only waits for bytes.
            await stream.ReadAsync(Memory<byte>.Empty).ConfigureAwait(false);
            var buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
            int length;
            try
            {
                length = await stream.ReadAsync(buffer).ConfigureAwait(false);
                if (length == 0)
                    return MayRest() ? null : ConnectionCloseReason.ByPeer;

                framer.Push(buffer.AsSpan(0, length));
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }

            var end = Take(framer, Context.Clock.Now);
            SipTransportCounters.Add(ref Context.Counters.StreamBytesInField, length);
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

                // What had begun is over before the far side can hear of it.
                case FrameResult.Ping:
                    MarkPartial(0, now);
                    if (!TakePing(now))
                        return ConnectionCloseReason.RefusedByGuard;
                    break;

                case FrameResult.Pong:
                    MarkPartial(0, now);
                    if (!Context.Intake.IsAdmitted(Flow, now))
                        return ConnectionCloseReason.RefusedByGuard;
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
