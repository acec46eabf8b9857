using System.Net;
using System.Net.Sockets;
using Tandem.Core.Net;
using Tandem.Sip.Resolution;
using Tandem.Sip.Transport;
using Tandem.Testing.Dns;

namespace Tandem.Sip.Tests.Transport;

/// <summary>RFC 1035 §4.2, RFC 5452 §9: who is asked, and what is believed. Name servers on loopback that the test plays.</summary>
public sealed class DnsSocketTests : IDisposable
{
    private static readonly DnsQuestion Question = new("pbx.test", DnsType.A);
    private static readonly DnsRecord[] Records = [new DnsRecord { Owner = "pbx.test", Type = DnsType.A, Ttl = 60, Address = NetAddress.FromV4(0xC0000201, 0) }];

    // It waits as long as the test does.
    private static readonly DnsOptions Patient = new() { AttemptTimeout = TransportBench.Patience, TcpTimeout = TransportBench.Patience };

    private readonly List<Socket> _servers = [];
    private readonly CancellationTokenSource _patience = new(TransportBench.Patience);

    [Fact]
    public async Task Only_the_response_to_the_question_is_believed()
    {
        var server = Server(out var address);
        using var dns = new DnsSocket(Patient, [address], TimeProvider.System);
        var answer = AskAsync(dns);
        var (query, from) = await ReceiveAsync(server);
        var id = (ushort)((query[0] << 8) | query[1]);
        byte[][] forged =
        [
            [],
            [1, 2, 3],
            DnsBytes.Response(Question, Records, id: (ushort)(id + 1)),
            DnsBytes.Response(new DnsQuestion("pbx.test", DnsType.Aaaa), Records, id: id),
            DnsBytes.Response(new DnsQuestion("other.test", DnsType.A), Records, id: id),
            query,
        ];
        foreach (var bytes in forged)
            await server.SendToAsync(bytes, from);
        var good = DnsBytes.Response(Question, Records, id: id);
        await server.SendToAsync(good, from);

        Assert.Equal(good, await answer);
        Assert.Equal((forged.Length, 1, 0), (dns.Counters.StrayDatagrams, dns.Counters.AnswersReceived, dns.InFlight));
    }

