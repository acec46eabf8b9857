using Tandem.Core.Time;
using Tandem.Media.Rtcp;
using Tandem.Media.Rtp;
using Tandem.Testing;

namespace Tandem.Media.Tests.Rtcp;

public sealed class RtcpSessionTests
{
    private const uint Ours = 0x0A0A0A0A;
    private const uint Theirs = 0x0B0B0B0B;

    private readonly RtpStatistics _received = new();
    private readonly RtcpSession _session;
    private readonly byte[] _buffer = new byte[RtcpSession.MaxDatagramBytes];
    private Moment _now = Moment.FromMilliseconds(5_000);
    private ushort _sequence = 100;

    public RtcpSessionTests()
    {
        _session = new RtcpSession(new RtcpOptions(), _received, RtcpCname.Create(new Random(1)), Ours, new Random(2));
        _session.Start(_now);
    }

    private void Later(double milliseconds) => _now += TimeSpan.FromMilliseconds(milliseconds);

    private void Arrives(int skip = 0, uint ssrc = Theirs)
    {
        _sequence += (ushort)(1 + skip);
        _received.Count(new RtpHeader(0, false, _sequence, _sequence * 160u, ssrc, 12, 0), 172, 8000, _now);
        _session.OnReceived(ssrc, _now);
    }

    private byte[] NextReport()
    {
        for (var i = 0; i < 20; i++)
        {
            _now = _session.Deadline;
            var length = _session.OnDeadline(_now, _buffer);
            if (length > 0)
                return _buffer[..length];
        }

        throw new InvalidOperationException("no report");
    }

    private static byte[] Write(Action<RtcpWriterBox> write)
    {
        var box = new RtcpWriterBox();
        write(box);
        return box.Bytes;
    }

    private sealed class RtcpWriterBox
    {
        private readonly byte[] _room = new byte[512];

        public byte[] Bytes { get; private set; } = [];

        public RtcpWriterBox Sender(uint ssrc, ulong ntp, params RtcpReportBlock[] blocks) => Add((ref w) => w.AddSenderReport(new RtcpSenderInfo(ssrc, ntp, 0, 0, 0), blocks));

        public RtcpWriterBox Receiver(uint ssrc, params RtcpReportBlock[] blocks) => Add((ref w) => w.AddReceiverReport(ssrc, blocks));

        public RtcpWriterBox Bye(uint ssrc) => Add((ref w) => w.AddBye(ssrc));

        public RtcpWriterBox Picture(uint media) => Add((ref w) => w.AddPictureLoss(1, media));

        public RtcpWriterBox Intra(uint media) => Add((ref w) => w.AddIntraRequest(1, media, 1));

        public RtcpWriterBox Nack(uint media) => Add((ref w) => w.AddNack(1, media, 1, 0));

        private delegate void Writing(ref RtcpWriter writer);

        private RtcpWriterBox Add(Writing write)
        {
            var writer = new RtcpWriter(_room);
            write(ref writer);
            Bytes = [.. Bytes, .. _room[..writer.Length]];
            return this;
        }
    }

    // RFC 3550 §6.4.2, §6.1: who sends nothing says RR and CNAME; the blocks are about what came since the last one.
    [Fact]
    public void A_receiver_reports_loss_of_its_interval()
    {
        for (var i = 0; i < 75; i++)
            Arrives();
        Arrives(skip: 25);
        var report = NextReport();
        Assert.True(RtcpPacket.IsValid(report, encrypted: false));
        var reader = new RtcpReader(report);
        Assert.True(reader.TryRead(out var block));
        Assert.Equal((RtcpType.ReceiverReport, Ours, 1), (block.Type, block.Ssrc, block.Reports));

        // 101 expected, 25 lost.
        Assert.Equal((Theirs, (byte)(25 * 256 / 101), 25, (uint)_sequence, 0u), (block.Report(0).Ssrc, block.Report(0).FractionLost, block.Report(0).CumulativeLost, block.Report(0).HighestSequence, block.Report(0).LastSr));
        Assert.True(reader.TryRead(out var names));
        Assert.True(names.TryGetCname(Ours, out var cname));
        Assert.Equal(16, cname.Length);
        Assert.False(reader.TryRead(out _));

        // A clean interval; then one in which nothing came.
        for (var i = 0; i < 10; i++)
            Arrives();
        reader = new RtcpReader(NextReport());
        reader.TryRead(out block);
        Assert.Equal(((byte)0, 25), (block.Report(0).FractionLost, block.Report(0).CumulativeLost));
        reader = new RtcpReader(NextReport());
        reader.TryRead(out block);
        Assert.Equal(0, block.Reports);
    }

