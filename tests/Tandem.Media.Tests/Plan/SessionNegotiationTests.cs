using Tandem.Core.Net;
using Tandem.Media.Plan;
using Tandem.Media.Tests.Sdp;

namespace Tandem.Media.Tests.Plan;

public sealed class SessionNegotiationTests : NegotiatedSession
{
    [Theory]
    [InlineData(MediaSide.A)]
    [InlineData(MediaSide.B)]
    public void An_offer_and_its_answer_make_a_plan_whoever_offers(MediaSide offerer)
    {
        // An INVITE without SDP has its offer from the callee (RFC 3261 §13.2.1).
        var answerer = PlanCompiler.Other(offerer);
        Assert.Contains($"m=audio {30000 + ((int)answerer * 2)} ", Offer(offerer, Audio(host: "192.0.2.7")));
        Assert.Empty(Negotiation.Plan.Lines);
        Assert.Contains($"m=audio {30000 + ((int)offerer * 2)} ", Answer(answerer, Audio(host: "192.0.2.8", port: 6000)));
        Assert.Equal("192.0.2.7:5000", Transport(offerer).Rtp.ToString());
        Assert.Equal("192.0.2.8:6001", Transport(answerer).Rtcp.ToString());
        Assert.True(Line().A!.Sends && Line().B!.Sends && !Transport(offerer).Mux && Transport(offerer).Security is null);
        Assert.True(Line().A!.Payloads.Contains(0) && !Line().A!.Payloads.Contains(8));
    }

    // RFC 5761 §5.1.1: each side shares a port with us when it and we say so.
    [Theory]
    [InlineData("a=rtcp-mux", "a=rtcp-mux", true, true, true)]
    [InlineData("a=rtcp-mux", "", true, true, false)]
    [InlineData("", "a=rtcp-mux", true, false, false)]
    [InlineData("a=rtcp-mux", "a=rtcp-mux", false, false, false)]
    public void Rtcp_mux_is_a_matter_of_each_side(string offered, string answered, bool allowed, bool expected, bool expectedB)
    {
        var negotiation = new SessionNegotiation(Contexts.Of(new MediaOptions { RtcpMux = allowed }), Ports, new Random(1));
        var offer = Sdps.Text(negotiation.Offer(MediaSide.A, Audio(offered)).Sdp);
        var answer = Sdps.Text(negotiation.Answer(MediaSide.B, Audio(answered)).Sdp);
        Assert.Equal(allowed && offered != "", offer.Contains("rtcp-mux"));
        Assert.Equal(expected, answer.Contains("rtcp-mux"));
        Assert.Equal((expected, expectedB), (negotiation.Plan.Transport(0, MediaSide.A)!.Mux, negotiation.Plan.Transport(0, MediaSide.B)!.Mux));
        Assert.Equal(expectedB ? 5000 : 5001, negotiation.Plan.Transport(0, MediaSide.B)!.Rtcp.Port);
        Assert.Equal((!expected, !expectedB), (Ports.Reserved[(0, MediaSide.A)].Rtcp, Ports.Reserved[(0, MediaSide.B)].Rtcp));
    }

    [Fact]
    public void Ports_stay_over_later_offers_and_versions_grow()
    {
        var first = Offer(MediaSide.A, Audio());
        var answer = Answer(MediaSide.B, Audio(host: "192.0.2.2"));
        var second = Offer(MediaSide.B, Audio("a=sendonly", "192.0.2.2"));
        Assert.Equal(Port(answer), Port(second));
        Assert.Equal(Port(first), Port(Answer(MediaSide.A, Audio("a=recvonly"))));
        Assert.Equal((1, 2), (Version(answer), Version(second)));
        Assert.Equal(Id(answer), Id(second));

        static string Port(string text) => text.Split('\n').Single(l => l.StartsWith("m=")).Split(' ')[1];
        static int Version(string text) => int.Parse(text.Split('\n').Single(l => l.StartsWith("o=")).Split(' ')[2]);
        static string Id(string text) => text.Split('\n').Single(l => l.StartsWith("o=")).Split(' ')[1];
    }

