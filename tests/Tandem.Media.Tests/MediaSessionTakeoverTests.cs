using System.Buffers.Binary;

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
        a.Send(Phone.Packet(50_000, Music), portForA);
        Assert.Equal(50_000, SequenceOf(Phone.Receive(cleo.Rtp)));

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
        cleo.Send(Phone.Packet(7, Music), Phone.PortOf(offer.Sdp));
        Assert.Equal(7, SequenceOf(Phone.Receive(b.Rtp)));
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
        a.Send(Phone.Packet(50_000, Music), portForA);
        Assert.Equal(50_000, SequenceOf(Phone.Receive(cleo.Rtp)));
        b.Send(Phone.Packet(40_000, Bob), portForB);
        Assert.Equal(40_000, SequenceOf(Phone.Receive(cleo.Rtp)));

        var ports = relay.PortsInUse;
        before.Close();
        WaitUntil(() => relay.PortsInUse < ports);
        b.Send(Phone.Packet(40_001, Bob), portForB);
        Assert.Equal(50_001, SequenceOf(Phone.Receive(cleo.Rtp)));
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
        a.Send(Phone.Packet(50_000, Music), portForA);
        Assert.Equal(50_000, SequenceOf(Phone.Receive(cleo.Rtp)));
        b.Send(Phone.Packet(60_000, Music), portForB);
        Assert.Equal(60_000, SequenceOf(Phone.Receive(dan.Rtp)));

        var after = relay.Open(_ => { })!;
        after.ContinueStreams(MediaSide.A, first, MediaSide.B);
        var portForDan = Phone.PortOf(after.Offer(MediaSide.A, cleo.Sdp()).Sdp);
        after.ContinueStreams(MediaSide.B, second, MediaSide.B);
        var portForCleo = Phone.PortOf(after.Answer(MediaSide.B, dan.Sdp()).Sdp);
        first.Close();
        second.Close();
        dan.Send(Phone.Packet(100, Bob), portForDan);
        Assert.Equal(50_017, SequenceOf(Phone.Receive(cleo.Rtp)));
        cleo.Send(Phone.Packet(100, Bob), portForCleo);
        Assert.Equal(60_017, SequenceOf(Phone.Receive(dan.Rtp)));
        after.Close();
        WaitUntil(() => relay.PortsInUse == 0);
    }

    // A third of a second of a 4 Mbit/s picture is 150 packets of 1,200 bytes: 16 were sent within 50 ms.
    [Theory]
    [InlineData("audio", 16)]
    [InlineData("video", 1_024)]
    [InlineData(null, 16)]
    public void Enough_numbers_are_left_out_for_what_the_old_session_still_sends(string? kind, int packets) => Assert.Equal(packets, MediaSession.LeavingPackets(kind));

    private static int SequenceOf(byte[]? packet) => BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(2));
}
