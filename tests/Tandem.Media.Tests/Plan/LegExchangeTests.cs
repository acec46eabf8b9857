using Tandem.Core.Net;
using Tandem.Media.Plan;
using Tandem.Media.Sdp;

namespace Tandem.Media.Tests.Plan;

/// <summary>The exchange itself is the other party, and what becomes of it when a second side comes or goes.</summary>
public sealed class LegExchangeTests
{
    private const string Opus = "m=audio 5000 RTP/AVP 96 0 101\na=rtpmap:96 opus/48000/2\na=rtpmap:101 telephone-event/8000\n";

    private readonly NegotiationRig _rig = new();

    private SdpDocument Accept(MediaSide from, string media) => NegotiationRig.Read(_rig.Session.Accept(from, NegotiationRig.Sdp(from, media)));

    private SdpDocument Create(MediaSide to) => NegotiationRig.Read(_rig.Session.Create(to));

    [Theory]
    [InlineData("a=sendrecv", SdpDirection.SendRecv, true, true)]
    [InlineData("a=sendonly", SdpDirection.RecvOnly, true, false)]
    [InlineData("a=recvonly", SdpDirection.SendOnly, false, true)]
    [InlineData("a=inactive", SdpDirection.Inactive, false, false)]
    [InlineData("c=IN IP4 0.0.0.0", SdpDirection.RecvOnly, true, false)]
    public void One_side_alone_is_answered(string direction, SdpDirection expected, bool sends, bool receives)
    {
        var answer = Accept(MediaSide.A, Opus + direction + "\nm=video 7000 RTP/AVP 96");
        Assert.Equal("96 opus/48000 useinbandfec=1, 0 PCMU/8000, 101 telephone-event/8000", NegotiationRig.Formats(answer));
        Assert.Equal([false, true], answer.Media.Select(m => m.IsOff));
        Assert.Equal(expected, answer.Media[0].Direction);
        Assert.Equal((sends, receives), (_rig.Line().A!.Sends, _rig.Line().A!.Receives));
        Assert.Null(_rig.Line().B);
        Assert.False(_rig.Line().CanRelay);
        Assert.Equal(96, _rig.Line().A!.Audio!.Sends!.PayloadType);
    }

    [Theory]
    [InlineData("m=video 7000 RTP/AVP 96", MediaError.NotAcceptable)]
    [InlineData("m=audio 7000 RTP/AVP 4", MediaError.NotAcceptable)]
    [InlineData("m=audio 0 RTP/AVP 0", MediaError.NotAcceptable)]
    [InlineData("m=audio", MediaError.Malformed)]
    public void What_we_cannot_play_is_refused(string media, MediaError expected)
    {
        Assert.Equal(expected, _rig.Refused(_rig.Session.Accept(MediaSide.A, NegotiationRig.Sdp(MediaSide.A, media))));
        Assert.Empty(_rig.Plan.Lines);
    }

    // The fax machine of a caller in an announcement: what is in force stays.
    [Fact]
    public void A_later_offer_of_what_we_cannot_play_is_refused()
    {
        Accept(MediaSide.A, Opus);
        var plan = _rig.Plan;
        Assert.Equal(MediaError.NotAcceptable, _rig.Refused(_rig.Session.Accept(MediaSide.A, NegotiationRig.Sdp(MediaSide.A, "m=audio 0 RTP/AVP 0\nm=image 5004 udptl t38"))));
        Assert.Same(plan, _rig.Plan);
        Assert.Equal([(0, MediaSide.A)], _rig.Ports.Reserved.Keys);
        Assert.True(Accept(MediaSide.A, "m=audio 0 RTP/AVP 0").Media[0].IsOff);
        Assert.Null(_rig.Plan.Lines[0]);
    }

    // Click to call, or an INVITE without offer: the offer is our own.
    [Fact]
    public void An_offer_of_our_own_has_what_we_speak()
    {
        var offer = Create(MediaSide.B);
        Assert.Equal("111 opus/48000 useinbandfec=1, 9 G722/8000, 0 PCMU/8000, 8 PCMA/8000, 18 G729/8000, 110 telephone-event/48000 0-15, 101 telephone-event/8000 0-15", NegotiationRig.Formats(offer));
        Assert.Equal((SdpDirection.SendRecv, 20), (offer.Media[0].Direction, offer.Media[0].PacketMilliseconds));
        Assert.Equal(MediaError.WrongState, _rig.Session.Create(MediaSide.B).Error);
        Assert.True(_rig.Session.Answer(MediaSide.B, NegotiationRig.Sdp(MediaSide.B, "m=audio 6000 RTP/AVP 8 101\na=rtpmap:101 telephone-event/8000")).Sdp.IsEmpty);
        Assert.Null(_rig.Line().A);
        Assert.Equal((8, 101), (_rig.Line().B!.Audio!.Sends!.PayloadType, _rig.Line().B!.Audio!.EventOut));
    }

