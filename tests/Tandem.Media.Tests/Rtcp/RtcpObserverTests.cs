using Tandem.Core.Time;
using Tandem.Media.Rtcp;
using Tandem.Testing;

namespace Tandem.Media.Tests.Rtcp;

public sealed class RtcpObserverTests
{
    private const uint SsrcA = 1;
    private const uint SsrcB = 2;

    private readonly RtcpObserver _observer = new();
    private readonly byte[] _buffer = new byte[256];

    private ReadOnlySpan<byte> Sender(uint ssrc, uint middle, params RtcpReportBlock[] blocks)
    {
        var writer = new RtcpWriter(_buffer);
        writer.AddSenderReport(new RtcpSenderInfo(ssrc, (ulong)middle << 16, 0, 0, 0), blocks);
        return _buffer.AsSpan(0, writer.Length);
    }

    // RFC 3550 §6.4.1: A's report passes at 1000 ms; B answers it after 500 ms there, which passes at 1580 ms: 80 ms from us to B and back.
    [Fact]
    public void The_way_to_each_side_is_known_by_the_reports_that_pass()
    {
        _observer.Observe(MediaSide.A, Sender(SsrcA, 0x1000), 8000, Moment.FromMilliseconds(1_000));
        _observer.Observe(MediaSide.B, Sender(SsrcB, 0x2000, new RtcpReportBlock(SsrcA, 128, 50, 0, 240, 0x1000, 32768)), 8000, Moment.FromMilliseconds(1_580));
        _observer.Observe(MediaSide.A, Sender(SsrcA, 0x3000, new RtcpReportBlock(SsrcB, 0, 0, 0, 0, 0x2000, 65536)), 8000, Moment.FromMilliseconds(2_600));
        var b = _observer.From(MediaSide.B);
        Assert.Equal(80, b.RoundTripMilliseconds!.Value, 0.1);
        Assert.Equal((1L, 0.5, 50, (double?)30), (b.Reports, b.LossFraction, b.Lost, b.JitterMilliseconds));
        Assert.Equal(20, _observer.From(MediaSide.A).RoundTripMilliseconds!.Value, 0.1);
    }

    [Fact]
    public void A_report_about_what_did_not_pass_gives_no_time()
    {
        _observer.Observe(MediaSide.A, Sender(SsrcA, 0x1000), 8000, Moment.FromMilliseconds(1_000));
        _observer.Observe(MediaSide.B, Sender(SsrcB, 0x2000, new RtcpReportBlock(9, 0, 0, 0, 0, 0x1000, 0)), 8000, Moment.FromMilliseconds(1_100));
        _observer.Observe(MediaSide.B, Sender(SsrcB, 0x2000, new RtcpReportBlock(SsrcA, 0, 0, 0, 0, 0x1001, 0)), 8000, Moment.FromMilliseconds(1_100));
        _observer.Observe(MediaSide.B, Sender(SsrcB, 0x2000, new RtcpReportBlock(SsrcA, 0, 0, 0, 0, 0, 0)), 8000, Moment.FromMilliseconds(1_100));
        Assert.Null(_observer.From(MediaSide.B).RoundTripMilliseconds);
        Assert.Equal(3, _observer.From(MediaSide.B).Reports);
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var datagram = Sender(SsrcA, 0x1000, new RtcpReportBlock(SsrcB, 0, 0, 0, 0, 0x1000, 0)).ToArray();
        void Round()
        {
            for (var i = 0; i < 100; i++)
            {
                _observer.Observe(MediaSide.A, datagram, 8000, Moment.FromMilliseconds(i));
                _observer.Observe(MediaSide.B, datagram, 8000, Moment.FromMilliseconds(i));
            }
        }

        Assert.Equal(0, Garbage.Of(Round));
    }
}
