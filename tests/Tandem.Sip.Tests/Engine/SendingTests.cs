using Tandem.Sip.Engine;

namespace Tandem.Sip.Tests.Engine;

/// <summary>RFC 3261 §8.1.1.7 and §18.1.1: our Via, and the switch of large requests from UDP to TCP and back.</summary>
public class SendingTests
{
    private readonly EngineBench _bench = new();

    [Fact]
    public void The_Via_goes_on_top_with_a_fresh_branch_and_rport()
    {
        _bench.Send("OPTIONS");
        _bench.Send("OPTIONS");
        Assert.Matches("^OPTIONS sip:bob@198.51.100.7 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKtd[0-9a-f]{16};rport\r\nMax-Forwards", _bench.Sent[0].Text);
        Assert.NotEqual(_bench.Sent[0].Header("Via"), _bench.Sent[1].Header("Via"));
    }

    [Fact]
    public void A_forwarded_request_carries_its_loop_key_in_the_branch()
    {
        _bench.Send("OPTIONS", loopKey: 0xABC);
        Assert.Matches(";branch=z9hG4bKtd[0-9a-f]{16}-00000abc;rport$", _bench.Sent[0].Header("Via"));
        _bench.ReceiveResponse(_bench.Sent[0], 200);
        _bench.Take(SipEventKind.Response);
    }

    [Fact]
    public void Over_1300_bytes_a_request_goes_to_TCP()
    {
        var small = _bench.Send("INVITE", padding: 1);
        var room = 1_300 - _bench.Sent[0].Text.Length + 1;
        Assert.Equal(SipTransportKind.Udp, small.Target.Transport);
        _bench.Send("INVITE", padding: room);
        Assert.Equal(SipTransportKind.Udp, _bench.Sent[1].Target.Transport);
        Assert.Equal(1_300, _bench.Sent[1].Text.Length);

        var large = _bench.Send("INVITE", padding: room + 1);
        Assert.Equal(new SipFlow(SipTransportKind.Tcp, EngineBench.Us, EngineBench.Peer), large.Target);
        Assert.Equal(large.Target, _bench.Sent[2].Target);
        Assert.StartsWith("SIP/2.0/TCP 192.0.2.1:5061;branch=", Assert.Single(_bench.Sent[2].Headers("Via")));
        Assert.Equal(1, _bench.Engine.Counters[EngineCounter.SwitchesToTcp]);
        _bench.GoTo(10_000);
        Assert.Single(_bench.Sent, p => p.Target.Transport == SipTransportKind.Tcp);
    }

    [Fact]
    public void Where_nobody_listens_on_TCP_the_request_falls_back_to_UDP()
    {
        var client = _bench.Send("INVITE", padding: 2_000);
        _bench.GoTo(300);
        _bench.Engine.TransportFailed(_bench.Sent[0].Tag, _bench.Now);
        _bench.Drain();
        _bench.AssertNoEvent();
        Assert.Equal(EngineBench.Udp, client.Target);
        Assert.Equal(EngineBench.Udp, _bench.Sent[1].Target);
        Assert.StartsWith("SIP/2.0/UDP 192.0.2.1:5060;branch=", Assert.Single(_bench.Sent[1].Headers("Via")));
        Assert.EndsWith(_bench.Sent[0].Text[_bench.Sent[0].Text.IndexOf("Max-Forwards")..], _bench.Sent[1].Text);

        // Over UDP it is repeated again, and a second failure is the end.
        _bench.GoTo(800);
        Assert.Equal([0, 300, 800], _bench.Times("INVITE"));
        _bench.ReceiveResponse(_bench.Sent[2], 100, "");
        Assert.Same(client, _bench.Take(SipEventKind.Response).Client);
    }

    [Fact]
    public void A_peer_without_TCP_is_remembered_for_ten_minutes()
    {
        _bench.Send("OPTIONS", padding: 2_000);
        _bench.Engine.TransportFailed(_bench.Sent[0].Tag, _bench.Now);
        _bench.Drain();
        Assert.Equal(SipTransportKind.Udp, _bench.Send("OPTIONS", padding: 2_000).Target.Transport);
        var other = EngineBench.Udp with { Remote = EngineBench.Address("198.51.100.8", 5060) };
        Assert.Equal(SipTransportKind.Tcp, _bench.Send("OPTIONS", other, padding: 2_000).Target.Transport);
        _bench.GoTo(600_000);
        Assert.Equal(SipTransportKind.Tcp, _bench.Send("OPTIONS", padding: 2_000).Target.Transport);
    }

    [Fact]
    public void A_second_failure_ends_the_request()
    {
        _bench.Send("INVITE", padding: 2_000);
        _bench.Engine.TransportFailed(_bench.Sent[0].Tag, _bench.Now);
        _bench.Drain();
        _bench.Engine.TransportFailed(_bench.Sent[1].Tag, _bench.Now);
        _bench.Drain();
        _bench.Take(SipEventKind.TransportFailed);
        _bench.Take(SipEventKind.TransactionEnded);
        _bench.AssertEmpty();
    }

    [Fact]
    public void A_request_that_was_meant_for_TCP_does_not_fall_back()
    {
        _bench.Send("INVITE", EngineBench.Tcp);
        _bench.Engine.TransportFailed(_bench.Sent[0].Tag, _bench.Now);
        _bench.Drain();
        Assert.Single(_bench.Sent);
        _bench.Take(SipEventKind.TransportFailed);
    }

    [Theory]
    [InlineData("sip:100@192.0.2.5", "udp:192.0.2.5:5060")]
    [InlineData("sip:100@192.0.2.5:5080;transport=TCP", "tcp:192.0.2.5:5080")]
    [InlineData("sips:100@192.0.2.5", "tls:192.0.2.5:5061")]
    [InlineData("sip:100@192.0.2.5;transport=tls", "tls:192.0.2.5:5061")]
    [InlineData("sip:100@[2001:db8::5]", "udp:[2001:db8::5]:5060")]
    [InlineData("sip:100@example.com;maddr=192.0.2.9", "udp:192.0.2.9:5060")]
    [InlineData("sip:100@example.com", null)]
    [InlineData("sip:100@192.0.2.5;transport=sctp", null)]
    [InlineData("sips:100@192.0.2.5;transport=udp", null)]
    [InlineData("tel:+15551234", null)]
    public void A_uri_with_an_address_has_a_target(string uri, string? target)
    {
        var found = SipTargets.TryResolve(System.Text.Encoding.ASCII.GetBytes(uri), out var flow);
        Assert.Equal(target, found ? flow.ToString() : null);
    }

    [Fact]
    public void Contact_names_us_as_the_peer_reaches_us()
    {
        Assert.Equal("<sip:100@192.0.2.1:5060>", _bench.Engine.Addressing.Contact(EngineBench.Udp, "100"));
        Assert.Equal("<sip:192.0.2.1:5061;transport=tcp>", _bench.Engine.Addressing.Contact(EngineBench.Tcp, ""));

        // Nothing was set for WebSocket: the local address of the flow stands in.
        Assert.Equal("<sip:100@192.0.2.1:5060;transport=ws>", _bench.Engine.Addressing.Contact(EngineBench.Tcp with { Transport = SipTransportKind.Ws }, "100"));
    }
}
