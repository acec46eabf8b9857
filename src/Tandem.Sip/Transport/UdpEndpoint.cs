using System.Net.Sockets;
using System.Runtime.InteropServices;
using Tandem.Core.Net;
using Tandem.Sip.Transport.Native;

namespace Tandem.Sip.Transport;

/// <summary>
/// One bound UDP socket. Sending never blocks and is safe on any thread. On Linux it goes by system calls, because an
/// unreachable target must not cost an exception.
/// </summary>
internal sealed unsafe class UdpEndpoint : IDisposable
{
    private static readonly bool UseSystemCalls = OperatingSystem.IsLinux();

    // More attempts than errors can be told of between two of them.
    private const int MaxAttempts = 4;

    private readonly Socket _socket;
    private volatile bool _mayHaveErrors;

    private UdpEndpoint(Socket socket)
    {
        _socket = socket;
        Descriptor = (int)socket.Handle;
        Local = NetAddress.From((System.Net.IPEndPoint)socket.LocalEndPoint!);
    }

    /// <summary>What became of a datagram.</summary>
    public enum SendResult : byte
    {
        Sent,

        /// <summary>The system had no room: like a loss on the way.</summary>
        NoRoom,

        /// <summary>It cannot be sent there.</summary>
        Failed,
    }

    /// <summary>The bound address.</summary>
    public NetAddress Local { get; }

    /// <summary>The descriptor, valid until <see cref="Dispose"/>.</summary>
    public int Descriptor { get; }

    /// <summary>The socket, for the receiver of systems without recvmmsg.</summary>
    public Socket Socket => _socket;

    /// <summary>
    /// True when the error queue is to be looked at. The system reports an ICMP error once, to whoever calls it next, and that may be
    /// a send.
    /// </summary>
    public bool MayHaveErrors
    {
        get => _mayHaveErrors;
        set => _mayHaveErrors = value;
    }

    /// <summary>Binds a socket; throws <see cref="SocketException"/> when that fails.</summary>
    public static UdpEndpoint Bind(in NetAddress address, int bufferBytes, bool sharePort)
    {
        var socket = new Socket(address.IsV6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (address.IsV6)
                socket.DualMode = false;
            if (sharePort)
                socket.SetRawSocketOption(Libc.SolSocket, Libc.SoReusePort, [1, 0, 0, 0]);

            socket.ReceiveBufferSize = bufferBytes;
            socket.SendBufferSize = bufferBytes;
            if (UseSystemCalls)
                ErrorQueue.Enable(socket, address.IsV6);

            socket.Bind(address.ToIPEndPoint());
            return new UdpEndpoint(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends a datagram.</summary>
    public SendResult Send(ReadOnlySpan<byte> data, in NetAddress target)
    {
        if (!UseSystemCalls)
            return SendPortably(data, target);

        var address = stackalloc byte[SocketAddressBytes.MaxLength];
        var length = SocketAddressBytes.Write(target, new Span<byte>(address, SocketAddressBytes.MaxLength));
        for (var attempt = 1; ; attempt++)
        {
            fixed (byte* bytes = data)
            {
                if (Libc.SendTo(Descriptor, bytes, (nuint)data.Length, Libc.MsgDontWait, address, (uint)length) >= 0)
                    return SendResult.Sent;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error == Libc.Eintr)
                continue;
            if (error == Libc.Eagain)
                return SendResult.NoRoom;

            // Perhaps what became of another datagram, told to us because we called first.
            _mayHaveErrors = true;
            if (attempt == MaxAttempts)
                return SendResult.Failed;
        }
    }

    public void Dispose() => _socket.Dispose();

    private SendResult SendPortably(ReadOnlySpan<byte> data, in NetAddress target)
    {
        try
        {
            _socket.SendTo(data, SocketFlags.None, target.ToIPEndPoint());
            return SendResult.Sent;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode is SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable ? SendResult.NoRoom : SendResult.Failed;
        }
        catch (ObjectDisposedException)
        {
            return SendResult.Failed;
        }
    }
}
