using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios;

/// <summary>The secure ports of the built server: SIP over TLS, HTTPS, and SIP over WebSocket on both HTTP ports.</summary>
[BesideOthers]
public class TlsAndWebSocketTests
{
    [Fact]
    public async Task The_first_start_makes_a_certificate_and_the_second_keeps_it()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        await UntilAsync(() => server.Process.Output.Contains("Certificate  self-signed", StringComparison.Ordinal));
        var root = Root(server);
        using (var tls = await ConnectAsync(server, root))
        {
            await tls.WriteAsync(Options("TLS", "first"));
            Assert.StartsWith("SIP/2.0 200 OK\r\n", await ReadAsync(tls), StringComparison.Ordinal);
        }

        server.Process.Terminate();
        Assert.Equal(0, await server.Process.ExitAsync(TimeSpan.FromSeconds(60)));
        await server.RestartAsync();
        Assert.Equal(root.Thumbprint, Root(server).Thumbprint);
        using var again = await ConnectAsync(server, root);
        await again.WriteAsync(Options("TLS", "second"));
        Assert.StartsWith("SIP/2.0 200 OK\r\n", await ReadAsync(again), StringComparison.Ordinal);
        var connections = (await server.GetAsync("/api/statistics")).GetProperty("connections");
        Assert.Equal(1, connections.GetProperty("tls").GetInt32());
        Assert.True(connections.GetProperty("handshakesDone").GetInt64() >= 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Options_is_answered_over_websocket(bool isSecure)
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("sip");
        socket.Options.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.GetCertHashString() == Root(server).Thumbprint;
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var target = isSecure ? $"wss://127.0.0.1:{server.HttpsPort}/sip" : $"ws://127.0.0.1:{server.HttpPort}/sip";
        await socket.ConnectAsync(new Uri(target), soon.Token);
        Assert.Equal("sip", socket.SubProtocol);
        await socket.SendAsync(Options(isSecure ? "WSS" : "WS", "a"), WebSocketMessageType.Text, true, soon.Token);
        var buffer = new byte[8_192];
        var answer = await socket.ReceiveAsync(buffer, soon.Token);
        Assert.Equal(WebSocketMessageType.Text, answer.MessageType);
        var text = Encoding.ASCII.GetString(buffer, 0, answer.Count);
        Assert.StartsWith("SIP/2.0 200 OK\r\n", text, StringComparison.Ordinal);
        Assert.Contains(";transport=ws>", text, StringComparison.Ordinal);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, soon.Token);
    }

    // RFC 7118 §4.1; RFC 6455 §10.2.
    [Theory]
    [InlineData("", "", 400)]
    [InlineData("mqtt", "", 400)]
    [InlineData("sip", "https://elsewhere.example", 403)]
    [InlineData("sip", "null", 403)]
    [InlineData("sip", "https://desk.example", 101)]
    [InlineData("sip", "http://127.0.0.1:{0}", 101)]
    public async Task Who_may_not_speak_sip_over_websocket_is_told(string protocol, string origin, int status)
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch, new Dictionary<string, string> { ["SIP_WS_ORIGINS"] = "https://desk.example" });
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        if (protocol.Length > 0)
            socket.Options.AddSubProtocol(protocol);
        if (origin.Length > 0)
            socket.Options.SetRequestHeader("Origin", string.Format(System.Globalization.CultureInfo.InvariantCulture, origin, server.HttpPort));
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var connecting = socket.ConnectAsync(new Uri($"ws://127.0.0.1:{server.HttpPort}/sip"), soon.Token);
        if (status == 101)
            await connecting;
        else
            await Assert.ThrowsAsync<WebSocketException>(() => connecting);

        Assert.Equal(status, (int)socket.HttpStatusCode);
    }

    // New handshakes show the new certificate at once; what is connected goes on.
    [Fact]
    public async Task A_replaced_certificate_is_in_force_without_a_restart()
    {
        using var scratch = new ScratchFolder();
        var folder = scratch.Sub("certificates");
        var one = ServerCertificate.Write(folder);
        using var server = await TandemServer.StartAsync(scratch, ServerCertificate.Settings(folder));
        using var old = await ConnectAsync(server, one);

        // A broken file first: nothing changes, and the log says so.
        File.WriteAllText(Path.Combine(folder, "cert.pem"), "broken");
        await UntilAsync(() => File.ReadAllText(server.LogFile).Contains("The certificate stays as it is", StringComparison.Ordinal));
        (await ConnectAsync(server, one)).Dispose();

        var two = ServerCertificate.Write(folder);
        await UntilAsync(() => File.ReadAllText(server.LogFile).Contains("Another certificate is in force", StringComparison.Ordinal));
        using var fresh = await ConnectAsync(server, two);
        foreach (var (stream, id) in new[] { (old, "old"), (fresh, "fresh") })
        {
            // Each its own transaction: the same one over both would be a repetition, answered where it came first.
            await stream.WriteAsync(Options("TLS", id));
            Assert.StartsWith("SIP/2.0 200 OK\r\n", await ReadAsync(stream), StringComparison.Ordinal);
        }

        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown!.Thumbprint == two.Thumbprint };
        using var http = new HttpClient(handler);
        Assert.Contains("\"ok\"", await http.GetStringAsync(new Uri($"https://127.0.0.1:{server.HttpsPort}/health")), StringComparison.Ordinal);
    }

    private static X509Certificate2 Root(TandemServer server) => X509Certificate2.CreateFromPem(File.ReadAllText(Path.Combine(server.DataFolder, "tls", "certificate.pem")));

    private static async Task<SslStream> ConnectAsync(TandemServer server, X509Certificate2 trusted)
    {
        var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", server.SipsPort);
        var stream = new SslStream(socket.GetStream());
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "127.0.0.1",
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, CustomTrustStore = { trusted } },
        });
        return stream;
    }

    private static byte[] Options(string transport, string callId) => Encoding.ASCII.GetBytes(
        $"OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/{transport} x7k2.invalid;branch=z9hG4bK{callId}\r\nMax-Forwards: 70\r\n"
        + $"From: <sip:100@127.0.0.1>;tag=1\r\nTo: <sip:127.0.0.1>\r\nCall-ID: {callId}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n");

    private static async Task<string> ReadAsync(Stream stream)
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var buffer = new byte[8_192];
        var length = await stream.ReadAsync(buffer, soon.Token);
        return Encoding.ASCII.GetString(buffer, 0, length);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var until = DateTime.UtcNow.AddSeconds(60);
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < until, "waited in vain");
            await Task.Delay(100);
        }
    }
}