    // A caller in an announcement is connected, and hears nothing of SDP.
    [Fact]
    public void A_side_that_was_answered_is_coupled_without_an_offer_to_it()
    {
        Accept(MediaSide.A, Opus);
        var offer = Create(MediaSide.B);
        Assert.StartsWith("96 opus/48000, 0 PCMU/8000, 9 G722/8000", NegotiationRig.Formats(offer));
        _rig.Answer(MediaSide.B, "m=audio 6000 RTP/AVP 96\na=rtpmap:96 opus/48000/2");
        Assert.True(_rig.Line().CanRelay);
        Assert.True(_rig.Line().A!.Sends && _rig.Line().B!.Receives);

        // B goes: A is with the exchange again, and its ports stay.
        _rig.Session.Leave(MediaSide.B);
        Assert.Equal(2, _rig.Ports.Reserved.Count);
        _rig.Session.ReleasePorts();
        Assert.Null(_rig.Line().B);
        Assert.NotNull(_rig.Line().A);
        Assert.Equal([(0, MediaSide.A)], _rig.Ports.Reserved.Keys);
    }

    // A side that anybody may name: its SDP does not say where packets go to beside the server, whichever way it says so.
    [Theory]
    [InlineData("8.8.4.4", "a=rtcp:5001 IN IP4 8.8.8.8", "8.8.4.4:5000", "8.8.8.8:5001")]
    [InlineData("10.0.0.5", "", "", "")]
    [InlineData("192.168.1.1", "", "", "")]
    [InlineData("169.254.169.254", "", "", "")]
    [InlineData("127.0.0.1", "", "", "")]
    [InlineData("8.8.4.4", "a=rtcp:5001 IN IP4 10.0.0.5", "8.8.4.4:5000", "")]
    [InlineData("10.9.1.2", "", "10.9.1.2:5000", "10.9.1.2:5001")]
    public void The_media_of_a_stranger_is_kept_outside(string host, string attribute, string rtp, string rtcp)
    {
        Assert.True(NetPrefix.TryParse("10.9.0.0/16", out var allowed));
        _rig.Session.Expect(MediaSide.B, new LegPolicy { PublicAnd = [allowed] });
        Accept(MediaSide.A, "m=audio 5000 RTP/AVP 0\n");
        Create(MediaSide.B);
        _rig.Answer(MediaSide.B, $"m=audio 5000 RTP/AVP 0\nc=IN IP4 {host}\n{attribute}");
        var plan = _rig.Transport(MediaSide.B);
        Assert.Equal((rtp, rtcp), (TextOf(plan.Rtp), TextOf(plan.Rtcp)));
        Assert.NotNull(plan.PublicAnd);
        Assert.Null(_rig.Transport(MediaSide.A).PublicAnd);

        static string TextOf(NetAddress address) => address.IsUnspecified ? "" : address.ToString();
    }

    // RFC 3264 §8.4: nobody is on the other side, and the exchange holds in its place, whoever offers.
    [Fact]
    public void The_exchange_alone_holds_a_side()
    {
        const string Plain = "m=audio 5000 RTP/AVP 0\n";
        Accept(MediaSide.A, Plain);
        _rig.Session.Hold(MediaSide.B, true);
        Assert.False(_rig.Plan.HoldsOther(MediaSide.B));
        Assert.Equal(SdpDirection.SendOnly, Create(MediaSide.A).Media[0].Direction);
        _rig.Answer(MediaSide.A, Plain + "a=recvonly");
        Assert.Equal((true, false, false, true), (_rig.Plan.HoldsOther(MediaSide.B), _rig.Plan.HoldsOther(MediaSide.A), _rig.Line().A!.Sends, _rig.Line().A!.Receives));

        Assert.Equal(SdpDirection.SendOnly, Accept(MediaSide.A, Plain).Media[0].Direction);
        Assert.Equal((true, false), (_rig.Plan.HoldsOther(MediaSide.B), _rig.Line().A!.Sends));
        Assert.Equal(SdpDirection.Inactive, Accept(MediaSide.A, Plain + "a=sendonly").Media[0].Direction);
        Assert.True(_rig.Plan.HoldsOther(MediaSide.A));

        _rig.Session.Hold(MediaSide.B, false);
        Assert.True(_rig.Plan.HoldsOther(MediaSide.B));
        Assert.Equal(SdpDirection.SendRecv, Create(MediaSide.A).Media[0].Direction);
        _rig.Answer(MediaSide.A, Plain);
        Assert.Equal((false, true), (_rig.Plan.HoldsOther(MediaSide.B), _rig.Line().A!.Sends));
    }