    [Fact]
    public void Several_lines_are_relayed_up_to_the_limit_and_others_keep_their_place()
    {
        var text = Offer(MediaSide.A, Sdps.Bytes(Sdps.FaxAndAudio));
        Assert.Equal(["m=audio 0 RTP/AVP 8", "m=image 30006 udptl t38", "m=audio 30010 RTP/AVP 0 8 111 9 18 101 110"], text.Split('\n').Where(l => l.StartsWith("m=")));
        var answer = Answer(MediaSide.B, Sdps.Bytes(Sdps.FaxAndAudio.Replace("m=image 4402", "m=image 0")));
        Assert.Equal(["m=audio 0 RTP/AVP 8", "m=image 0 udptl t38", "m=audio 30008 RTP/AVP 8 0"], answer.Split('\n').Where(l => l.StartsWith("m=")));
        Assert.Equal([false, false, true], Negotiation.Plan.Lines.Select(s => s is not null));

        var many = string.Concat(Enumerable.Range(0, 6).Select(i => $"m=video {7000 + (2 * i)} RTP/AVPF 96\n"));
        var lines = new SessionNegotiation(Contexts.Plain, new FakePorts(), new Random(1)).Offer(MediaSide.A, Audio(many));
        Assert.Equal([true, true, true, true, false, false, false], Sdps.Text(lines.Sdp).Split('\n').Where(l => l.StartsWith("m=")).Select(l => !l.Contains(" 0 RTP/AVPF")));
    }

    [Fact]
    public void A_later_offer_may_switch_a_line_off_and_on_again()
    {
        var two = "m=video 7000 RTP/AVP 96";
        Offer(MediaSide.A, Audio(two));
        Answer(MediaSide.B, Audio(two));
        Assert.Equal(4, Ports.Reserved.Count);

        Offer(MediaSide.A, Audio("m=video 0 RTP/AVP 96"));
        Answer(MediaSide.B, Audio("m=video 0 RTP/AVP 96"));
        Assert.Null(Negotiation.Plan.Lines[1]);
        Negotiation.ReleasePorts();
        Assert.Equal(2, Ports.Reserved.Count);

        Offer(MediaSide.B, Audio(two));
        Answer(MediaSide.A, Audio(two));
        Assert.NotNull(Negotiation.Plan.Lines[1]);
    }

    [Fact]
    public void A_refused_offer_leaves_everything_as_it_was()
    {
        Offer(MediaSide.A, Audio());
        Answer(MediaSide.B, Audio());
        var plan = Negotiation.Plan;
        Offer(MediaSide.B, Audio("a=sendonly\nm=video 7000 RTP/AVP 96"));
        Assert.Equal(MediaError.WrongState, Negotiation.Offer(MediaSide.B, Audio()).Error);
        Negotiation.Abandon();
        Assert.Same(plan, Negotiation.Plan);
        Assert.Equal(2, Ports.Reserved.Count);
        Assert.Equal(MediaError.WrongState, Negotiation.Answer(MediaSide.A, Audio()).Error);
        Offer(MediaSide.A, Audio());
    }

    // Early media, then the answer of another fork to the same offer: the last one counts.
    [Fact]
    public void A_second_answer_replaces_the_first()
    {
        Offer(MediaSide.A, Audio());
        Answer(MediaSide.B, Audio(host: "192.0.2.20"));
        Answer(MediaSide.B, Audio("a=recvonly", "192.0.2.21"));
        Assert.Equal("192.0.2.21:5000", Transport(MediaSide.B).Rtp.ToString());
        Assert.False(Line().B!.Sends);
    }

    [Fact]
    public void Each_side_gets_the_family_it_uses()
    {
        var negotiation = new SessionNegotiation(Contexts.Plain, Ports, new Random(1));
        NetAddress.TryParse("2001:db8::99", 5060, out var peer);
        negotiation.Expect(MediaSide.B, new LegPolicy { Peer = peer });
        var offer = Sdps.Text(negotiation.Offer(MediaSide.A, Audio()).Sdp);
        Assert.Contains("c=IN IP6 2001:db8::1\n", offer);
        var answer = Sdps.Text(negotiation.Answer(MediaSide.B, Sdps.Bytes(Sdps.IpV6)).Sdp);
        Assert.Contains("c=IN IP4 203.0.113.1\n", answer);
        Assert.Equal((false, true), (Ports.Reserved[(0, MediaSide.A)].IsV6, Ports.Reserved[(0, MediaSide.B)].IsV6));
        Assert.Equal("[2001:db8::10]:5004", negotiation.Plan.Transport(0, MediaSide.B)!.Rtp.ToString());
    }

