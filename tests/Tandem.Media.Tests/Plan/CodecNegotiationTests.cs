using Tandem.Media.Codecs;
using Tandem.Media.Plan;
using Tandem.Media.Sdp;

namespace Tandem.Media.Tests.Plan;

/// <summary>Which codecs are offered, which are agreed on, and what the plan does with them.</summary>
public sealed class CodecNegotiationTests
{
    private const string Opus96 = "a=rtpmap:96 opus/48000/2\n";
    private const string Event101 = "a=rtpmap:101 telephone-event/8000\na=fmtp:101 0-16\n";

    private readonly NegotiationRig _rig = new();

    // The offerer's codecs come first, in the order of the policy; then what passes unread; then what we can transcode. Events for each rate.
    [Theory]
    [InlineData("0", "", "0 PCMU/8000, 111 opus/48000 useinbandfec=1, 9 G722/8000, 8 PCMA/8000, 18 G729/8000, 101 telephone-event/8000 0-15, 110 telephone-event/48000 0-15")]
    [InlineData("8 96 0 101", Opus96 + "a=fmtp:96 stereo=1\n" + Event101, "96 opus/48000 stereo=1, 0 PCMU/8000, 8 PCMA/8000, 9 G722/8000, 18 G729/8000, 110 telephone-event/48000 0-15, 101 telephone-event/8000 0-16")]
    [InlineData("97 0", "a=rtpmap:97 speex/16000\n", "0 PCMU/8000, 97 speex/16000, 111 opus/48000 useinbandfec=1, 9 G722/8000, 8 PCMA/8000, 18 G729/8000, 101 telephone-event/8000 0-15, 110 telephone-event/48000 0-15")]
    [InlineData("4", "", "4 G723/8000")]
    [InlineData("0 13 111", "a=rtpmap:111 x/8000\n", "0 PCMU/8000, 111 x/8000, 96 opus/48000 useinbandfec=1, 9 G722/8000, 8 PCMA/8000, 18 G729/8000, 101 telephone-event/8000 0-15, 110 telephone-event/48000 0-15, 13 CN/8000")]
    [InlineData("3", "", "3 GSM/8000, 111 opus/48000 useinbandfec=1, 9 G722/8000, 0 PCMU/8000, 8 PCMA/8000, 18 G729/8000, 101 telephone-event/8000 0-15, 110 telephone-event/48000 0-15")]
    public void An_offer_goes_on_with_what_we_can_add(string types, string maps, string expected) =>
        Assert.Equal(expected, NegotiationRig.Formats(_rig.Offer(MediaSide.A, $"m=audio 5000 RTP/AVP {types}\n{maps}")));

    [Theory]
    // Both share the first choice: it passes, under the same numbers.
    [InlineData("0 8 101", Event101, "8 0 101", Event101, "8 PCMA/8000, 0 PCMU/8000, 101 telephone-event/8000 0-16", true)]
    [InlineData("96 0", Opus96, "96", Opus96 + "a=fmtp:96 useinbandfec=1\n", "96 opus/48000 useinbandfec=1", true)]
    // They share nothing: everything of the offer that we read.
    [InlineData("8 0 101", Event101, "111", "a=rtpmap:111 opus/48000/2\n", "0 PCMU/8000, 8 PCMA/8000, 101 telephone-event/8000 0-16", false)]
    [InlineData("96", Opus96, "0", "", "96 opus/48000 useinbandfec=1", false)]
    // What only passes, passes.
    [InlineData("0 4", "", "4", "", "4 G723/8000", true)]
    [InlineData("0 97", "a=rtpmap:97 iLBC/8000\na=fmtp:97 mode=20\n", "97", "a=rtpmap:97 iLBC/8000\na=fmtp:97 mode=30\n", "97 iLBC/8000 mode=30", true)]
    // The answerer prefers what the offerer does not speak, and takes a shared one as well.
    [InlineData("0", "", "111 0", "a=rtpmap:111 opus/48000/2\n", "0 PCMU/8000", false)]
    // G.729 with silence frames and without are two (RFC 4856 §2.1.9).
    [InlineData("18", "a=fmtp:18 annexb=no\n", "18", "", "18 G729/8000 annexb=no", false)]
    public void An_answer_settles_on_what_both_share(string offered, string maps, string answered, string answerMaps, string expected, bool canRelay)
    {
        _rig.Offer(MediaSide.A, $"m=audio 5000 RTP/AVP {offered}\n{maps}");
        Assert.Equal(expected, NegotiationRig.Formats(_rig.Answer(MediaSide.B, $"m=audio 6000 RTP/AVP {answered}\n{answerMaps}")));
        Assert.Equal(canRelay, _rig.Line().CanRelay);
    }

