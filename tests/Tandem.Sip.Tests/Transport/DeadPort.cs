using System.Net;
using System.Net.Sockets;
using Tandem.Core.Net;

namespace Tandem.Sip.Tests.Transport;

/// <summary>A port of this machine where nobody listens, and which nobody else gets while the test runs.</summary>
internal sealed class DeadPort : IDisposable
{
    private readonly Socket _holder;

    private DeadPort(Socket holder, bool isV6)
    {
        _holder = holder;
        _holder.Bind(new IPEndPoint(isV6 ? IPAddress.IPv6Loopback : IPAddress.Loopback, 0));
        Address = NetAddress.From((IPEndPoint)_holder.LocalEndPoint!);
    }

    public NetAddress Address { get; }

    /// <summary>Connections to it are refused.</summary>
    public static DeadPort Tcp() => new(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp), false);

    /// <summary>Datagrams to it come back as ICMP errors.</summary>
    public static DeadPort Udp(bool isV6 = false)
    {
        var port = new DeadPort(new Socket(isV6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp), isV6);

        // Connected to itself it takes datagrams of nobody else.
        port._holder.Connect(port.Address.ToIPEndPoint());
        return port;
    }

    public void Dispose() => _holder.Dispose();
}