    // §6.4.1: who sent within the last two intervals says SR, with the timestamp of the moment of the report.
    [Fact]
    public void A_sender_reports_what_it_sent()
    {
        for (var i = 0; i < 50; i++)
        {
            _session.OnSent(Ours, (uint)(1000 + (i * 160)), 160, 8000, _now);
            if (i < 49)
                Later(20);
        }

        var last = _now;
        var reader = new RtcpReader(NextReport());
        Assert.True(reader.TryRead(out var block));
        Assert.True(block.TryGetSender(out var sender));
        Assert.Equal((Ours, 50u, 8000u), (sender.Ssrc, sender.Packets, sender.Octets));
        Assert.Equal(1000 + (49 * 160) + ((_now - last).TotalSeconds * 8000), sender.RtpTimestamp, 1.0);
        Assert.Equal(NtpTime.At(_now), sender.Ntp);

        // Two intervals of silence later it is a receiver.
        NextReport();
        NextReport();
        NextReport();
        reader = new RtcpReader(NextReport());
        reader.TryRead(out block);
        Assert.Equal(RtcpType.ReceiverReport, block.Type);
    }

    // §6.4.1, figure 2: LSR and DLSR name our report and how long it lay there.
    [Fact]
    public void The_round_trip_is_what_is_left_of_the_way()
    {
        _session.OnSent(Ours, 0, 160, 8000, _now);
        NextReport();
        var reader = new RtcpReader(_buffer);
        reader.TryRead(out var ours);
        ours.TryGetSender(out var sender);
        Later(2_130);
        Assert.Equal(RtcpEvents.Report, _session.Receive(Write(w => w.Receiver(Theirs, new RtcpReportBlock(Ours, 32, 12, 99, 160, sender.NtpMiddle, 2 * 65536))), _now));
        var view = _session.Remote;
        Assert.Equal(130, view.RoundTripMilliseconds!.Value, 0.1);
        Assert.Equal((1L, 0.125, 0.125, 12, (double?)20), (view.Reports, view.LossFraction, view.MaxLossFraction, view.Lost, view.JitterMilliseconds));

        // A report that names none of ours, an absurd delay and one about another stream change nothing of it.
        _session.Receive(Write(w => w.Receiver(Theirs, new RtcpReportBlock(Ours, 0, 12, 99, 160, sender.NtpMiddle + 1, 0))), _now);
        _session.Receive(Write(w => w.Receiver(Theirs, new RtcpReportBlock(Ours, 0, 12, 99, 160, sender.NtpMiddle, uint.MaxValue))), _now);
        Assert.Equal(RtcpEvents.None, _session.Receive(Write(w => w.Receiver(Theirs, new RtcpReportBlock(5, 200, 12, 99, 160, sender.NtpMiddle, 0))), _now));
        Assert.Equal(130, _session.Remote.RoundTripMilliseconds!.Value, 0.1);
        Assert.Equal((3L, 0.0, 0.125), (_session.Remote.Reports, _session.Remote.LossFraction, _session.Remote.MaxLossFraction));
    }

    // §6.4.1: our blocks name the last SR of the peer and how long it lay here.
    [Fact]
    public void A_block_names_the_last_sender_report()
    {
        Arrives();
        _session.Receive(Write(w => w.Sender(Theirs, 0x0000_1234_5678_0000)), _now);
        var came = _now;
        var reader = new RtcpReader(NextReport());
        reader.TryRead(out var block);
        Assert.Equal(0x12345678u, block.Report(0).LastSr);
        Assert.Equal((_now - came).TotalSeconds * 65536, block.Report(0).DelaySinceLastSr, 1.0);
    }

    // §6.2, §6.3.1: 2.5 s before the first report and 5 s then, times 0.5 to 1.5, over 1.21828; reconsideration makes it come out near 5 s.
    [Fact]
    public void Reports_come_at_random_about_every_five_seconds()
    {
        var first = _now;
        NextReport();
        Assert.InRange((_now - first).TotalSeconds, 0.5 * 2.5 / 1.21828, 1.5 * 2.5 / 1.21828);
        var start = _now;
        var intervals = new List<double>();
        for (var i = 0; i < 2_000; i++)
        {
            var before = _now;
            Arrives();
            NextReport();
            intervals.Add((_now - before).TotalSeconds);
        }

        Assert.InRange((_now - start).TotalSeconds / 2_000, 4.7, 5.3);
        Assert.All(intervals, s => Assert.InRange(s, 0.5 * 5 / 1.21828, 1.5 * 5 / 1.21828 * 1.0001));
        Assert.True(intervals.Max() - intervals.Min() > 3);
    }

