using System.Buffers.Binary;
using Tandem.Core.Time;
using Tandem.Media.Plan;
using Tandem.Media.Relay;
using Tandem.Media.Rtcp;
using static Tandem.Media.Tests.Transport.MediaPlans;

namespace Tandem.Media.Tests.Transport;

/// <summary>RTCP where a line ends here, and where it passes (RFC 3550 §6), in virtual time.</summary>
public sealed class ReportTransportTests
{
    private readonly VirtualSession _session = new();
    private Moment _now = Moment.FromMilliseconds(1000);

    private void Run(double seconds)
    {
        for (var end = _now + TimeSpan.FromSeconds(seconds); _now < end;)
        {
            _now += TimeSpan.FromMilliseconds(20);
            _session.Advance(_now);
        }
    }

    private static List<(byte Type, uint Ssrc)> Blocks(byte[] compound)
    {
        var list = new List<(byte, uint)>();
        for (var at = 0; at < compound.Length; at += (BinaryPrimitives.ReadUInt16BigEndian(compound.AsSpan(at + 2)) + 1) * 4)
            list.Add((compound[at + 1], BinaryPrimitives.ReadUInt32BigEndian(compound.AsSpan(at + 4))));
        return list;
    }

    [Fact]
    public void A_line_that_ends_here_reports_to_each_side_on_its_own()
    {
        _session.Apply(OneLine(To(A, mux: false), canRelay: false), _now);
        for (ushort i = 0; i < 100; i++)
            _session.Receive(MediaSide.A, Phone.Packet(i, 0xAAAA), A, _now);
        Run(30);
        var sent = _session.TakeSent();
        var toA = sent.Where(s => s.Target == A.WithPort(5001)).Select(s => Blocks(s.Packet)).ToList();
        var toB = sent.Where(s => s.Target == B).Select(s => Blocks(s.Packet)).ToList();
        Assert.Equal(sent.Count, toA.Count + toB.Count);
        Assert.InRange(toA.Count, 3, 14);
        Assert.InRange(toB.Count, 3, 14);
        Assert.All(toA, blocks => Assert.Equal([201, 202], blocks.Select(block => (int)block.Type)));

        // One report block, about what came.
        Assert.Equal(0xAAAAu, BinaryPrimitives.ReadUInt32BigEndian(sent.First(s => s.Target == A.WithPort(5001)).Packet.AsSpan(8)));
        Assert.NotEqual(toA[0][0].Ssrc, toB[0][0].Ssrc);
    }

    [Fact]
    public void What_we_send_is_told_by_sender_reports_and_the_end_by_bye()
    {
        _session.Apply(OneLine(canRelay: false), _now);
        var leg = _session.Core.Lines[0].A;
        leg.IsFed = true;
        var buffer = new byte[172 + 32];
        for (ushort i = 0; i < 1500; i++)
        {
            Phone.Packet(i, 0xBEEF).CopyTo(buffer, 0);
            leg.Send(buffer, 172);
            Run(0.02);
        }

        var reports = _session.TakeSent().Where(s => s.Target == A && s.Packet[1] == RtcpPacket.SenderReport).ToList();
        Assert.InRange(reports.Count, 3, 14);
        Assert.All(reports, report => Assert.Equal((RtcpPacket.SenderReport, 0xBEEFu), Blocks(report.Packet)[0]));
        _session.Core.Stop(_now);
        var byes = _session.TakeSent();
        Assert.Equal([A, B], byes.Select(s => s.Target));
        Assert.All(byes, s => Assert.Equal(203, Blocks(s.Packet)[^1].Type));
        Assert.Equal(0xBEEFu, Blocks(byes[0].Packet)[^1].Ssrc);
        Assert.Equal(0, _session.Loop.Wheel.Count);
        Assert.Equal(0, _session.Loop.Counters.SendErrors);
    }

    [Fact]
    public void While_packets_pass_the_sides_report_to_each_other_and_we_read_along()
    {
        _session.Apply(OneLine(), _now);
        var line = _session.Core.Lines[0];
        _session.Receive(MediaSide.A, Phone.Packet(1, 0xAAAA), A, _now);
        _session.TakeSent();

        // A's sender report passes; B's answer to it tells the round trip from us to B: 200 ms less the 100 ms that B waited.
        var report = new byte[28];
        report[0] = 0x80;
        report[1] = 200;
        report[3] = 6;
        BinaryPrimitives.WriteUInt32BigEndian(report.AsSpan(4), 0xAAAA);
        BinaryPrimitives.WriteUInt64BigEndian(report.AsSpan(8), 0x1234_5678_9ABC_DEF0);
        Assert.Equal(PacketVerdict.Rtcp, _session.Receive(MediaSide.A, report, A, _now));
        _now += TimeSpan.FromMilliseconds(200);
        var answer = new byte[32];
        answer[0] = 0x81;
        answer[1] = 201;
        answer[3] = 7;
        BinaryPrimitives.WriteUInt32BigEndian(answer.AsSpan(4), 0xBBBB);
        BinaryPrimitives.WriteUInt32BigEndian(answer.AsSpan(8), 0xAAAA);
        answer[12] = 64;
        BinaryPrimitives.WriteUInt32BigEndian(answer.AsSpan(24), 0x5678_9ABC);
        BinaryPrimitives.WriteUInt32BigEndian(answer.AsSpan(28), 65536 / 10);
        Assert.Equal(PacketVerdict.Rtcp, _session.Receive(MediaSide.B, answer, B, _now));
        Assert.Equal([report, answer], _session.TakeSent().Select(s => s.Packet));
        Assert.InRange(line.B.Remote.RoundTripMilliseconds!.Value, 99, 101);
        Assert.Equal(0.25, line.B.Remote.LossFraction);
        Assert.Equal(0, line.A.Remote.Reports);

        Run(30);
        Assert.Empty(_session.TakeSent());
    }

    [Fact]
    public void A_line_that_was_off_reports_again_when_it_is_on()
    {
        // RFC 3550 §6.3.7: it left with a BYE; on again it is a new member, and not one that leaves.
        var plan = OneLine(canRelay: false);
        _session.Apply(plan, _now);
        for (ushort i = 0; i < 100; i++)
            _session.Receive(MediaSide.A, Phone.Packet(i, 0xAAAA), A, _now);
        Run(30);
        _session.Apply(new MediaPlan([null], [null], [null], false, false), _now);
        _session.TakeSent();
        _session.Apply(plan, _now);
        _session.Receive(MediaSide.A, Phone.Packet(200, 0xAAAA), A, _now);
        Run(60);
        var reports = _session.TakeSent().Where(s => s.Target == A).Select(s => Blocks(s.Packet)).ToList();
        Assert.InRange(reports.Count, 6, 28);
        Assert.All(reports, blocks => Assert.DoesNotContain(blocks, block => block.Type == 203));
    }
}