    [Fact]
    public void Transcoding_takes_the_first_choice_of_each_side()
    {
        _rig.Offer(MediaSide.A, "m=audio 5000 RTP/AVP 8 0 13\na=ptime:30\na=maxptime:40");
        _rig.Answer(MediaSide.B, "m=audio 6000 RTP/AVP 111 110\na=rtpmap:111 opus/48000/2\na=fmtp:111 usedtx=1\na=rtpmap:110 telephone-event/48000\na=ptime:60\na=maxptime:40");
        var (a, b) = (_rig.Line().A!.Audio!, _rig.Line().B!.Audio!);
        Assert.Equal([AudioCodec.Pcmu, AudioCodec.Pcma], a.Receives.Select(f => f.Format.Codec));
        Assert.Equal((0, 111, "usedtx=1"), (a.Sends!.PayloadType, b.Sends!.PayloadType, b.Sends.Parameters));
        Assert.Equal((30, 40), (a.PacketMilliseconds, b.PacketMilliseconds));
        Assert.Equal((13, -1), (a.ComfortNoiseIn, b.ComfortNoiseIn));
        Assert.Equal((-1, 110), (a.EventOut, b.EventOut));
        Assert.Equal([110], b.EventsIn);
        Assert.Equal(LinePlan.NotShared, _rig.Line().BToA![110]);
        Assert.Equal(LinePlan.NotShared, _rig.Line().AToB![0]);
    }

    // RFC 3264 §5.1: a number means what the description says in which it stands.
    [Fact]
    public void Payload_types_are_renamed_where_the_numbers_differ()
    {
        _rig.Offer(MediaSide.A, "m=audio 5000 RTP/AVP 96 101\n" + Opus96 + Event101);
        _rig.Answer(MediaSide.B, "m=audio 6000 RTP/AVP 120 121\na=rtpmap:120 opus/48000/2\na=rtpmap:121 telephone-event/8000");
        Assert.True(_rig.Line().CanRelay);
        Assert.Equal((120, 121), (_rig.Line().AToB![96], _rig.Line().AToB![101]));

        // B numbers as we told it, or as it told us: both are taken.
        Assert.Equal([true, true, true, true], new[] { 96, 101, 120, 121 }.Select(t => _rig.Line().B!.Payloads.Contains(t)));
        Assert.Equal((96, 96, 101, 101), (_rig.Line().BToA![96], _rig.Line().BToA![120], _rig.Line().BToA![101], _rig.Line().BToA![121]));
        Assert.Equal([96, 120], _rig.Line().B!.Audio!.Receives.Select(f => f.PayloadType));
        Assert.Equal([101, 121], _rig.Line().B!.Audio!.EventsIn);
    }

    [Fact]
    public void A_number_of_the_session_before_keeps_its_codec()
    {
        _rig.Offer(MediaSide.A, "m=audio 5000 RTP/AVP 96\n" + Opus96);
        _rig.Answer(MediaSide.B, "m=audio 6000 RTP/AVP 96\n" + Opus96);
        var again = _rig.Offer(MediaSide.A, "m=audio 5000 RTP/AVP 96 0\na=rtpmap:96 speex/8000");
        Assert.DoesNotContain(again.Media[0].Formats, f => f.PayloadType == 96 && !f.Is("opus"));
        _rig.Answer(MediaSide.B, $"m=audio 6000 RTP/AVP {again.Media[0].Formats.Single(f => f.Is("speex")).Token}\na=rtpmap:{again.Media[0].Formats.Single(f => f.Is("speex")).Token} speex/8000");
        Assert.True(_rig.Line().CanRelay);
        Assert.Equal(again.Media[0].Formats.Single(f => f.Is("speex")).PayloadType, _rig.Line().AToB![96]);
    }

    [Fact]
    public void An_event_that_the_other_side_does_not_take_is_for_us()
    {
        _rig.Offer(MediaSide.A, "m=audio 5000 RTP/AVP 0");
        var answer = _rig.Answer(MediaSide.B, "m=audio 6000 RTP/AVP 0 101\n" + Event101);
        Assert.Equal("0 PCMU/8000", NegotiationRig.Formats(answer));
        Assert.True(_rig.Line().CanRelay);
        Assert.Equal(LinePlan.NotShared, _rig.Line().BToA![101]);
        Assert.Equal(0, _rig.Line().BToA![0]);
        Assert.Null(_rig.Line().AToB);
    }