    // Whoever is there says himself whether he holds.
    [Fact]
    public void The_exchange_does_not_hold_in_the_place_of_a_phone()
    {
        Accept(MediaSide.A, Opus);
        _rig.Session.Hold(MediaSide.B, true);
        Create(MediaSide.B);
        _rig.Answer(MediaSide.B, "m=audio 6000 RTP/AVP 0");
        Assert.False(_rig.Plan.HoldsOther(MediaSide.B));
        Assert.Equal(SdpDirection.SendRecv, Create(MediaSide.A).Media[0].Direction);
    }

    [Fact]
    public void A_coupled_side_that_speaks_something_else_is_offered_less_once()
    {
        Accept(MediaSide.A, Opus);
        Create(MediaSide.B);
        _rig.Answer(MediaSide.B, "m=audio 6000 RTP/AVP 0");
        Assert.False(_rig.Line().CanRelay);
        Assert.Equal((true, false), (_rig.Session.WantsReoffer(MediaSide.A), _rig.Session.WantsReoffer(MediaSide.B)));
        Assert.Equal("0 PCMU/8000, 101 telephone-event/8000 0-15", NegotiationRig.Formats(Create(MediaSide.A)));
        _rig.Answer(MediaSide.A, "m=audio 5000 RTP/AVP 0");
        Assert.True(_rig.Line().CanRelay);
    }

    // The far side hears music while it is held, so it is not told that nothing comes.
    [Theory]
    [InlineData(false, SdpDirection.Inactive)]
    [InlineData(true, SdpDirection.SendOnly)]
    public void Who_is_held_by_inactive_may_be_played_to(bool plays, SdpDirection expected)
    {
        _rig.Session.Expect(MediaSide.B, new LegPolicy { PlaysOnHold = plays });
        _rig.Offer(MediaSide.A, "m=audio 5000 RTP/AVP 0");
        _rig.Answer(MediaSide.B, "m=audio 6000 RTP/AVP 0");
        Assert.Equal(expected, _rig.Offer(MediaSide.A, "m=audio 5000 RTP/AVP 0\na=inactive").Media[0].Direction);
        var answer = _rig.Answer(MediaSide.B, "m=audio 6000 RTP/AVP 0\na=" + (plays ? "recvonly" : "inactive"));
        Assert.Equal(SdpDirection.Inactive, answer.Media[0].Direction);
        Assert.Equal((false, plays), (_rig.Line().B!.Sends, _rig.Line().B!.Receives));
        Assert.Equal((true, false), (_rig.Plan.AHoldsB, _rig.Plan.BHoldsA));
    }

    // A hold that we answer ourselves: the other side is not asked.
    [Fact]
    public void A_side_may_be_answered_while_it_is_coupled()
    {
        _rig.Offer(MediaSide.A, "m=audio 5000 RTP/AVP 0 8");
        _rig.Answer(MediaSide.B, "m=audio 6000 RTP/AVP 8");
        var answer = Accept(MediaSide.A, "m=audio 5000 RTP/AVP 0 8\na=sendonly");
        Assert.Equal("8 PCMA/8000", NegotiationRig.Formats(answer));
        Assert.True(_rig.Plan.AHoldsB);
        Assert.True(_rig.Line().CanRelay);
        Assert.Equal((true, false, true, true), (_rig.Line().A!.Sends, _rig.Line().A!.Receives, _rig.Line().B!.Sends, _rig.Line().B!.Receives));
    }

    // RFC 3264 §8: a later offer never has fewer lines than the one before.
    [Fact]
    public void Lines_that_were_there_stay_as_refused_ones()
    {
        Accept(MediaSide.A, "m=audio 5000 RTP/AVP 0\nm=video 7000 RTP/AVP 96");
        Create(MediaSide.B);
        _rig.Answer(MediaSide.B, "m=audio 6000 RTP/AVP 0");
        Assert.Equal([false, true], Create(MediaSide.A).Media.Select(m => m.IsOff));
    }
}