    [Fact]
    public void A_side_of_a_family_that_we_lack_gets_the_other_and_its_own_offer_is_refused()
    {
        var ports = new FakePorts { HasV6 = false };
        var negotiation = new SessionNegotiation(Contexts.Plain, ports, new Random(1));
        NetAddress.TryParse("2001:db8::99", 5060, out var peer);
        negotiation.Expect(MediaSide.B, new LegPolicy { Peer = peer });
        Assert.Contains("c=IN IP4 203.0.113.1", Sdps.Text(negotiation.Offer(MediaSide.A, Audio()).Sdp));
        var other = new SessionNegotiation(Contexts.Plain, ports, new Random(1));
        Assert.Equal(MediaError.NotAcceptable, other.Offer(MediaSide.A, Sdps.Bytes(Sdps.IpV6)).Error);
    }

    [Theory]
    [InlineData("m=audio 5000 RTP/AVP 0", MediaError.None)]
    [InlineData("m=audio 5000 RTP/SAVPF 0", MediaError.NotAcceptable)]
    [InlineData("m=audio 5000 RTP/SAVPF 0\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz", MediaError.None)]
    [InlineData("m=audio 5000 RTP/SAVP 0\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19z", MediaError.NotAcceptable)]
    [InlineData("m=video 5000 rtp/avpf 96", MediaError.None)]
    [InlineData("m=audio 0 RTP/AVP 0", MediaError.NotAcceptable)]
    [InlineData("m=audio 5000 UDP/TLS/RTP/SAVPF 0", MediaError.NotAcceptable)]
    [InlineData("m=audio 5000 TCP/RTP/AVP 0", MediaError.NotAcceptable)]
    [InlineData("m=image 5000 udptl t38", MediaError.None)]
    [InlineData("m=image 5000 tcptl t38", MediaError.NotAcceptable)]
    [InlineData("m=application 5000 RTP/AVP 96", MediaError.NotAcceptable)]
    [InlineData("m=audio 5000 RTP/AVP 0\nc=IN IP4 239.1.1.1/3", MediaError.NotAcceptable)]
    [InlineData("", MediaError.NotAcceptable)]
    [InlineData("m=audio", MediaError.Malformed)]
    public void Offers_are_judged(string media, MediaError expected)
    {
        var result = Negotiation.Offer(MediaSide.A, Sdps.Bytes("v=0\no=- 9 9 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\n" + media));
        Assert.Equal(expected, result.Error);
        Assert.Equal(expected == MediaError.None, result.Text.Length == 0);
    }

    [Theory]
    [InlineData("m=audio 5000 RTP/AVP 0", MediaError.None)]
    [InlineData("m=audio 0 RTP/AVP 0", MediaError.NotAcceptable)]
    [InlineData("m=video 5000 RTP/AVP 0", MediaError.NotAcceptable)]
    [InlineData("m=audio 5000 UDP/TLS/RTP/SAVP 0", MediaError.NotAcceptable)]
    [InlineData("m=audio 5000 RTP/AVP 0\nm=audio 5002 RTP/AVP 0", MediaError.NotAcceptable)]
    [InlineData("m=audio 5000 RTP/AVP 0\nc=IN IP4 239.1.1.1/3", MediaError.NotAcceptable)]
    [InlineData("x", MediaError.Malformed)]
    public void Answers_are_judged(string media, MediaError expected)
    {
        Offer(MediaSide.A, Audio());
        var result = Negotiation.Answer(MediaSide.B, Sdps.Bytes("v=0\no=- 9 9 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\n" + media));
        Assert.Equal(expected, result.Error);
        if (expected == MediaError.None)
            return;

        // A refused answer spoils nothing: another fork may still answer.
        Assert.Empty(Negotiation.Plan.Lines);
        Answer(MediaSide.B, Audio());
    }

