using System.Net;
using System.Net.Sockets;
using Tandem.Core.Net;
using Tandem.Sip.Transport;

namespace Tandem.Sip.Tests.Transport;

/// <summary>RFC 8489, as far as RFC 5626 §8 uses it.</summary>
public class StunBindingTests
{
    private const string Id = "B7E7A701BC34D686FA87DFAE";

    // The address and the masked values of RFC 5769 §2.2 and §2.3.
    [Theory]
    [InlineData("192.0.2.1", "0101000C2112A442" + Id + "002000080001A147E112A643")]
    [InlineData("2001:db8:1234:5678:11:2233:4455:6677", "010100182112A442" + Id + "002000140002A1470113A9FAA5D3F179BC25F4B5BED2B9D9")]
    public void The_address_that_a_request_came_from_is_sent_back_masked(string host, string expected)
    {
        Assert.True(NetAddress.TryParse(host, 32_853, out var source));
        Assert.Equal(expected, Answer("000100002112A442" + Id, source));
    }

    // RFC 5769 §2.1, without its credentials: SOFTWARE is optional to understand; the fingerprint is checked and answered.
    [Fact]
    public void A_fingerprint_is_checked_and_given_back()
    {
        var request = Convert.FromHexString("000100082112A442" + Id + "8028000400000000");
        Assert.Equal("", Answer(Convert.ToHexString(request), Source));

        Assert.Equal("", Answer("000100082112A442" + Id + "80280004FFFFFFFF", Source));
        var crc = Crc(request.AsSpan(0, 20)) ^ 0x5354554E;
        var answer = Answer("000100082112A442" + Id + "80280004" + crc.ToString("X8"), Source);
        var bytes = Convert.FromHexString(answer);
        Assert.StartsWith("010100142112A442" + Id, answer, StringComparison.Ordinal);
        Assert.Equal((Crc(bytes.AsSpan(0, bytes.Length - 8)) ^ 0x5354554E).ToString("X8"), answer[^8..]);
    }

    // §6.3.1
    [Theory]
    [InlineData("000100082112A442" + Id + "0003000400000000", "011100102112A442" + Id + "0009000400000414000A000200030000")]
    [InlineData("000100102112A442" + Id + "00030004000000007FFF000400000000", "011100102112A442" + Id + "0009000400000414000A000400037FFF")]
    public void What_must_be_understood_and_is_not_is_refused_with_its_name(string request, string expected) => Assert.Equal(expected, Answer(request, Source));

    [Theory]
    [InlineData("000100002112A443" + Id)]
    [InlineData("000100042112A442" + Id)]
    [InlineData("000100002112A442" + Id + "00")]
    [InlineData("000100002112A442B7E7A701")]
    [InlineData("001100002112A442" + Id)]
    [InlineData("010100002112A442" + Id)]
    [InlineData("000300002112A442" + Id)]
    [InlineData("400100002112A442" + Id)]
    [InlineData("000100042112A442" + Id + "80220001")]
    [InlineData("000100042112A442" + Id + "8022FFFF")]
    [InlineData("0001000C2112A442" + Id + "802800040000000080220000")]
    public void Anything_else_is_not_answered(string request) => Assert.Equal("", Answer(request, Source));

    [Fact]
    public void Known_and_optional_attributes_do_not_matter_and_no_request_is_answered_with_much_more()
    {
        var random = new Random(8489);
        Span<byte> answer = stackalloc byte[StunBinding.MaxAnswerBytes];
        for (var i = 0; i < 20_000; i++)
        {
            var attributes = random.Next(0, 12);
            var bytes = new byte[20 + (4 * attributes)];
            random.NextBytes(bytes);
            Convert.FromHexString("00010000" + "2112A442").CopyTo(bytes, 0);
            bytes[3] = (byte)(4 * attributes);
            for (var a = 20; a < bytes.Length; a += 4)
                (bytes[a + 2], bytes[a + 3]) = (0, 0);

            Assert.InRange(StunBinding.Answer(bytes, Source, answer), 0, bytes.Length + 36);
        }

        Assert.NotEqual("", Answer("000100082112A442" + Id + "0006000431303000", Source));
        Assert.NotEqual("", Answer("000100082112A442" + Id + "8022000431303000", Source));
    }

    // RFC 5626 §8: "it MUST also provide a limited version of a STUN server on the same interface and UDP port".
    [Theory]
    [InlineData(UdpReceiveMode.SocketPerShard, false)]
    [InlineData(UdpReceiveMode.SocketPerShard, true)]
    [InlineData(UdpReceiveMode.ReceiverThread, false)]
    public async Task The_sip_port_answers_from_the_address_that_was_asked(UdpReceiveMode mode, bool isV6)
    {
        await using var bench = new TransportBench(adjust: o => o with { UdpReceiveMode = mode }, isV6: isV6);
        using var client = new Socket(bench.Udp.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = (int)TransportBench.Patience.TotalMilliseconds };
        client.Connect(bench.Udp);
        client.Send(Convert.FromHexString("000100002112A442" + Id));
        var answer = new byte[100];
        var length = client.Receive(answer);

        Assert.Equal(Answer("000100002112A442" + Id, NetAddress.From((IPEndPoint)client.LocalEndPoint!)), Convert.ToHexString(answer.AsSpan(0, length)));
        TransportBench.Until(() => bench.Counters.StunAnswers == 1, "the answer is counted");
        Assert.Equal((1, 0), (bench.Counters.StunRequests, bench.Counters.Unparsable));
    }

    [Fact]
    public async Task The_source_guard_bounds_keep_alives_too()
    {
        await using var bench = new TransportBench(guard: new SourceGuardOptions { MessagesPerSecond = 1, MessageBurst = 3, ExemptNetworks = [] });
        using var client = new Socket(bench.Udp.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        client.Connect(bench.Udp);
        for (var i = 0; i < 50; i++)
            client.Send(Convert.FromHexString("000100002112A442" + Id));

        TransportBench.Until(() => bench.Counters.DatagramsIn == 50, "all came");
        Assert.Equal(3, bench.Counters.StunAnswers);
    }

    private static NetAddress Source => NetAddress.FromV4(0xC0000201, 32_853);

    private static string Answer(string request, NetAddress source)
    {
        Span<byte> answer = stackalloc byte[StunBinding.MaxAnswerBytes];
        var length = StunBinding.Answer(Convert.FromHexString(request), source, answer);
        return Convert.ToHexString(answer[..length]);
    }

    private static uint Crc(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var b in data)
        {
            crc ^= b;
            for (var i = 0; i < 8; i++)
                crc = (crc >> 1) ^ (0xEDB88320 & (0u - (crc & 1)));
        }

        return ~crc;
    }
}
