using System.Buffers.Binary;
using Tandem.Core.Time;
using Tandem.Media.Plan;
using Tandem.Media.Relay;
using Tandem.Media.Rtcp;
using static Tandem.Media.Tests.Transport.MediaPlans;

namespace Tandem.Media.Tests.Transport;

/// <summary>
/// Feedback that passes (RFC 4585): what a side asks for is asked of the packet and the SSRC that the other one sent, also where they were renumbered on
/// their way; what a side reports of itself is what the other one sees of it.
/// </summary>
public sealed class RtcpRenumberingTests
{
    private const uint SsrcA = 0xA0A0;
    private const uint SsrcB = 0xB0B0;

    private readonly VirtualSession _session = new();
    private readonly Moment _now = Moment.FromMilliseconds(1000);
    private readonly byte[] _buffer = new byte[1024];

    // A phone hears, after it was transferred, numbers that go on from what it heard before.
    [Fact]
    public void What_is_missing_is_asked_for_by_the_number_of_who_sent_it()
    {
        _session.Apply(OneLine(), _now);
        _session.Core.Continue(MediaSide.B, [4_999]);
        for (ushort i = 0; i < 3; i++)
            Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.A, Phone.Packet((ushort)(65_535 + i), SsrcA), A, _now));
        Assert.Equal([5_000, 5_001, 5_002], _session.TakeSent().Select(s => (int)BinaryPrimitives.ReadUInt16BigEndian(s.Packet.AsSpan(2))));

        var passed = Pass(MediaSide.B, w =>
        {
            w.AddReceiverReport(SsrcB, [Block(SsrcA, 5_002), Block(0x77, 5_002)]);
            w.AddNack(SsrcB, SsrcA, 5_001, 0x8001);
            w.AddNack(SsrcB, 0x77, 5_001, 0);
            w.AddPictureLoss(SsrcB, SsrcA);
            return w;
        });
        Assert.Equal(
            Written(w =>
            {
                w.AddReceiverReport(SsrcB, [Block(SsrcA, 1), Block(0x77, 5_002)]);
                w.AddNack(SsrcB, SsrcA, 0, 0x8001);
                w.AddNack(SsrcB, 0x77, 5_001, 0);
                w.AddPictureLoss(SsrcB, SsrcA);
                return w;
            }),
            passed);

        // The other direction was not renumbered.
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.B, Phone.Packet(9, SsrcB), B, _now));
        Assert.Single(_session.TakeSent());
        var nack = Written(w =>
        {
            w.AddNack(SsrcA, SsrcB, 9, 0);
            return w;
        });
        Assert.Equal(nack, Pass(MediaSide.A, w =>
        {
            w.AddNack(SsrcA, SsrcB, 9, 0);
            return w;
        }));
    }

    // A browser is sent one SSRC, whatever it is made of: here another phone's packets follow, as after a pickup.
    [Fact]
    public void A_browser_speaks_of_the_one_stream_that_it_hears_and_hears_of_that_one_alone()
    {
        _session.Apply(Steady(), _now);
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.A, Phone.Packet(100, 0x11), A, _now));
        Assert.Equal(PacketVerdict.Rtp, _session.Receive(MediaSide.A, Phone.Packet(7_000, SsrcA), A, _now + TimeSpan.FromMilliseconds(20)));
        var sent = _session.TakeSent();
        Assert.Equal((101, 0x11u), (BinaryPrimitives.ReadUInt16BigEndian(sent[1].Packet.AsSpan(2)), BinaryPrimitives.ReadUInt32BigEndian(sent[1].Packet.AsSpan(8))));
        var shift = BinaryPrimitives.ReadUInt32BigEndian(sent[1].Packet.AsSpan(4)) - (7_000 * 160u);

        Assert.Equal(
            Written(w =>
            {
                w.AddReceiverReport(SsrcB, [Block(SsrcA, 7_000)]);
                w.AddNack(SsrcB, SsrcA, 7_000, 0);
                w.AddIntraRequest(SsrcB, SsrcA, 3);
                return w;
            }),
            Pass(MediaSide.B, w =>
            {
                w.AddReceiverReport(SsrcB, [Block(0x11, 101)]);
                w.AddNack(SsrcB, 0x11, 101, 0);
                w.AddIntraRequest(SsrcB, 0x11, 3);
                return w;
            }));

        var sender = new RtcpSenderInfo(SsrcA, 0x1234_5678_9ABC_DEF0, 7_000 * 160, 5, 800);
        Assert.Equal(
            Written(w =>
            {
                w.AddSenderReport(sender with { Ssrc = 0x11, RtpTimestamp = (7_000 * 160) + shift }, []);
                w.AddCname(0x11, "phone"u8);
                w.AddNack(0x11, SsrcB, 1, 0);
                w.AddBye(0x11);
                return w;
            }),
            Pass(MediaSide.A, w =>
            {
                w.AddSenderReport(sender, []);
                w.AddCname(SsrcA, "phone"u8);
                w.AddNack(SsrcA, SsrcB, 1, 0);
                w.AddBye(SsrcA);
                return w;
            }));
    }

    // Whatever a compound holds, and wherever it ends: its length stays, and nothing is thrown.
    [Fact]
    public void Any_compound_survives()
    {
        _session.Apply(Steady(), _now);
        _session.Receive(MediaSide.A, Phone.Packet(100, 0x11), A, _now);
        _session.Receive(MediaSide.A, Phone.Packet(7_000, SsrcA), A, _now);
        _session.TakeSent();
        var random = new Random(4);
        var passed = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var compound = new byte[4 * random.Next(1, 40)];
            random.NextBytes(compound);
            for (var at = 0; at < compound.Length;)
            {
                var words = random.Next(1, ((compound.Length - at) / 4) + 1);
                (compound[at], compound[at + 1]) = ((byte)(0x80 | random.Next(32)), (byte)random.Next(200, 208));
                BinaryPrimitives.WriteUInt16BigEndian(compound.AsSpan(at + 2), (ushort)(words - 1));
                at += words * 4;
            }

            var isA = random.Next(2) == 0;
            Assert.Equal(PacketVerdict.Rtcp, _session.Receive(isA ? MediaSide.A : MediaSide.B, compound, isA ? A : B, _now));
            Assert.Equal(compound.Length, Assert.Single(_session.TakeSent()).Packet.Length);
            passed++;
        }

        Assert.Equal(20_000, passed);
    }

    private delegate RtcpWriter Write(RtcpWriter writer);

    private static MediaPlan Steady()
    {
        var plan = OneLine();
        return plan with { Lines = [plan.Lines[0]! with { B = plan.Lines[0]!.B! with { IsSteady = true } }] };
    }

    private static RtcpReportBlock Block(uint ssrc, uint last) => new(ssrc, 1, 2, last, 3, 4, 5);

    private byte[] Written(Write write) => _buffer[..write(new RtcpWriter(_buffer)).Length];

    private byte[] Pass(MediaSide from, Write write)
    {
        Assert.Equal(PacketVerdict.Rtcp, _session.Receive(from, Written(write), from == MediaSide.A ? A : B, _now));
        return Assert.Single(_session.TakeSent()).Packet;
    }
}
