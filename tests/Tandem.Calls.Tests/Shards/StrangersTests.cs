using System.Text;
using Tandem.Calls.Shards;
using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Parsing;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Shards;

/// <summary>
/// What comes without credentials may carry a forged source address: it is answered once, and nothing of it stays
/// (RFC 3261 §8.2.7, §26.3.2.4).
/// </summary>
public class StrangersTests
{
    private readonly ExchangeRig _rig = new(credentials: true);
    private readonly List<int> _statuses = [];

    [Theory]
    [InlineData("REGISTER", "100", 401)]
    [InlineData("REGISTER", "999", 404)]
    [InlineData("INVITE", "101", 407)]
    [InlineData("OPTIONS", "101", 200)]
    public void A_stranger_is_answered_once_and_forgotten(string method, string number, int status)
    {
        Send(Request(method, number));
        foreach (var shard in _rig.Exchange.Shards)
        {
            Assert.Equal(0, shard.Engine.ServerTransactions);
            Assert.Equal(0, shard.Timers);
        }

        _rig.Run(40);
        Assert.Equal([status], _statuses);
        Assert.Empty(_rig.Faults);
    }

    [Fact]
    public void A_draining_exchange_refuses_a_stranger_s_INVITE_once()
    {
        _rig.Exchange.BeginDrain();
        Send(Request("INVITE", "101"));
        _rig.Run(40);
        Assert.Equal([503], _statuses);
        Assert.All(_rig.Exchange.Shards, shard => Assert.Equal(0, shard.Engine.ServerTransactions));
    }

    private static string Request(string method, string number) =>
        $"{method} sip:{number}@tandem.example SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKstranger\r\nMax-Forwards: 70\r\n"
        + $"From: <sip:{number}@tandem.example>;tag=1\r\nTo: <sip:{number}@tandem.example>\r\nCall-ID: stranger\r\nCSeq: 1 {method}\r\n"
        + "Contact: <sip:x@192.0.2.9>\r\nContent-Length: 0\r\n\r\n";

    private void Send(string text)
    {
        Assert.True(NetAddress.TryParse("192.0.2.9", 5060, out var source));
        var flow = new SipFlow(SipTransportKind.Udp, ExchangeRig.ServerAddress, source);
        Assert.Equal(SipRejection.None, SipParser.Parse(PooledBuffer.Copy(Encoding.ASCII.GetBytes(text)), SipLimits.Default, out var message));
        var shard = _rig.Exchange.Shards[Tandem.Sip.Transport.ShardSelector.Pick(message!, _rig.Exchange.Shards.Count)];
        shard.Receive(new SipInput(message, flow), Moment.Zero);
        Take(shard);
    }

    private void Take(ExchangeShard shard)
    {
        while (shard.TryTakePacket(out var packet))
        {
            _statuses.Add(WireMessage.Parse(packet.Data.Span).Status);
            packet.Data.Release();
        }
    }
}
