using System.Buffers.Binary;
using System.Net.Sockets;
using Tandem.Scenarios.Peers;
using Tandem.Testing.Phones;

namespace Tandem.Scenarios;

/// <summary>RFC 5626 over real sockets: a phone with two flows loses one, and keep-alives by STUN on the SIP port.</summary>
[BesideOthers]
public class OutboundFlowTests
{
    private const string Instance = ";+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000A95A0E128>\"";
    private const string Outbound = "Supported: path, outbound\r\n";

    [Fact]
    public async Task A_flow_is_cut_and_the_call_comes_over_the_other_one()
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        using var caller = await WirePhone.ConnectAsync(server, "100", ProtocolType.Udp);
        using var one = await WirePhone.ConnectAsync(server, "101", ProtocolType.Tcp);
        using var two = await WirePhone.ConnectAsync(server, "101", ProtocolType.Tcp);
        foreach (var (flow, id) in new[] { (one, 1), (two, 2) })
        {
            var registered = await flow.RegisterAsync($"{Instance};reg-id={id}", Outbound);
            Assert.True(registered.Lists("Require", "outbound"), registered.ToString());
        }

        Assert.Equal(2, (await server.GetAsync("/api/statistics")).GetProperty("users").GetProperty("bindings").GetInt32());

        // Both flows are one phone: a call comes over one of them. That one is cut.
        var calling = caller.AskAsync("INVITE", "101", caller.Contact(), Sdp.Audio("127.0.0.1", 40_000));
        var invites = new[] { one.ExpectAsync("INVITE"), two.ExpectAsync("INVITE") };
        var first = await Task.WhenAny(invites);
        var (used, other, waiting) = first == invites[0] ? (one, two, invites[1]) : (two, one, invites[0]);
        await used.ReplyAsync(await first, 486);
        Assert.Equal(486, (await calling).Status);
        Assert.False(waiting.IsCompleted);
        used.Cut();

        calling = caller.AskAsync("INVITE", "101", caller.Contact(), Sdp.Audio("127.0.0.1", 40_000));
        var invite = await waiting;
        await other.ReplyAsync(invite, 200, Sdp.Audio("127.0.0.1", 40_002));
        var answer = await calling;
        Assert.True(answer.Status == 200, answer.ToString());
        await caller.AcknowledgeAsync(answer);
        await other.ExpectAsync("ACK");
        var ending = caller.HangUpAsync(answer);
        await other.ReplyAsync(await other.ExpectAsync("BYE"), 200);
        await ending;

        // §7: the registration of the flow has ended with it, and of no other.
        var statistics = await server.EventuallyAsync("/api/statistics", s => s.GetProperty("users").GetProperty("bindings").GetInt32() == 1, "the flow is gone");
        Assert.Equal(1, statistics.GetProperty("transport").GetProperty("flowsEnded").GetInt64());
    }

    // RFC 8489 §5, §14.2; RFC 5626 §4.4.2.
    [Theory]
    [InlineData("0.0.0.0", "127.0.0.1")]
    [InlineData("0.0.0.0", "::1")]
    [InlineData("::", "127.0.0.1")]
    public async Task A_keep_alive_by_stun_is_told_its_address(string listen, string from)
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch, new Dictionary<string, string> { ["SIP_HOST"] = listen });
        using var phone = await WirePhone.ConnectAsync(server, "101", ProtocolType.Udp, System.Net.IPAddress.Parse(from));
        byte[] cookieAndId = [0x21, 0x12, 0xA4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
        await phone.SendAsync([0, 1, 0, 0, .. cookieAndId]);
        var answer = await phone.ReceiveAsync();

        Assert.Equal([1, 1], answer[..2]);
        Assert.Equal(answer.Length - 20, BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(2)));
        Assert.Equal(cookieAndId, answer[4..20]);
        var mapped = Attribute(answer, 0x0020);
        var isV6 = phone.Local.AddressFamily == AddressFamily.InterNetworkV6;
        Assert.Equal(isV6 ? 2 : 1, mapped[1]);
        Assert.Equal(phone.Local.Port, BinaryPrimitives.ReadUInt16BigEndian(mapped.AsSpan(2)) ^ 0x2112);
        Assert.Equal(phone.Local.Address.GetAddressBytes(), mapped[4..].Select((b, i) => (byte)(b ^ cookieAndId[i])));

        // The answer is counted when it has gone out.
        var counted = (await server.EventuallyAsync("/api/statistics", s => s.GetProperty("transport").GetProperty("stunAnswers").GetInt32() > 0, "the answer is counted")).GetProperty("transport");
        Assert.Equal((1, 1), (counted.GetProperty("stunRequests").GetInt32(), counted.GetProperty("stunAnswers").GetInt32()));
    }

    private static byte[] Attribute(byte[] message, int type)
    {
        for (var at = 20; at < message.Length;)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(at + 2));
            if (BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(at)) == type)
                return message[(at + 4)..(at + 4 + length)];
            at += 4 + ((length + 3) & ~3);
        }

        throw new FormatException("no such attribute: " + Convert.ToHexString(message));
    }
}
