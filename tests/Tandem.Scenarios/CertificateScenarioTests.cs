using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios;

/// <summary>RFC 5922 §7.3 against the running server, which is the client here: sipp has no TLS, so the proxy is a listener of the test.</summary>
public class CertificateScenarioTests(CertificateServer server) : IClassFixture<CertificateServer>
{
    [Fact]
    public async Task A_proxy_with_the_right_name_gets_the_call() =>
        Assert.StartsWith("INVITE sip:", await ReceivedAsync(server.Right), StringComparison.Ordinal);

    // The authority is trusted and the name is another one: not a byte of SIP goes there.
    [Fact]
    public async Task A_proxy_with_another_name_gets_nothing() => Assert.Equal("", await ReceivedAsync(server.Wrong));

    private async Task<string> ReceivedAsync(X509Certificate2 shown)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        var (caller, phone) = (server.Phone(), server.Phone());
        await server.RunAsync("5922", phone, values: ("tls", port));
        using var calling = server.Start("plain.caller", caller, phone);
        using var soon = new CancellationTokenSource(SippServer.Patience);
        using var client = await listener.AcceptTcpClientAsync(soon.Token);
        using var stream = new SslStream(client.GetStream());
        var buffer = new byte[4_096];
        try
        {
            await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = shown }, soon.Token);
            return Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer, soon.Token));
        }
        catch (Exception fault) when (fault is AuthenticationException or IOException)
        {
            return ""; // the exchange left during the handshake
        }
    }
}
