using Tandem.Sip.Engine;

namespace Tandem.Sip.Tests.Engine;

/// <summary>RFC 3261 §18.2 and RFC 3581 §4: where responses go, and what the top Via says in them.</summary>
public class ResponseRoutingTests
{
    [Theory]
    [InlineData("SIP/2.0/UDP 198.51.100.7:5060", "198.51.100.7:5060", "SIP/2.0/UDP 198.51.100.7:5060;branch=z9hG4bKpeer1")]
    [InlineData("SIP/2.0/UDP 198.51.100.7", "198.51.100.7:5060", "SIP/2.0/UDP 198.51.100.7;branch=z9hG4bKpeer1")]
    [InlineData("SIP/2.0/UDP 10.0.0.1:5070", "198.51.100.7:5070", "SIP/2.0/UDP 10.0.0.1:5070;branch=z9hG4bKpeer1;received=198.51.100.7")]
    [InlineData("SIP/2.0/UDP phone.example.com", "198.51.100.7:5060", "SIP/2.0/UDP phone.example.com;branch=z9hG4bKpeer1;received=198.51.100.7")]
    [InlineData("SIP/2.0/UDP 10.0.0.1:5070;rport", "198.51.100.7:40000", "SIP/2.0/UDP 10.0.0.1:5070;branch=z9hG4bKpeer1;received=198.51.100.7;rport=40000")]
    [InlineData("SIP/2.0/UDP 198.51.100.7:40000;rport", "198.51.100.7:40000", "SIP/2.0/UDP 198.51.100.7:40000;branch=z9hG4bKpeer1;received=198.51.100.7;rport=40000")]
    [InlineData("SIP/2.0/UDP 10.0.0.1;received=203.0.113.9;rport=9", "198.51.100.7:40000", "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKpeer1;received=198.51.100.7;rport=40000")]
    [InlineData("SIP/2.0/UDP 198.51.100.7:5060;received=203.0.113.9", "198.51.100.7:5060", "SIP/2.0/UDP 198.51.100.7:5060;branch=z9hG4bKpeer1")]
    [InlineData("SIP/2.0/UDP 10.0.0.1;maddr=203.0.113.9", "198.51.100.7:5060", "SIP/2.0/UDP 10.0.0.1;maddr=203.0.113.9;branch=z9hG4bKpeer1;received=198.51.100.7")]
    [InlineData("SIP/2.0/UDP 10.0.0.1;x=\"a;b,c\";rport", "198.51.100.7:40000", "SIP/2.0/UDP 10.0.0.1;x=\"a;b,c\";branch=z9hG4bKpeer1;received=198.51.100.7;rport=40000")]
    public void Udp(string via, string target, string stamped)
    {
        var bench = new EngineBench();
        var flow = new SipFlow(SipTransportKind.Udp, EngineBench.Us, EngineBench.Address("198.51.100.7", 40000));
        bench.Receive(EngineBench.Request("OPTIONS", via: via, more: "Via: SIP/2.0/UDP 10.9.9.9;branch=z9hG4bKdeeper"), flow);
        bench.Respond(bench.TakeRequest(), 200);
        Assert.Equal($"udp:{target}", bench.Sent[0].Target.ToString());
        Assert.Equal([stamped, "SIP/2.0/UDP 10.9.9.9;branch=z9hG4bKdeeper"], bench.Sent[0].Headers("Via"));
    }

    [Fact]
    public void Two_Via_on_one_line_are_told_apart()
    {
        var bench = new EngineBench();
        bench.Receive(EngineBench.Request("OPTIONS").Replace(";branch=z9hG4bKpeer1", ";branch=z9hG4bKpeer1;rport, SIP/2.0/UDP 10.9.9.9;branch=z9hG4bKdeeper;rport"));
        bench.Respond(bench.TakeRequest(), 200);
        Assert.Equal(
            "SIP/2.0/UDP 198.51.100.7:5060;branch=z9hG4bKpeer1;received=198.51.100.7;rport=5060, SIP/2.0/UDP 10.9.9.9;branch=z9hG4bKdeeper;rport",
            bench.Sent[0].Header("Via"));
    }

    [Theory]
    [InlineData("[2001:db8::7]:5060", "SIP/2.0/UDP [2001:db8::7]:5060;branch=z9hG4bKpeer1")]
    [InlineData("[2001:DB8:0::7]:5060", "SIP/2.0/UDP [2001:DB8:0::7]:5060;branch=z9hG4bKpeer1")]
    [InlineData("[2001:db8::8]:5060", "SIP/2.0/UDP [2001:db8::8]:5060;branch=z9hG4bKpeer1;received=2001:db8::7")]
    public void Udp_over_IPv6(string sentBy, string stamped)
    {
        var bench = new EngineBench();
        var flow = new SipFlow(SipTransportKind.Udp, EngineBench.Address("2001:db8::1", 5060), EngineBench.Address("2001:db8::7", 5060));
        bench.Receive(EngineBench.Request("OPTIONS", via: "SIP/2.0/UDP " + sentBy), flow);
        bench.Respond(bench.TakeRequest(), 200);
        Assert.Equal(flow, bench.Sent[0].Target);
        Assert.Equal(stamped, bench.Sent[0].Header("Via"));
    }

    [Fact]
    public void A_stream_answers_on_its_connection()
    {
        var bench = new EngineBench();
        bench.Receive(EngineBench.Request("OPTIONS", via: "SIP/2.0/TCP 10.0.0.1:5070"), EngineBench.Tcp);
        bench.Respond(bench.TakeRequest(), 200);
        Assert.Equal(EngineBench.Tcp, bench.Sent[0].Target);
    }

    [Fact]
    public void Answers_without_state_take_the_same_way()
    {
        var bench = new EngineBench();
        var flow = EngineBench.Udp with { Remote = EngineBench.Address("198.51.100.7", 40000) };
        bench.Receive(EngineBench.Request("BREW", via: "SIP/2.0/UDP 10.0.0.1;rport"), flow);
        Assert.Equal(flow, bench.Sent[0].Target);
        Assert.EndsWith(";received=198.51.100.7;rport=40000", bench.Sent[0].Header("Via"));
    }

    [Fact]
    public void Options_turn_on_maddr_and_force_rport()
    {
        var bench = new EngineBench(new SipEngineOptions { HonorMaddr = true });
        bench.Receive(EngineBench.Request("OPTIONS", via: "SIP/2.0/UDP 10.0.0.1:5071;maddr=203.0.113.9"));
        bench.Respond(bench.TakeRequest(), 200);
        Assert.Equal("udp:203.0.113.9:5071", bench.Sent[0].Target.ToString());

        bench = new EngineBench(new SipEngineOptions { ForceRport = true });
        var flow = EngineBench.Udp with { Remote = EngineBench.Address("198.51.100.7", 40000) };
        bench.Receive(EngineBench.Request("OPTIONS", via: "SIP/2.0/UDP 10.0.0.1:5071"), flow);
        bench.Respond(bench.TakeRequest(), 200);
        Assert.Equal(flow, bench.Sent[0].Target);
    }
}