    // RFC 2198 §5: its blocks name payload types inside the packet.
    [Theory]
    [InlineData("63", true)]
    [InlineData("0", false)]
    public void Redundancy_passes_where_the_numbers_inside_stay(string second, bool expected)
    {
        var offer = _rig.Offer(MediaSide.A, $"m=audio 5000 RTP/AVP 96 63\n{Opus96}a=rtpmap:63 red/48000/2\na=fmtp:63 96/{(second == "63" ? "96" : "99")}");
        Assert.Equal(expected, offer.Media[0].Formats.Any(f => f.Is("red")));
    }

    // RFC 2198 §5: whoever listens to a relayed call reads what both sides agreed on.
    [Theory]
    [InlineData(true, 63)]
    [InlineData(false, -1)]
    public void Redundancy_that_both_share_is_read(bool isShared, int expected)
    {
        const string Red = "a=rtpmap:63 red/48000/2\na=fmtp:63 96/96\n";
        _rig.Offer(MediaSide.A, "m=audio 5000 RTP/AVP 96 63\n" + Opus96 + Red);
        var answer = _rig.Answer(MediaSide.B, isShared ? "m=audio 6000 RTP/AVP 96 63\n" + Opus96 + Red : "m=audio 6000 RTP/AVP 96\n" + Opus96);
        Assert.Equal(isShared, answer.Media[0].Formats.Any(f => f.Is("red")));
        Assert.True(_rig.Line().CanRelay);
        Assert.Equal((expected, expected), (_rig.Line().A!.Audio!.RedundancyIn, _rig.Line().B!.Audio!.RedundancyIn));
    }

    [Theory]
    [InlineData("opus,PCMA", "8 PCMA/8000, 111 opus/48000 useinbandfec=1, 101 telephone-event/8000 0-15, 110 telephone-event/48000 0-15")]
    [InlineData("PCMA,opus", "8 PCMA/8000, 111 opus/48000 useinbandfec=1, 101 telephone-event/8000 0-15, 110 telephone-event/48000 0-15")]
    [InlineData("PCMU", "0 PCMU/8000, 101 telephone-event/8000 0-15")]
    [InlineData("G722,PCMU,PCMA", "0 PCMU/8000, 8 PCMA/8000, 9 G722/8000, 101 telephone-event/8000 0-15")]
    public void A_side_is_offered_the_codecs_of_its_policy(string codecs, string expected)
    {
        _rig.Session.Expect(MediaSide.B, new LegPolicy { Codecs = AudioCodecs.Parse(codecs) });
        Assert.Equal(expected, NegotiationRig.Formats(_rig.Offer(MediaSide.A, "m=audio 5000 RTP/AVP 0 8")));
    }

    [Fact]
    public void A_side_may_not_use_other_codecs_than_its_own()
    {
        _rig.Session.Expect(MediaSide.A, new LegPolicy { Codecs = [AudioCodec.Pcma] });
        Assert.Equal(MediaError.NotAcceptable, _rig.Refused(_rig.Session.Offer(MediaSide.A, NegotiationRig.Sdp(MediaSide.A, "m=audio 5000 RTP/AVP 0"))));
        _rig.Offer(MediaSide.A, "m=audio 5000 RTP/AVP 0 8");
        Assert.Equal("8 PCMA/8000", NegotiationRig.Formats(_rig.Answer(MediaSide.B, "m=audio 6000 RTP/AVP 0 8")));
    }

    // RFC 8866 §6.4: what the one side wants is what the other one is told.
    [Fact]
    public void Packet_times_pass()
    {
        var offer = _rig.Offer(MediaSide.A, "m=audio 5000 RTP/AVP 0\na=ptime:30\na=maxptime:60");
        Assert.Equal((30, 60), (offer.Media[0].PacketMilliseconds, offer.Media[0].MaxPacketMilliseconds));
        var answer = _rig.Answer(MediaSide.B, "m=audio 6000 RTP/AVP 0\na=ptime:20");
        Assert.Equal((20, 0), (answer.Media[0].PacketMilliseconds, answer.Media[0].MaxPacketMilliseconds));

        // Who answers may take less than he was offered.
        answer = _rig.Answer(MediaSide.B, "m=audio 6000 RTP/AVP 0\na=maxptime:20");
        Assert.Equal((0, 20), (answer.Media[0].PacketMilliseconds, answer.Media[0].MaxPacketMilliseconds));
    }

