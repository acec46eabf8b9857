using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Tandem.Core.Net;

namespace Tandem.Server.Hosting;

/// <summary>What the system knows about its own addresses.</summary>
public static class SystemRoutes
{
    /// <summary>The address that the system would use toward <paramref name="remote"/>; null without a route. Connecting a datagram socket sends nothing.</summary>
    public static NetAddress? Toward(NetAddress remote)
    {
        try
        {
            using var socket = new Socket(remote.IsV6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(remote.WithPort(9).ToIPEndPoint());
            var local = NetAddress.From((IPEndPoint)socket.LocalEndPoint!).WithPort(0);
            return local.IsUnspecified ? null : local;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>All addresses of the machine but link-local ones, 64 at most; empty when they cannot be read.</summary>
    public static IReadOnlyList<IPAddress> Addresses()
    {
        try
        {
            return [.. NetworkInterface.GetAllNetworkInterfaces()
                .Where(i => i.OperationalStatus == OperationalStatus.Up)
                .SelectMany(i => i.GetIPProperties().UnicastAddresses)
                .Select(a => a.Address)
                .Where(a => !a.IsIPv6LinkLocal)
                .Distinct()
                .Take(64)];
        }
        catch (NetworkInformationException)
        {
            return [];
        }
    }

    /// <summary>The machine's first address that is neither loopback nor link-local, IPv4 before IPv6; null when it has none.</summary>
    public static NetAddress? FirstAddress()
    {
        try
        {
            return NetworkInterface.GetAllNetworkInterfaces()
                .Where(i => i.OperationalStatus == OperationalStatus.Up && i.NetworkInterfaceType != NetworkInterfaceType.Loopback)
                .SelectMany(i => i.GetIPProperties().UnicastAddresses)
                .Select(a => a.Address)
                .Where(a => !IPAddress.IsLoopback(a) && !a.IsIPv6LinkLocal)
                .OrderBy(a => a.AddressFamily == AddressFamily.InterNetwork ? 0 : 1)
                .Select(a => (NetAddress?)NetAddress.From(a, 0))
                .FirstOrDefault();
        }
        catch (NetworkInformationException)
        {
            return null;
        }
    }
}
