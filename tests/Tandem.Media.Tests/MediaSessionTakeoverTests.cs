using System.Buffers.Binary;
using System.Text;
using Tandem.Media.Rtcp;

namespace Tandem.Media.Tests;

/// <summary>A phone goes from one session to another, as after a transfer or when it retrieves a parked call.</summary>
public sealed class MediaSessionTakeoverTests : EngineRig
{
    private const uint Music = 0x1111;
    private const uint Bob = 0x2222;

    // RFC 3550 §5.1: numbers begin anywhere; a phone that keeps its jitter buffer would take half of all beginnings for packets that come too late.
    [Theory]
    [InlineData(true, 100)]
    [InlineData(true, 49_000)]
    [InlineData(false, 100)]
    [InlineData(false, 49_000)]
    public void What_a_phone_hears_in_its_next_session_is_numbered_on(bool epoll, int begins)
    {
        using var relay = Relay(epoll);
        using var a = new Phone();
        using var cleo = new Phone();
        using var b = new Phone();
        var before = relay.Open(_ => { })!;
        var (_, portForA) = Connect(before, a, cleo);
        AssertHeard(cleo, 50_000, a, portForA, Phone.Packet(50_000, Music));

        var after = relay.Open(_ => { })!;
        var offer = after.Offer(MediaSide.A, b.Sdp());
        after.ContinueStreams(MediaSide.B, before, MediaSide.B);
        var portForB = Phone.PortOf(after.Answer(MediaSide.B, cleo.Sdp()).Sdp);
        before.Close();
        for (var i = 0; i < 3; i++)
        {
            b.Send(Phone.Packet((ushort)(begins + i), Bob), portForB);
            var heard = Phone.Receive(cleo.Rtp)!;
            Assert.Equal(Bob, BinaryPrimitives.ReadUInt32BigEndian(heard.AsSpan(8)));
            Assert.Equal(50_017 + i, SequenceOf(heard));
        }

        // The other side heard nobody before: it is sent what came.
        AssertHeard(b, 7, cleo, Phone.PortOf(offer.Sdp), Phone.Packet(7, Music));
        after.Close();
        WaitUntil(() => relay.PortsInUse == 0);
    }

    // A mailbox that begins to speak in the moment in which its caller leaves: what was numbered at random meanwhile is put right when it ends.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_the_old_session_first_sent_after_the_side_had_left_counts_as_well(bool epoll)
    {
        using var relay = Relay(epoll);
        using var a = new Phone();
        using var cleo = new Phone();
        using var b = new Phone();
        var before = relay.Open(_ => { })!;
        var (_, portForA) = Connect(before, a, cleo);
        var after = relay.Open(_ => { })!;
        after.Offer(MediaSide.A, b.Sdp());
        after.ContinueStreams(MediaSide.B, before, MediaSide.B);
        var portForB = Phone.PortOf(after.Answer(MediaSide.B, cleo.Sdp()).Sdp);
        AssertHeard(cleo, 50_000, a, portForA, Phone.Packet(50_000, Music));
        AssertHeard(cleo, 40_000, b, portForB, Phone.Packet(40_000, Bob));

        var ports = relay.PortsInUse;
        before.Close();
        WaitUntil(() => relay.PortsInUse < ports);
        AssertHeard(cleo, 50_001, b, portForB, Phone.Packet(40_001, Bob));
        after.Close();
        WaitUntil(() => relay.PortsInUse == 0);
    }

    // Both come before there is a line: each keeps its own.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Two_who_come_from_other_sessions_are_both_numbered_on(bool epoll)
    {
        using var relay = Relay(epoll);
        using var a = new Phone();
        using var cleo = new Phone();
        using var b = new Phone();
        using var dan = new Phone();
        var (first, second) = (relay.Open(_ => { })!, relay.Open(_ => { })!);
        var (_, portForA) = Connect(first, a, cleo);
        var (_, portForB) = Connect(second, b, dan);
        AssertHeard(cleo, 50_000, a, portForA, Phone.Packet(50_000, Music));
        AssertHeard(dan, 60_000, b, portForB, Phone.Packet(60_000, Music));

        var after = relay.Open(_ => { })!;
        after.ContinueStreams(MediaSide.A, first, MediaSide.B);
        var portForDan = Phone.PortOf(after.Offer(MediaSide.A, cleo.Sdp()).Sdp);
        after.ContinueStreams(MediaSide.B, second, MediaSide.B);
        var portForCleo = Phone.PortOf(after.Answer(MediaSide.B, dan.Sdp()).Sdp);
        first.Close();
        second.Close();
        AssertHeard(cleo, 50_017, dan, portForDan, Phone.Packet(100, Bob));
        AssertHeard(dan, 60_017, cleo, portForCleo, Phone.Packet(100, Bob));
        after.Close();
        WaitUntil(() => relay.PortsInUse == 0);
    }