    [Fact]
    public async Task Each_question_has_a_port_and_a_number_of_its_own()
    {
        var server = Server(out var address);
        using var dns = new DnsSocket(Patient, [address], TimeProvider.System);
        var seen = new HashSet<(int, int)>();
        for (var i = 0; i < 8; i++)
        {
            var answer = AskAsync(dns);
            var (query, from) = await ReceiveAsync(server);
            var id = (ushort)((query[0] << 8) | query[1]);
            seen.Add((((IPEndPoint)from).Port, id));
            await server.SendToAsync(DnsBytes.Response(Question, Records, id: id), from);
            Assert.NotNull(await answer);
        }

        Assert.True(seen.Select(s => s.Item2).Distinct().Count() > 6);
        Assert.True(seen.Select(s => s.Item1).Distinct().Count() > 1);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public async Task A_server_that_cannot_answer_is_followed_by_the_next_which_is_then_the_first(int code)
    {
        var broken = Server(out var first);
        var good = Server(out var second);
        using var dns = new DnsSocket(Patient, [first, second], TimeProvider.System);
        var answer = AskAsync(dns);
        await ReplyAsync(broken, id => DnsBytes.Response(Question, [], code: code, id: id));
        await ReplyAsync(good, id => DnsBytes.Response(Question, Records, id: id));
        Assert.NotNull(await answer);
        Assert.Equal(1, dns.Counters.UnusableAnswers);

        answer = AskAsync(dns);
        await ReplyAsync(good, id => DnsBytes.Response(Question, Records, id: id));
        Assert.NotNull(await answer);
    }

    [Fact]
    public async Task Silence_is_asked_again_and_then_is_the_answer()
    {
        Server(out var first);
        Server(out var second);
        using var dns = new DnsSocket(new DnsOptions { AttemptTimeout = TimeSpan.FromMilliseconds(30), Rounds = 3 }, [first, second], TimeProvider.System);

        Assert.Null(await AskAsync(dns));
        Assert.Equal((6, 6), (dns.Counters.QuestionsSent, dns.Counters.SilentServers));
    }

    [Fact]
    public async Task What_was_truncated_is_asked_for_over_tcp()
    {
        using var stream = ServerOfBoth(out var server, out var address);
        using var dns = new DnsSocket(Patient, [address], TimeProvider.System);
        var answer = AskAsync(dns);
        var datagram = await ReplyAsync(server, id => DnsBytes.Response(Question, [], id: id, truncated: true));
        using var accepted = await stream.AcceptAsync(_patience.Token);
        await using var asked = new NetworkStream(accepted);
        var head = new byte[2];
        await asked.ReadExactlyAsync(head, _patience.Token);
        var query = new byte[(head[0] << 8) | head[1]];
        await asked.ReadExactlyAsync(query, _patience.Token);
        Assert.Equal(datagram, query);
        var response = DnsBytes.Response(Question, Records, id: (ushort)((query[0] << 8) | query[1]));
        byte[] framed = [(byte)(response.Length >> 8), (byte)response.Length, .. response];

        // In pieces, as streams do.
        await accepted.SendAsync(framed.AsMemory(0, 1), _patience.Token);
        await accepted.SendAsync(framed.AsMemory(1, 20), _patience.Token);
        await accepted.SendAsync(framed.AsMemory(21), _patience.Token);
        Assert.Equal(response, await answer);
        Assert.Equal(1, dns.Counters.QuestionsOverTcp);
    }

    [Fact]
    public async Task Questions_are_bounded_and_end_with_the_socket()
    {
        Server(out var address);
        using var dns = new DnsSocket(Patient with { MaxInFlight = 2 }, [address], TimeProvider.System);
        var open = new[] { AskAsync(dns), AskAsync(dns) };
        Assert.Null(await AskAsync(dns));
        Assert.Equal((2, 1), (dns.InFlight, dns.Counters.QuestionsRefused));
        dns.Dispose();
        Assert.All(await Task.WhenAll(open), Assert.Null);
        Assert.Equal(0, dns.InFlight);

        using var none = new DnsSocket(new DnsOptions(), [], TimeProvider.System);
        Assert.Null(await AskAsync(none));
    }

    public void Dispose()
    {
        foreach (var server in _servers)
            server.Dispose();
        _patience.Dispose();
    }

    private Socket Server(out NetAddress address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _servers.Add(socket);
        address = NetAddress.From((IPEndPoint)socket.LocalEndPoint!);
        return socket;
    }

    // The two kinds of ports are given out apart: the number that one server got for UDP may be anybody's over TCP.
    private Socket ServerOfBoth(out Socket datagrams, out NetAddress address)
    {
        while (true)
        {
            datagrams = Server(out address);
            var stream = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                stream.Bind(address.ToIPEndPoint());
                stream.Listen();
                return stream;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse && _servers.Count < 100)
            {
                stream.Dispose();
            }
        }
    }

    private static Task<byte[]?> AskAsync(DnsSocket dns)
    {
        var answer = new TaskCompletionSource<byte[]?>(TaskCreationOptions.RunContinuationsAsynchronously);
        dns.Ask(Question, bytes => Assert.True(answer.TrySetResult(bytes)));
        return answer.Task;
    }

    private async Task<byte[]> ReplyAsync(Socket server, Func<ushort, byte[]> response)
    {
        var (query, from) = await ReceiveAsync(server);
        await server.SendToAsync(response((ushort)((query[0] << 8) | query[1])), from);
        return query;
    }

    private async Task<(byte[] Query, EndPoint From)> ReceiveAsync(Socket server)
    {
        var buffer = new byte[1_024];
        var received = await server.ReceiveFromAsync(buffer.AsMemory(), new IPEndPoint(IPAddress.Any, 0), _patience.Token);
        return (buffer[..received.ReceivedBytes], received.RemoteEndPoint);
    }
}
