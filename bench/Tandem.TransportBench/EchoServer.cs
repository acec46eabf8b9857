using System.Net;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Transport;

namespace Tandem.TransportBench;

/// <summary>The process that is measured: a transport with echo shards, until its standard input ends.</summary>
internal static class EchoServer
{
    public static async Task RunAsync(UdpReceiveMode mode, int shards)
    {
        var clock = new Clock(TimeProvider.System);
        var guardOptions = new SourceGuardOptions { MessagesPerSecond = 0 };
        var loops = Enumerable.Range(0, shards).Select(_ => new ShardLoop(new EchoShard(), clock)).ToArray();
        var options = new SipTransportOptions
        {
            Listeners = [new SipListener(SipTransportKind.Udp, NetAddress.From(IPAddress.Loopback, 0))],
            UdpReceiveMode = mode,
        };
        await using var transport = new SipTransport(options, loops, new SourceGuard(guardOptions, new BanList(guardOptions)), clock);
        transport.Start();
        Array.ForEach(loops, loop => loop.Start());
        Console.WriteLine(transport.Bound[0].Address.Port);
        while (await Console.In.ReadLineAsync() is not null)
        {
            var counters = transport.Counters;
            Console.WriteLine($"{counters.DatagramsIn} {counters.DatagramsForwarded} {loops.Sum(l => l.Meter.WakeUps)}");
        }

        Array.ForEach(loops, loop => loop.Stop());
    }
}