    // RFC 4588 §4: what the next phone sends again begins with the number that the packet had, by which this phone never knew it.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_picture_that_is_sent_again_after_a_transfer_lands_where_it_was_missed(bool epoll)
    {
        const uint Again = 0x3333;
        using var relay = Relay(epoll);
        using var a = new Phone();
        using var cleo = new Phone();
        using var b = new Phone();
        var before = relay.Open(_ => { })!;
        before.Offer(MediaSide.A, Video(a, 96, 97));
        var portForA = Phone.PortOf(before.Answer(MediaSide.B, Video(cleo, 100, 101)).Sdp);
        a.Send(Phone.Packet(50_000, Music, type: 96), portForA);
        Assert.Equal(50_000, SequenceOf(Phone.Receive(cleo.Rtp)));
        a.Send(Repeat(9_000, Music + 1, 97, 50_000), portForA);
        var repeated = Phone.Receive(cleo.Rtp)!;
        Assert.Equal((101, 9_000, 50_000), (repeated[1], SequenceOf(repeated), OriginalOf(repeated)));

        var after = relay.Open(_ => { })!;
        var portForCleo = Phone.PortOf(after.Offer(MediaSide.A, Video(b, 98, 99)).Sdp);
        after.ContinueStreams(MediaSide.B, before, MediaSide.B);
        var portForB = Phone.PortOf(after.Answer(MediaSide.B, Video(cleo, 100, 101)).Sdp);
        before.Close();
        for (ushort i = 0; i < 3; i++)
        {
            b.Send(Phone.Packet((ushort)(100 + i), Bob, type: 98), portForB);
            Assert.Equal(51_025 + i, SequenceOf(Phone.Receive(cleo.Rtp)));
        }

        // Cleo asks for the packet in the middle, and gets it.
        cleo.SendRtcp(Nack(1, Bob, 51_026), portForCleo + 1);
        var asked = Phone.Receive(b.Rtcp)!;
        Assert.Equal(101, BinaryPrimitives.ReadUInt16BigEndian(asked.AsSpan(^4)));
        b.Send(Repeat(40_000, Again, 99, 101), portForB);
        repeated = Phone.Receive(cleo.Rtp)!;
        Assert.Equal((101, Again, 51_026), (repeated[1], BinaryPrimitives.ReadUInt32BigEndian(repeated.AsSpan(8)), OriginalOf(repeated)));
        Assert.Equal(Repeat(0, 0, 0, 0)[14..], repeated[14..]);

        // A probe repeats nothing: its payload is padding alone.
        b.Send(Padded(40_001, Again, 99), portForB);
        Assert.Equal(Padded(40_001, Again, 99)[12..], Phone.Receive(cleo.Rtp)![12..]);
        b.Send(Phone.Packet(103, Bob, type: 98), portForB);
        Assert.Equal(51_028, SequenceOf(Phone.Receive(cleo.Rtp)));
        after.Close();
        WaitUntil(() => relay.PortsInUse == 0);
    }

    // A third of a second of a 4 Mbit/s picture is 150 packets of 1,200 bytes: 16 were sent within 50 ms.
    [Theory]
    [InlineData("audio", 16)]
    [InlineData("video", 1_024)]
    [InlineData(null, 16)]
    public void Enough_numbers_are_left_out_for_what_the_old_session_still_sends(string? kind, int packets) => Assert.Equal(packets, MediaSession.LeavingPackets(kind));

    private static void AssertHeard(Phone by, int number, Phone from, int port, byte[] packet)
    {
        from.Send(packet, port);
        Assert.Equal(number, SequenceOf(Phone.Receive(by.Rtp)));
    }

    private static int SequenceOf(byte[]? packet) => BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(2));

    private static int OriginalOf(byte[] packet) => BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(12));

    private static byte[] Video(Phone phone, int picture, int again) => Encoding.ASCII.GetBytes(
        $"v=0\r\no=phone 1 1 IN IP4 {phone.Address}\r\ns=-\r\nc=IN IP4 {phone.Address}\r\nt=0 0\r\nm=video {phone.Port} RTP/AVPF {picture} {again}\r\n"
        + $"a=rtpmap:{picture} VP8/90000\r\na=rtcp-fb:{picture} nack\r\na=rtpmap:{again} rtx/90000\r\na=fmtp:{again} apt={picture};rtx-time=3000\r\n");

    private static byte[] Repeat(ushort sequence, uint ssrc, byte type, ushort original)
    {
        var packet = Phone.Packet(sequence, ssrc, type: type);
        packet.AsSpan(12).Fill(0x5A);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(12), original);
        return packet;
    }

    private static byte[] Padded(ushort sequence, uint ssrc, byte type)
    {
        var packet = Phone.Packet(sequence, ssrc, payload: 224, type);
        packet[0] |= 0x20;
        packet[^1] = 224;
        return packet;
    }

    private static byte[] Nack(uint sender, uint ssrc, ushort missing)
    {
        var buffer = new byte[64];
        var writer = new RtcpWriter(buffer);
        writer.AddNack(sender, ssrc, missing, 0);
        return buffer[..writer.Length];
    }
}
