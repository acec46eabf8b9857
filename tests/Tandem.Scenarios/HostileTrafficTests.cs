using System.Net;
using System.Net.Sockets;
using System.Text;
using Tandem.Scenarios.Peers;
using Tandem.Testing.Hostile;
using Tandem.Testing.Torture;

namespace Tandem.Scenarios;

/// <summary>The running server under hostile traffic: it answers OPTIONS between and afterwards, keeps nothing, and logs no fault.</summary>
public class HostileTrafficTests
{
    private static readonly Dictionary<string, string> Settings = new() { ["GUARD_EXEMPT"] = "127.0.0.0/8", ["OVERLOAD_LAG"] = "0" };

    // RFC 4475, RFC 5118
    [Fact]
    public async Task Torture_messages_over_UDP_and_TCP_break_nothing()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch, Settings);
        using var phone = new RawPhone(server.SipPort);
        foreach (var name in TortureSamples.Names)
        {
            foreach (var bytes in new[] { TortureSamples.Read(name), TortureSamples.Archived(name) })
            {
                await phone.SendAsync(bytes);
                await phone.ExpectOptionsAsync(name);
                await SendOverTcpAsync(server.SipPort, bytes);
            }
        }

        Assert.StartsWith("SIP/2.0 200", await OptionsOverTcpAsync(server.SipPort));
        await NothingIsLeftAsync(server);
    }

    [Fact]
    public async Task Five_thousand_hostile_cases_over_UDP_break_nothing()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch, Settings);
        using var phone = new RawPhone(server.SipPort);
        var count = 0;
        var before = await MemoryAsync(server);
        foreach (var one in HostileCases.Take(6_000, "127.0.0.1"))
        {
            await phone.SendAsync(one.Bytes);
            if (++count % 25 == 0)
                await phone.ExpectOptionsAsync(one.Name);
        }

        Assert.InRange(count, 5_000, 10_000);
        await NothingIsLeftAsync(server);
        Assert.InRange(await MemoryAsync(server) - before, long.MinValue, 300L << 20);
    }

    // RFC 3261 §21.5.4: more INVITEs than it can do are refused; what ends calls is answered meanwhile; and it recovers at once.
    [Fact]
    public async Task An_overloaded_server_refuses_new_calls_and_recovers_at_once()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch, new Dictionary<string, string>
        {
            ["GUARD_EXEMPT"] = "127.0.0.0/8",
            ["OVERLOAD_LAG"] = "10",
            ["OVERLOAD_BACKLOG"] = "64",
            ["OVERLOAD_QUIET"] = "1",
            ["SIP_SHARDS"] = "1",
            ["OVERLOAD_LAG_OUTSIDE"] = "60000",
        });
        using var phone = new RawPhone(server.SipPort);
        await phone.ExpectOptionsAsync("before");

        using var stop = new CancellationTokenSource();
        var flood = Task.Run(() => Flood(server.SipPort, stop.Token));
        try
        {
            await server.EventuallyAsync("/api/statistics", s => s.GetProperty("overload").GetProperty("refused").GetInt64() > 100, "new calls are refused");
            Assert.StartsWith("SIP/2.0 481", await phone.AskAsync("BYE", ";tag=gone", 600));
        }
        finally
        {
            await stop.CancelAsync();
        }

        Assert.True(await flood > 0, "no 503 with Retry-After was seen");
        await phone.ExpectOptionsAsync("after");
        Assert.StartsWith("SIP/2.0 407", await phone.AskAsync("INVITE", "", 600));
        var ended = await server.EventuallyAsync("/api/statistics", s => s.GetProperty("overload").GetProperty("level").GetInt32() == 0, "the overload is over");
        Assert.Equal(0, ended.GetProperty("faults").GetProperty("callFaults").GetInt64());
        await Eventually(() => File.ReadAllText(server.LogFile).Contains("is overloaded", StringComparison.Ordinal), "a line in the log");
    }

    // As fast as one thread can; counts the answers that say when to come back.
    private static int Flood(int port, CancellationToken stop)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(IPAddress.Loopback, port);
        var own = ((IPEndPoint)socket.LocalEndPoint!).Port;
        var buffer = new byte[4_096];
        var refused = 0;
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            socket.Send(RawPhone.Request("INVITE", own, "f" + i, ""));
            while (socket.Available > 0)
            {
                var text = Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
                if (text.StartsWith("SIP/2.0 503", StringComparison.Ordinal) && text.Contains("Retry-After: ", StringComparison.Ordinal))
                    refused++;
            }
        }

        return refused;
    }

    private static async Task SendOverTcpAsync(int port, byte[] bytes)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        await client.GetStream().WriteAsync(bytes);
    }

    private static async Task<string> OptionsOverTcpAsync(int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(RawPhone.Request("OPTIONS", 5_060, "tcp", "")).Replace("/UDP", "/TCP")));
        var buffer = new byte[4_096];
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer, patience.Token));
    }

    private static async Task NothingIsLeftAsync(TandemServer server)
    {
        var statistics = await server.EventuallyAsync(
            "/api/statistics", s => s.GetProperty("transactions").GetProperty("total").GetInt32() == 0 && s.GetProperty("dialogs").GetInt32() == 0, "the tables are empty", 180);
        Assert.Equal(0, statistics.GetProperty("faults").GetProperty("callFaults").GetInt64());
        Assert.Equal(0, statistics.GetProperty("calls").GetProperty("activeCalls").GetInt32());
        Assert.DoesNotContain("A fault", File.ReadAllText(server.LogFile), StringComparison.Ordinal);
    }

    private static async Task<long> MemoryAsync(TandemServer server) =>
        (await server.GetAsync("/api/statistics")).GetProperty("server").GetProperty("memory").GetProperty("rss").GetInt64();

    private static async Task Eventually(Func<bool> reached, string what)
    {
        for (var i = 0; i < 600; i++)
        {
            if (reached())
                return;
            await Task.Delay(100);
        }

        Assert.Fail(what);
    }
}
