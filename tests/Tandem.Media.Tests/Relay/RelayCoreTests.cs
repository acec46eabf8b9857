using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media.Plan;
using Tandem.Media.Relay;

namespace Tandem.Media.Tests.Relay;

public sealed class RelayCoreTests
{
    private static readonly NetAddress AddressA = NetAddress.FromV4(0xC0000201, 5000);
    private static readonly NetAddress AddressB = NetAddress.FromV4(0xC0000202, 6000);

    private readonly TimerWheel _wheel = new(Moment.Zero);
    private readonly List<(MediaSide Side, long At)> _silent = [];
    private readonly RelayCore _core;
    private Moment _now;

    public RelayCoreTests() =>
        _core = new RelayCore(new MediaOptions { MediaTimeout = TimeSpan.FromSeconds(30), Latch = LatchPolicy.Anybody }, _wheel, side => _silent.Add((side, _now.Milliseconds)));

    private static MediaPlan Plan(bool aSends, bool bSends) => new(
        [new LinePlan("audio", new LineSide(0, aSends, bSends, true, new PayloadTable()), new LineSide(0, bSends, aSends, true, new PayloadTable()), true)],
        [new TransportPlan(AddressA, AddressA.WithPort(5001), default, false)],
        [new TransportPlan(AddressB, AddressB.WithPort(6001), default, false)],
        false,
        false);

    /// <summary>Runs to <paramref name="second"/>; the sides of <paramref name="talking"/> send RTCP each second.</summary>
    private void RunTo(int second, params MediaSide[] talking)
    {
        for (var at = (_now.Milliseconds / 1000) + 1; at <= second; at++)
        {
            _now = Moment.FromMilliseconds(at * 1000);
            _wheel.Advance(_now);
            foreach (var side in talking)
                _core.Streams[0].Receive(side, true, Phone.Report(), (side == MediaSide.A ? AddressA : AddressB).WithPort(side == MediaSide.A ? 5001 : 6001), _now, out _);
        }
    }

    [Fact]
    public void A_silent_side_is_reported_once_after_the_timeout()
    {
        _core.Apply(Plan(true, true), _now);
        RunTo(100, MediaSide.A);
        Assert.Equal([(MediaSide.B, 30_000L)], _silent);
    }

    [Fact]
    public void Both_are_reported_each_in_its_time()
    {
        _core.Apply(Plan(true, true), _now);
        RunTo(10, MediaSide.A, MediaSide.B);
        RunTo(20, MediaSide.A);
        RunTo(100);
        Assert.Equal([(MediaSide.B, 40_000L), (MediaSide.A, 50_000L)], _silent);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Who_should_not_send_is_not_missed(bool aSends, bool bSends)
    {
        _core.Apply(Plan(aSends, bSends), _now);
        RunTo(100);
        Assert.Equal(aSends || bSends ? [aSends ? MediaSide.A : MediaSide.B] : [], _silent.Select(s => s.Side));
    }

    [Fact]
    public void A_new_plan_starts_the_time_again_and_a_stopped_core_reports_nothing()
    {
        _core.Apply(Plan(true, false), _now);
        RunTo(29);
        _core.Apply(Plan(true, false), _now);
        RunTo(58);
        Assert.Empty(_silent);
        RunTo(59);
        Assert.Equal([(MediaSide.A, 59_000L)], _silent);
        _core.Apply(Plan(true, true), _now);
        _core.Stop(_now);
        RunTo(200);
        Assert.Single(_silent);
        Assert.Equal(0, _wheel.Count);
    }

    [Fact]
    public void A_line_keeps_its_counters_while_it_is_off()
    {
        _core.Apply(Plan(true, true), _now);
        RunTo(3, MediaSide.A);
        var stream = _core.Streams[0];
        _core.Apply(new MediaPlan([null], [null], [null], false, false), _now);
        Assert.Null(stream.Plan);
        _core.Apply(Plan(true, true), _now);
        Assert.Same(stream, _core.Streams[0]);
        Assert.Equal(3, stream[MediaSide.A].Statistics.Read().RtcpPackets);
    }
}