    // What we make keeps to what each takes: a phone of 10 ms at most gets 10, whatever it would like; a codec whose frames are longer gets one frame.
    [Theory]
    [InlineData("0", "a=ptime:20\na=maxptime:10", 10)]
    [InlineData("0", "a=maxptime:10", 10)]
    [InlineData("0", "a=ptime:60\na=maxptime:40", 40)]
    [InlineData("0", "a=ptime:30\na=maxptime:60", 30)]
    [InlineData("3", "a=maxptime:10", 20)]
    public void Nothing_longer_is_sent_than_a_side_takes(string type, string attributes, int expected)
    {
        Assert.True(_rig.Session.Accept(MediaSide.A, NegotiationRig.Sdp(MediaSide.A, $"m=audio 5000 RTP/AVP {type}\n{attributes}")).IsAccepted);
        Assert.Equal(expected, _rig.Line().A!.Audio!.PacketMilliseconds);
    }

    // The answerer took something else than the offerer speaks, though it could do better: it is asked once.
    [Fact]
    public void A_side_that_makes_us_transcode_without_need_is_offered_less_once()
    {
        _rig.Offer(MediaSide.A, "m=audio 5000 RTP/AVP 0");
        _rig.Answer(MediaSide.B, "m=audio 6000 RTP/AVP 111 0\na=rtpmap:111 opus/48000/2");
        Assert.Equal((false, true), (_rig.Session.WantsReoffer(MediaSide.A), _rig.Session.WantsReoffer(MediaSide.B)));
        var offer = NegotiationRig.Read(_rig.Session.Create(MediaSide.B));
        Assert.Equal("0 PCMU/8000, 101 telephone-event/8000 0-15", NegotiationRig.Formats(offer));
        Assert.True(_rig.Answer(MediaSide.B, "m=audio 6000 RTP/AVP 0").Media.Count == 0);
        Assert.True(_rig.Line().CanRelay);
        Assert.False(_rig.Session.WantsReoffer(MediaSide.B));

        // It did, so a hold does not tempt it again.
        Assert.Equal("0 PCMU/8000, 101 telephone-event/8000 0-15", NegotiationRig.Formats(_rig.Offer(MediaSide.A, "m=audio 5000 RTP/AVP 0\na=sendonly")));
    }

    [Fact]
    public void A_side_that_keeps_to_its_choice_is_transcoded()
    {
        _rig.Offer(MediaSide.A, "m=audio 5000 RTP/AVP 0");
        _rig.Answer(MediaSide.B, "m=audio 6000 RTP/AVP 111\na=rtpmap:111 opus/48000/2");
        Assert.True(_rig.Session.WantsReoffer(MediaSide.B));
        var plan = _rig.Plan;
        _rig.Session.Create(MediaSide.B);
        _rig.Session.Abandon();
        Assert.Same(plan, _rig.Plan);

        // Glare may have been the reason: the next offer is as narrow. To switch the line off is a refusal, whatever the status was.
        Assert.Equal("0 PCMU/8000, 101 telephone-event/8000 0-15", NegotiationRig.Formats(NegotiationRig.Read(_rig.Session.Create(MediaSide.B))));
        Assert.Equal(MediaError.NotAcceptable, _rig.Refused(_rig.Session.Answer(MediaSide.B, NegotiationRig.Sdp(MediaSide.B, "m=audio 0 RTP/AVP 0"))));
        _rig.Session.Abandon();
        Assert.Same(plan, _rig.Plan);

        // What it is given back is what it had.
        _rig.Offer(MediaSide.A, "m=audio 5000 RTP/AVP 0");
        _rig.Answer(MediaSide.B, "m=audio 6000 RTP/AVP 111\na=rtpmap:111 opus/48000/2");
        Assert.False(_rig.Line().CanRelay);
    }

    // RFC 3264 §10.2: one codec of several is locked by a second exchange.
    [Fact]
    public void One_of_n_codecs_is_selected_by_a_second_offer()
    {
        Assert.Equal(SdpDirection.Inactive, _rig.Offer(MediaSide.A, "m=audio 62986 RTP/AVP 0 4 18\na=inactive").Media[0].Direction);
        Assert.Equal("0 PCMU/8000, 4 G723/8000", NegotiationRig.Formats(_rig.Answer(MediaSide.B, "m=audio 54344 RTP/AVP 0 4\na=inactive")));
        Assert.Equal("4 G723/8000", NegotiationRig.Formats(_rig.Offer(MediaSide.A, "m=audio 62986 RTP/AVP 4\na=sendrecv")));
        Assert.Equal("4 G723/8000", NegotiationRig.Formats(_rig.Answer(MediaSide.B, "m=audio 54344 RTP/AVP 4\na=sendrecv")));
        Assert.True(_rig.Line().CanRelay && _rig.Line().A!.Sends && _rig.Line().B!.Sends);
    }
}
