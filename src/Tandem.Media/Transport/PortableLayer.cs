using System.Net.Sockets;
using Tandem.Core.Net;
using Tandem.Core.Time;

namespace Tandem.Media.Transport;

/// <summary>Sockets of the framework, for systems other than Linux.</summary>
internal sealed class PortableLayer(MediaOptions options) : SocketLayer
{
    private const int UdpConnectionReset = unchecked((int)0x9800000C);

    public override MediaSocket? TryBind(NetAddress local)
    {
        var socket = new Socket(local.IsV6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Blocking = false;
            socket.ReceiveBufferSize = options.SocketBufferBytes;

            // Windows would report the ICMP error of one packet as an error of the next receive.
            if (OperatingSystem.IsWindows())
                socket.IOControl(UdpConnectionReset, [0, 0, 0, 0], null);
            if (options.Dscp != 0 && !local.IsV6)
                socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.TypeOfService, options.Dscp << 2);

            socket.Bind(local.ToIPEndPoint());
            return new PortableSocket(socket, local.Port, local.IsV6);
        }
        catch (SocketException)
        {
            // The port is taken: the pool goes on to the next and counts.
            socket.Dispose();
            return null;
        }
    }

    public override MediaLoop CreateLoop(int index, PortPool pool, Clock clock) => new PortableLoop(index, options, pool, clock);
}
