using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media.Events;
using Tandem.Media.Plan;
using Tandem.Media.Relay;

namespace Tandem.Media.Tests.Transport;

public sealed class SessionCoreTests
{
    private static readonly NetAddress AddressA = NetAddress.FromV4(0xC0000201, 5000);
    private static readonly NetAddress AddressB = NetAddress.FromV4(0xC0000202, 6000);

    private readonly VirtualSession _session = new(new MediaOptions { MediaTimeout = TimeSpan.FromSeconds(30), Latch = LatchPolicy.Anybody });
    private readonly List<(MediaSide Side, long At)> _silent = [];
    private Moment _now;

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
            _session.Loop.Wheel.Advance(_now);
            _silent.AddRange(_session.Events.Select(e => (((MediaSilent)e).Side, _now.Milliseconds)));
            _session.Events.Clear();
            foreach (var side in talking)
                _session.Receive(side, true, Phone.Report(), (side == MediaSide.A ? AddressA : AddressB).WithPort(side == MediaSide.A ? 5001 : 6001), _now, out _);
        }
    }

    [Fact]
    public void A_silent_side_is_reported_once_after_the_timeout()
    {
        _session.Apply(Plan(true, true), _now);
        RunTo(100, MediaSide.A);
        Assert.Equal([(MediaSide.B, 30_000L)], _silent);
    }

    [Fact]
    public void Both_are_reported_each_in_its_time()
    {
        _session.Apply(Plan(true, true), _now);
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
        _session.Apply(Plan(aSends, bSends), _now);
        RunTo(100);
        Assert.Equal(aSends || bSends ? [aSends ? MediaSide.A : MediaSide.B] : [], _silent.Select(s => s.Side));
    }

    [Fact]
    public void A_new_plan_starts_the_time_again_and_a_stopped_core_reports_nothing()
    {
        _session.Apply(Plan(true, false), _now);
        RunTo(29);
        _session.Apply(Plan(true, false), _now);
        RunTo(58);
        Assert.Empty(_silent);
        RunTo(59);
        Assert.Equal([(MediaSide.A, 59_000L)], _silent);
        _session.Apply(Plan(true, true), _now);
        _session.Core.Stop(_now);
        RunTo(200);
        Assert.Single(_silent);
        Assert.Equal(0, _session.Loop.Wheel.Count);
    }

    [Fact]
    public void A_line_keeps_its_counters_while_it_is_off()
    {
        _session.Apply(Plan(true, true), _now);
        RunTo(3, MediaSide.A);
        var stream = _session.Core.Lines[0];
        _session.Apply(new MediaPlan([null], [null], [null], false, false), _now);
        Assert.Null(stream.Plan);
        _session.Apply(Plan(true, true), _now);
        Assert.Same(stream, _session.Core.Lines[0]);
        Assert.Equal(3, stream[MediaSide.A].Statistics.Read().RtcpPackets);
    }

    // The session that a side leaves tells its numbers when it is left and again when it ends: in which order they come, and whether there are lines by then, is the loops' affair.
    [Theory]
    [InlineData(new[] { 116 }, new[] { 100 }, 117)]
    [InlineData(new[] { 100 }, new[] { 116 }, 117)]
    [InlineData(new[] { 65_530 }, new[] { 4 }, 5)]
    [InlineData(new[] { 4 }, new[] { 65_530 }, 5)]
    [InlineData(new[] { -1 }, new[] { 100 }, 101)]
    [InlineData(new[] { 100 }, new[] { -1 }, 101)]
    [InlineData(new int[0], new[] { 100 }, 101)]
    public void What_a_side_heard_elsewhere_is_told_twice_and_the_later_number_counts(int[] first, int[] second, int expected)
    {
        _session.Core.Continue(MediaSide.B, first);
        _session.Core.Continue(MediaSide.B, second);
        _session.Apply(MediaPlans.OneLine(), _now);
        _session.Receive(MediaSide.A, Phone.Packet(40_000), MediaPlans.A, _now);
        var sent = Assert.Single(_session.TakeSent()).Packet;
        Assert.Equal(expected, System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(sent.AsSpan(2)));
    }
}
