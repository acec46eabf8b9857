using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Tandem.Sip.Tests.Transport;

/// <summary>Sockets that a shard reads itself, while connections come and go on several threads.</summary>
public sealed class StreamChurnTests
{
    private const int Connections = 60;
    private const int Workers = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    // Whole messages in pieces of any size, the last one with the end of the stream right behind it: all of them are answered. In
    // between connections are torn down at any point, and an innocent connection of the same process, whose descriptors lie among
    // theirs, is never touched.
    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 2)]
    [InlineData(true, 3)]
    public async Task No_message_is_lost_and_no_other_connection_is_harmed(bool isSecure, int seed)
    {
        await using var bench = new TlsBench(adjustTransport: o => o with { MaxHalfOpenPerSource = 10_000, MaxConnectionsPerSource = 10_000 });
        var target = isSecure ? bench.EndPoint : bench.Transport.Tcp;
        var workers = Enumerable.Range(0, Workers).Select(worker => Task.Run(async () =>
        {
            var random = new Random((seed * 1_000) + worker);
            for (var i = 0; i < Connections; i++)
            {
                await TalkAsync(bench, target, isSecure, random, $"{seed}-{worker}-{i}");
                await InnocentAsync();
            }
        })).ToArray();
        await Task.WhenAll(workers).WaitAsync(Patience);
        TransportBench.Until(() => bench.Transport.Transport.Connections == 0, "all connections are closed");
        Assert.All(bench.Transport.Loops, loop => Assert.Equal(0, loop.Meter.Faults));
        Assert.Equal(0, bench.Transport.Transport.Handshakes);
        TransportBench.Until(() => bench.Transport.Transport.QueuedBytes == 0, "what waited is given back");
    }

    private static async Task TalkAsync(TlsBench bench, IPEndPoint target, bool isSecure, Random random, string name)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(target);
        Stream stream = new NetworkStream(socket);
        if (isSecure)
        {
            var secure = new SslStream(stream);
            stream = secure;
            await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "tandem.example",
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    RevocationMode = X509RevocationMode.NoCheck,
                    CustomTrustStore = { bench.Authority.Root },
                },
            });
        }

        var count = random.Next(1, 5);
        var bytes = new List<byte>();
        for (var i = 0; i < count; i++)
            bytes.AddRange(TransportBench.Options($"{name}-{i}", random.Next(4) == 0 ? random.Next(40_000) : 0));

        var isTorn = random.Next(4) == 0;
        var all = bytes.ToArray();
        var until = isTorn ? random.Next(all.Length) : all.Length;
        for (var at = 0; at < until;)
        {
            var length = Math.Min(until - at, random.Next(1, 20_000));
            await stream.WriteAsync(all.AsMemory(at, length));
            at += length;
        }

        if (isTorn)
        {
            socket.LingerState = new LingerOption(true, 0); // a reset
            return;
        }

        if (!isSecure)
            socket.Shutdown(SocketShutdown.Send);

        var answers = 0;
        var text = new StringBuilder();
        var buffer = new byte[16_384];
        while (answers < count)
        {
            var length = await stream.ReadAsync(buffer).AsTask().WaitAsync(TransportBench.Patience);
            Assert.True(length > 0, $"{name}: {answers} of {count} were answered");
            text.Append(Encoding.ASCII.GetString(buffer, 0, length));
            answers = text.ToString().Split("SIP/2.0 200 OK\r\n").Length - 1;
        }
    }

    private static async Task InnocentAsync()
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndPoint!);
        using var server = await listener.AcceptAsync();
        var sent = new byte[] { 1, 2, 3, 4 };
        var received = new byte[8];
        await client.SendAsync(sent);
        Assert.Equal(4, await server.ReceiveAsync(received).WaitAsync(TransportBench.Patience));
        Assert.Equal(sent, received[..4]);
    }
}
