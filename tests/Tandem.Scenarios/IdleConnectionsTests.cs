using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Tandem.Scenarios.Peers;

namespace Tandem.Scenarios;

/// <summary>Many connections that are open and say nothing: each costs little, and a phone still gets in.</summary>
public class IdleConnectionsTests
{
    private const int Count = 10_000;
    private const int PerSource = 200;

    // Measured: the process grows by some kilobytes a connection; more than this means that an idle one keeps a buffer.
    private const int MostBytesEach = 12 * 1024;

    private const int TlsCount = 2_000;

    // Measured: about 44 kB for the keys, contexts and streams of a connection; more than this means that an idle one keeps its records of 16 kB as well.
    private const int MostTlsBytesEach = 64 * 1024;

    [Fact]
    public async Task Ten_thousand_idle_tcp_connections_are_held()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        var clients = new List<Socket>(Count);
        try
        {
            // The first ones warm the server up: what it needs once is not counted.
            await OpenAsync(server, clients, 500);
            var before = await RssAsync(server);
            var clock = System.Diagnostics.Stopwatch.StartNew();
            await OpenAsync(server, clients, Count);
            var each = (await RssAsync(server) - before) / (Count - 500);
            TestContext.Current.TestOutputHelper?.WriteLine($"{Count} connections, opened in {clock.Elapsed.TotalSeconds:0.0} s, {each} bytes of memory each");
            Console.WriteLine($"{Count} idle TCP connections: {each} bytes of RSS each");

            await server.EventuallyAsync("/api/statistics", s => s.GetProperty("tables").GetProperty("connections").GetInt32() == Count, "all are held");
            Assert.InRange(each, long.MinValue, MostBytesEach);

            // All are alive, and there is room for a phone.
            foreach (var client in clients.Where((_, i) => i % 997 == 0))
                await AskAsync(client);
            using var phone = await ConnectAsync(server.SipPort, "127.0.0.1");
            await AskAsync(phone);
        }
        finally
        {
            clients.ForEach(c => c.Dispose());
        }

        await server.EventuallyAsync("/api/statistics", s => s.GetProperty("tables").GetProperty("connections").GetInt32() == 0, "all are gone");
    }

    [Fact]
    public async Task Two_thousand_idle_tls_connections_are_held()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        var clients = new List<Stream>(TlsCount);
        try
        {
            await OpenTlsAsync(server, clients, 200);
            var before = await RssAsync(server);
            var clock = System.Diagnostics.Stopwatch.StartNew();
            await OpenTlsAsync(server, clients, TlsCount);
            var each = (await RssAsync(server) - before) / (TlsCount - 200);
            TestContext.Current.TestOutputHelper?.WriteLine($"{TlsCount} TLS connections, opened in {clock.Elapsed.TotalSeconds:0.0} s, {each} bytes of memory each");
            Console.WriteLine($"{TlsCount} idle TLS connections: {each} bytes of RSS each");

            await server.EventuallyAsync("/api/statistics", s => s.GetProperty("connections").GetProperty("tls").GetInt32() == TlsCount, "all are held");
            Assert.InRange(each, long.MinValue, MostTlsBytesEach);

            // All are alive, and there is room for a phone.
            foreach (var client in clients.Where((_, i) => i % 97 == 0))
                await AskAsync(client);
            await using var phone = await ConnectTlsAsync(server, "127.0.0.1");
            await AskAsync(phone);
            var connections = (await server.GetAsync("/api/statistics")).GetProperty("connections");
            Assert.Equal((0, 0), (connections.GetProperty("handshakesFailed").GetInt32(), connections.GetProperty("handshakesRejected").GetInt32()));
        }
        finally
        {
            clients.ForEach(c => c.Dispose());
        }

        await server.EventuallyAsync("/api/statistics", s => s.GetProperty("connections").GetProperty("tls").GetInt32() == 0, "all are gone");
    }

    // 32 handshakes at a time, of 20 addresses: an office may have TLS_MAX_HANDSHAKES_PER_SOURCE under way.
    private static async Task OpenTlsAsync(TandemServer server, List<Stream> clients, int count)
    {
        while (clients.Count < count)
        {
            var first = clients.Count;
            var batch = Enumerable.Range(first, Math.Min(32, count - first)).Select(i => ConnectTlsAsync(server, $"127.0.2.{1 + (i / 100)}"));
            clients.AddRange(await Task.WhenAll(batch));
        }
    }

    // The handshake and a first message, as a phone does; then silence.
    private static async Task<Stream> ConnectTlsAsync(TandemServer server, string from)
    {
        var socket = await ConnectAsync(server.SipsPort, from);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "127.0.0.1",
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
        });
        await AskAsync(stream);
        return stream;
    }

    private static async Task OpenAsync(TandemServer server, List<Socket> clients, int count)
    {
        while (clients.Count < count)
        {
            var batch = new List<Task<Socket>>();
            for (var i = 0; i < 50 && clients.Count + batch.Count < count; i++)
            {
                var source = (clients.Count + batch.Count) / PerSource;
                batch.Add(ConnectAsync(server.SipPort, $"127.0.1.{1 + source}"));
            }

            foreach (var client in await Task.WhenAll(batch))
                clients.Add(client);
            await Task.WhenAll(clients.Skip(clients.Count - batch.Count).Select(AskAsync));
        }
    }

    private static async Task<Socket> ConnectAsync(int port, string from)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return socket;
    }

    private static async Task AskAsync(Socket client)
    {
        using var stream = new NetworkStream(client);
        await AskAsync(stream, "TCP");
    }

    private static async Task AskAsync(Stream client, string transport = "TLS")
    {
        var id = Guid.NewGuid().ToString("N");
        await client.WriteAsync(Encoding.ASCII.GetBytes(
            $"OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/{transport} 127.0.0.1;branch=z9hG4bK{id}\r\nMax-Forwards: 70\r\nFrom: <sip:x@127.0.0.1>;tag=1\r\n"
            + $"To: <sip:127.0.0.1>\r\nCall-ID: {id}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"));
        var answer = new byte[4_096];
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var length = await client.ReadAsync(answer, patience.Token);
        Assert.StartsWith("SIP/2.0 200 OK\r\n", Encoding.ASCII.GetString(answer, 0, length), StringComparison.Ordinal);
    }

    private static async Task<long> RssAsync(TandemServer server)
    {
        var statistics = await server.GetAsync("/api/statistics");
        return statistics.GetProperty("server").GetProperty("memory").GetProperty("rss").GetInt64();
    }
}
