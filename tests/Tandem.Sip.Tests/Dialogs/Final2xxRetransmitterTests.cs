using Tandem.Sip.Engine;
using Tandem.Sip.Tests.Engine;

namespace Tandem.Sip.Tests.Dialogs;

/// <summary>RFC 3261 §13.3.1.4 with RFC 6026 §8.1: the UAS core repeats its 2xx until the ACK, or for 64*T1.</summary>
public class Final2xxRetransmitterTests
{
    private readonly EngineBench _bench = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Without_an_ack_the_2xx_is_repeated_for_32_s_on_any_transport(bool overTcp)
    {
        var flow = overTcp ? EngineBench.Tcp : EngineBench.Udp;
        _bench.Receive(EngineBench.Request("INVITE", via: overTcp ? "SIP/2.0/TCP 198.51.100.7" : ""), flow);
        var server = _bench.TakeRequest();
        _bench.Respond(server, 200);
        _bench.GoTo(31_999);
        Assert.Equal([0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500], _bench.Times("SIP/2.0 200"));
        Assert.Single(_bench.Sent.Select(p => p.Text).Distinct());
        _bench.AssertNoEvent();

        _bench.GoTo(32_000);
        Assert.Equal([SipEventKind.TransactionEnded, SipEventKind.Timeout], _bench.Events.Select(e => e.Kind).Order().Reverse());
        var timeout = _bench.Events.Single(e => e.Kind == SipEventKind.Timeout);
        Assert.Same(server, timeout.Server);
        Assert.Same(server.Dialog, timeout.Dialog);
        _bench.AssertEmpty();
    }

    [Fact]
    public void The_ack_stops_it_and_reaches_the_user_once()
    {
        _bench.Receive(EngineBench.Request("INVITE"));
        var server = _bench.TakeRequest();
        _bench.Respond(server, 200);
        _bench.GoTo(700);
        var ack = EngineBench.Request("ACK", branch: "z9hG4bKack", toTag: _bench.Sent[0].ToTag);
        _bench.Receive(ack);
        var e = _bench.Take(SipEventKind.Ack2xx);
        Assert.Same(server.Dialog, e.Dialog);
        Assert.Same(server, e.Server);
        Assert.NotNull(e.Message);
        _bench.Receive(ack);
        _bench.GoTo(31_000);
        Assert.Equal([0, 500], _bench.Times("SIP/2.0 200"));
        _bench.AssertNoEvent();
        Assert.Equal(1, _bench.Engine.Counters[EngineCounter.StrayAcks]);
    }

    [Theory]
    [InlineData("CSeq: 1 ACK", "CSeq: 2 ACK")]
    [InlineData("tag=peer", "tag=other")]
    [InlineData("call-1", "call-2")]
    public void Another_ack_does_not_stop_it(string part, string changed)
    {
        _bench.Receive(EngineBench.Request("INVITE"));
        _bench.Respond(_bench.TakeRequest(), 200);
        _bench.Receive(EngineBench.Request("ACK", branch: "z9hG4bKack", toTag: _bench.Sent[0].ToTag).Replace(part, changed));
        _bench.AssertNoEvent();
        _bench.GoTo(500);
        Assert.Equal([0, 500], _bench.Times("SIP/2.0 200"));
    }

    [Fact]
    public void The_end_of_the_dialog_stops_it()
    {
        _bench.Receive(EngineBench.Request("INVITE"));
        var server = _bench.TakeRequest();
        _bench.Respond(server, 200);
        server.Dialog!.Terminate();
        _bench.GoTo(31_999);
        Assert.Single(_bench.Sent);
        _bench.AssertNoEvent();
    }

    [Fact]
    public void A_re_invite_has_its_own()
    {
        _bench.Receive(EngineBench.Request("INVITE"));
        _bench.Respond(_bench.TakeRequest(), 200);
        var tag = _bench.Sent[0].ToTag;
        _bench.Receive(EngineBench.Request("ACK", branch: "z9hG4bKack", toTag: tag));
        _bench.Take(SipEventKind.Ack2xx);
        _bench.Receive(EngineBench.Request("INVITE", branch: "z9hG4bKpeer2", cseq: 2, toTag: tag));
        var again = _bench.TakeRequest();
        _bench.Respond(again, 200);
        _bench.GoTo(500);
        Assert.Equal([0, 0, 500], _bench.Times("SIP/2.0 200"));
        _bench.Receive(EngineBench.Request("ACK", branch: "z9hG4bKack2", cseq: 2, toTag: tag));
        Assert.Same(again, _bench.Take(SipEventKind.Ack2xx).Server);
        _bench.GoTo(10_000);
        Assert.Equal(3, _bench.Sent.Count);
    }
}
