using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Tandem.Server.Webhooks;

/// <summary>Connects HTTP clients to where <see cref="WebhookTargets"/> allows, and nowhere else.</summary>
internal static class GuardedConnection
{
    private const int AddressesTried = 4;
    private const int LongestHeaders = 16; // kB
    private const int MostDrained = 16 << 10;

    /// <summary>
    /// A client for addresses that users name: no redirects, proxies or cookies, nothing unpacked, and a receiver that sends without end is left. Each request brings its own time limit.
    /// </summary>
    /// <param name="connect">How long a connection may take to come about.</param>
    /// <param name="connections">Most at the same time to one receiver.</param>
    /// <param name="authenticate">For tests: how the certificate of a receiver is checked. Null for the rules of the system.</param>
    public static HttpClient Client(WebhookTargets targets, TimeSpan connect, int connections, RemoteCertificateValidationCallback? authenticate = null) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        ConnectTimeout = connect,
        MaxConnectionsPerServer = connections,
        MaxResponseHeadersLength = LongestHeaders,
        MaxResponseDrainSize = MostDrained,
        ResponseDrainTimeout = TimeSpan.FromSeconds(1),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = authenticate },
        ConnectCallback = (context, cancellation) => OpenAsync(targets, context, cancellation),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

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