    [Fact]
    public void Without_ports_there_is_no_offer_and_nothing_stays_reserved()
    {
        Ports.IsExhausted = true;
        Assert.Equal(MediaError.NoPorts, Negotiation.Offer(MediaSide.A, Audio()).Error);
        Ports.IsExhausted = false;
        Offer(MediaSide.A, Audio());
        Negotiation.Abandon();
        Assert.Empty(Ports.Reserved);
        Assert.Equal(MediaError.WrongState, Negotiation.Answer(MediaSide.B, Audio()).Error);
    }

    // The bytes belong to a SIP message whose buffer is used again.
    [Fact]
    public void An_offer_outlives_the_buffer_it_came_in()
    {
        var buffer = Audio("a=rtpmap:0 PCMU/8000\nm=video 7000 RTP/AVP 96");
        Offer(MediaSide.A, buffer);
        buffer.AsSpan().Fill((byte)'x');
        Assert.EndsWith("m=video 0 RTP/AVP 96", Answer(MediaSide.B, Audio()));
        Assert.True(Line().A!.Payloads.Contains(0));
    }

    // A phone elsewhere cannot have us send to services of this machine.
    [Theory]
    [InlineData("192.0.2.1", "127.0.0.1", false)]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("", "127.0.0.1", true)]
    [InlineData("192.0.2.1", "10.0.0.1", true)]
    public void The_loopback_is_a_target_for_its_own_peers_only(string peer, string host, bool expected)
    {
        if (NetAddress.TryParse(peer, 5060, out var address))
            Negotiation.Expect(MediaSide.A, new LegPolicy { Peer = address });
        Offer(MediaSide.A, Audio(host: host));
        Answer(MediaSide.B, Audio());
        Assert.Equal(expected, !Transport(MediaSide.A).Rtp.IsUnspecified);
        Assert.Equal(expected, !Transport(MediaSide.A).Rtcp.IsUnspecified);
    }

    // RFC 3264 §6: fewer lines than offered are filled up with refused ones.
    [Fact]
    public void Missing_lines_of_an_answer_are_refused_ones()
    {
        Offer(MediaSide.A, Audio("m=video 7000 RTP/AVP 96\nm=audio 7002 RTP/AVP 8"));
        Assert.EndsWith("m=video 0 RTP/AVP 96\nm=audio 0 RTP/AVP 8", Answer(MediaSide.B, Audio()));
    }

    [Fact]
    public void Nobody_answers_its_own_offer()
    {
        Offer(MediaSide.A, Audio());
        Assert.Equal(MediaError.WrongState, Negotiation.Answer(MediaSide.A, Audio()).Error);
    }

    // Any bytes as offer and answer in any order: a result and no exception.
    [Fact]
    public void Survives_broken_descriptions_in_any_order()
    {
        string[] seeds = [Sdps.Baresip, Sdps.Linphone, Sdps.WebRtc, Sdps.DeskPhoneSdes, Sdps.FaxAndAudio, Sdps.IpV6, Sdps.Sipp];
        var random = new Random(4);
        var accepted = 0;
        for (var round = 0; round < 2000; round++)
        {
            var ports = new FakePorts { HasV6 = random.Next(2) == 0 };
            var negotiation = new SessionNegotiation(Contexts.Plain, ports, random);
            for (var step = 0; step < 8; step++)
            {
                ports.IsExhausted = random.Next(20) == 0;
                var bytes = Sdps.Bytes(seeds[random.Next(seeds.Length)]);
                if (random.Next(3) == 0)
                    bytes = SdpParserTests.Mutate(bytes, random);
                var side = (MediaSide)random.Next(2);
                var result = random.Next(5) switch
                {
                    0 or 1 => negotiation.Offer(side, bytes),
                    2 or 3 => negotiation.Answer(side, bytes),
                    _ => default,
                };
                if (result == default)
                    negotiation.Abandon();
                accepted += result.Sdp.Length > 0 ? 1 : 0;
            }
        }

        Assert.True(accepted > 1000, $"{accepted}");
    }
}
