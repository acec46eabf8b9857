using System.Net;
using System.Net.Sockets;

namespace Tandem.Server.Webhooks;

/// <summary>Connects to where <see cref="WebhookTargets"/> allows, and nowhere else.</summary>
internal static class GuardedConnection
{
    private const int AddressesTried = 4;

    /// <summary>
    /// Opens a connection for an HTTP client. The address that is checked is the one that is connected to: whatever the name resolves to next time, this connection leads here.
    /// </summary>
    /// <exception cref="IOException">The name leads to private addresses only.</exception>
    /// <exception cref="SocketException">None of its addresses answers.</exception>
    public static async ValueTask<Stream> OpenAsync(WebhookTargets targets, SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellation);
        SocketException? last = null;
        foreach (var address in addresses.Where(targets.IsAllowed).Take(AddressesTried))
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(address, context.DnsEndPoint.Port, cancellation);
                if (socket.RemoteEndPoint is IPEndPoint remote && targets.IsAllowed(remote.Address))
                    return new NetworkStream(socket, ownsSocket: true);

                socket.Dispose();
            }
            catch (SocketException e)
            {
                socket.Dispose();
                last = e;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw (Exception?)last ?? new IOException("the name leads to private addresses only; the operator allows networks by WEBHOOK_ALLOW_PRIVATE");
    }
}
