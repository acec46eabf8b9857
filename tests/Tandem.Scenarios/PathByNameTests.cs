using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Tandem.Scenarios.Peers;
using Tandem.Testing.Phones;

namespace Tandem.Scenarios;

/// <summary>
/// RFC 3263 §4.3 from end to end: the built server asks a real name server for the proxy in a Path, its first address is dead, and the
/// call arrives by the second.
/// </summary>
public class PathByNameTests
{
    // Long enough for what a slow machine does at once to be told from what waits so long, and short beside the 32 s after which SIP itself gives up.
    private const double FailoverSeconds = 6;
    private const double LongestSeconds = 30;

    // Dead is silent (SIP_FAILOVER_TIMEOUT, and the next call at once because the dead one rests), or refused by ICMP (at once).
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_call_arrives_by_the_second_address(bool isSilent)
    {
        using var scratch = new ScratchFolder();
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var dead = isSilent ? ((IPEndPoint)silent.LocalEndPoint!).Port : FreePorts.Next();
        // The proxy needs its port before the server starts, which it then speaks to.
        var edgePort = FreePorts.Next();
        using var names = await Dnsmasq.StartAsync(
            scratch.Path, "host-record=one.edge.test,127.0.0.1", "host-record=two.edge.test,127.0.0.1",
            $"srv-host=_sip._udp.edge.test,one.edge.test,{dead},10,1", $"srv-host=_sip._udp.edge.test,two.edge.test,{edgePort},20,1");
        using var server = await TandemServer.StartAsync(scratch, new Dictionary<string, string>
        {
            ["DNS_SERVERS"] = names.Address.ToString(),

            // Each shard knows for itself which targets rest; both calls shall come to the same one.
            ["SIP_SHARDS"] = "1",

            // It rests until the end of the scenario.
            ["SIP_REST_TIME"] = "600",
            ["SIP_FAILOVER_TIMEOUT"] = $"{FailoverSeconds * 1000}",
        });
        using var edge = await WirePhone.ConnectAsync(server, "101", ProtocolType.Udp, port: edgePort);
        using var caller = await WirePhone.ConnectAsync(server, "100", ProtocolType.Udp);
        using var callee = await WirePhone.ConnectAsync(server, "101", ProtocolType.Udp);
        await caller.RegisterAsync();
        await callee.RegisterAsync("", "Supported: path\r\nPath: <sip:edge.test;lr>\r\n");

        var first = await CallAsync(caller, edge);
        if (isSilent)
            Assert.InRange(first, FailoverSeconds - 0.1, LongestSeconds);
        else
            Assert.InRange(first, 0, FailoverSeconds - 0.1);
        Assert.InRange(await CallAsync(caller, edge), 0, FailoverSeconds - 0.1);

        var counted = (await server.GetAsync("/api/statistics")).GetProperty("names");
        Assert.Equal((1, 1), (counted.GetProperty("failovers").GetInt32(), counted.GetProperty("resting").GetInt32()));
    }

    // One call from the INVITE to the BYE; the result is after how many seconds it arrived.
    private static async Task<double> CallAsync(WirePhone caller, WirePhone edge)
    {
        var clock = Stopwatch.StartNew();
        var calling = caller.AskAsync("INVITE", "101", caller.Contact(), Sdp.Audio("127.0.0.1", 40_000));
        var invite = await edge.ExpectAsync("INVITE");
        var arrived = clock.Elapsed.TotalSeconds;
        Assert.Equal("<sip:edge.test;lr>", invite["Route"]);
        await edge.ReplyAsync(invite, 200, Sdp.Audio("127.0.0.1", 40_002));
        var answer = await calling;
        Assert.True(answer.Status == 200, answer.ToString());
        await caller.AcknowledgeAsync(answer);
        await edge.ExpectAsync("ACK");
        var ending = caller.HangUpAsync(answer);
        await edge.ReplyAsync(await edge.ExpectAsync("BYE"), 200);
        await ending;
        return arrived;
    }
}