    // §6.2: many members share the bandwidth. Only a BYE of the source in use is believed; members that fall silent time out (§6.3.5).
    [Fact]
    public void Members_stretch_the_interval_and_are_bounded()
    {
        for (uint i = 1; i <= 500; i++)
            _session.OnReceived(i, _now);
        Assert.Equal(65, _session.Members);
        NextReport();
        var start = _now;
        NextReport();
        NextReport();

        // 65 members of some 110 bytes at 500 bytes a second: 14 s each.
        Assert.InRange((_now - start).TotalSeconds, 12, 60);
        for (var i = 0; i < 10; i++)
            NextReport();
        Assert.Equal(1, _session.Members);
    }

    [Fact]
    public void A_bye_counts_from_the_source_in_use_alone()
    {
        Arrives();
        Assert.Equal(RtcpEvents.None, _session.Receive(Write(w => w.Bye(77)), _now));
        Assert.Equal((2, 1L), (_session.Members, _session.StrangeByes));
        Assert.Equal(RtcpEvents.Bye, _session.Receive(Write(w => w.Receiver(Theirs).Bye(Theirs)), _now));
        Assert.Equal(1, _session.Members);
    }

    // §6.3.4: who remains reports sooner.
    [Fact]
    public void A_bye_brings_the_next_report_forward()
    {
        for (uint i = 1; i < 50; i++)
            _session.OnReceived(i, _now);
        Arrives();
        NextReport();
        Arrives();
        var before = _session.Deadline - _now;
        _session.Receive(Write(w => w.Bye(Theirs)), _now);
        Assert.Equal(before.TotalSeconds * 50 / 51, (_session.Deadline - _now).TotalSeconds, 0.01);
    }

    // §6.3.7: a BYE behind a report; none of who never said anything.
    [Fact]
    public void Leaving_says_bye_once()
    {
        Assert.Equal(0, _session.Leave(_now, _buffer));
        var other = new RtcpSession(new RtcpOptions(), _received, "n"u8.ToArray(), Ours, new Random(3));
        other.Start(_now);
        other.OnSent(Ours, 0, 160, 8000, _now);
        var length = other.Leave(_now, _buffer);
        var reader = new RtcpReader(_buffer.AsSpan(0, length));
        Assert.True(reader.TryRead(out var report) && report.Type == RtcpType.SenderReport);
        Assert.True(reader.TryRead(out _));
        Assert.True(reader.TryRead(out var bye) && bye.ByeSource(0) == Ours);
        Assert.Equal((0, Moment.Never), (other.Leave(_now, _buffer), other.Deadline));
    }

    // §6.3.7: of more than fifty, everybody waits the longer the more others leave.
    [Fact]
    public void Leaving_a_crowd_waits_its_turn()
    {
        for (uint i = 1; i <= 60; i++)
            _session.OnReceived(i, _now);
        NextReport();
        var start = _now;
        Assert.Equal(0, _session.Leave(_now, _buffer));
        for (uint i = 1; i <= 60; i++)
            _session.Receive(Write(w => w.Bye(i)), _now);
        var bye = NextReport();
        Assert.Contains("81CB", Convert.ToHexString(bye));
        Assert.True((_now - start).TotalSeconds > 3);
        Assert.Equal(Moment.Never, _session.Deadline);
    }

    [Theory]
    [InlineData("nack", RtcpEvents.Nack)]
    [InlineData("picture", RtcpEvents.Picture)]
    [InlineData("intra", RtcpEvents.Picture)]
    [InlineData("another's picture", RtcpEvents.None)]
    [InlineData("collision", RtcpEvents.Collision)]
    public void Feedback_about_us_is_told(string kind, RtcpEvents expected) => Assert.Equal(expected, _session.Receive(
        kind switch
        {
            "nack" => Write(w => w.Nack(Ours)),
            "picture" => Write(w => w.Picture(Ours)),
            "intra" => Write(w => w.Intra(Ours)),
            "another's picture" => Write(w => w.Picture(4).Intra(5).Nack(6)),
            _ => Write(w => w.Sender(Ours, 1)),
        },
        _now));

    [Fact]
    public void Nothing_is_allocated()
    {
        var datagram = Write(w => w.Sender(Theirs, 77, new RtcpReportBlock(Ours, 1, 1, 1, 1, 1, 1)));
        void Round()
        {
            for (var i = 0; i < 100; i++)
            {
                Arrives();
                _session.OnSent(Ours, 1, 160, 8000, _now);
                _session.Receive(datagram, _now);
                _now = _session.Deadline;
                _session.OnDeadline(_now, _buffer);
            }
        }

        Assert.Equal(0, Garbage.Of(Round));
    }

    // RFC 7022 §4.2: 96 random bits, another one for each session.
    [Fact]
    public void Names_are_random()
    {
        var random = new Random(5);
        Assert.NotEqual(RtcpCname.Create(random), RtcpCname.Create(random));
    }
}
