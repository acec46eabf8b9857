using System.Net;
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
            Assert.InRange(each, 0, MostBytesEach);

            // All are alive, and there is room for a phone.
            foreach (var client in clients.Where((_, i) => i % 997 == 0))
                await AskAsync(client);
            using var phone = await ConnectAsync(server, "127.0.0.1");
            await AskAsync(phone);
        }
        finally
        {
            clients.ForEach(c => c.Dispose());
        }

        await server.EventuallyAsync("/api/statistics", s => s.GetProperty("tables").GetProperty("connections").GetInt32() == 0, "all are gone", 20);
    }

    private static async Task OpenAsync(TandemServer server, List<Socket> clients, int count)
    {
        while (clients.Count < count)
        {
            var batch = new List<Task<Socket>>();
            for (var i = 0; i < 50 && clients.Count + batch.Count < count; i++)
            {
                var source = (clients.Count + batch.Count) / PerSource;
                batch.Add(ConnectAsync(server, $"127.0.1.{1 + source}"));
            }

            foreach (var client in await Task.WhenAll(batch))
                clients.Add(client);
            await Task.WhenAll(clients.Skip(clients.Count - batch.Count).Select(AskAsync));
        }
    }

    private static async Task<Socket> ConnectAsync(TandemServer server, string from)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(IPAddress.Loopback, server.SipPort);
        return socket;
    }

    private static async Task AskAsync(Socket client)
    {
        var id = Guid.NewGuid().ToString("N");
        await client.SendAsync(Encoding.ASCII.GetBytes(
            $"OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK{id}\r\nMax-Forwards: 70\r\nFrom: <sip:x@127.0.0.1>;tag=1\r\n"
            + $"To: <sip:127.0.0.1>\r\nCall-ID: {id}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"));
        var answer = new byte[4_096];
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var length = await client.ReceiveAsync(answer, patience.Token);
        Assert.StartsWith("SIP/2.0 200 OK\r\n", Encoding.ASCII.GetString(answer, 0, length), StringComparison.Ordinal);
    }

    private static async Task<long> RssAsync(TandemServer server)
    {
        var statistics = await server.GetAsync("/api/statistics");
        return statistics.GetProperty("server").GetProperty("memory").GetProperty("rss").GetInt64();
    }
}
