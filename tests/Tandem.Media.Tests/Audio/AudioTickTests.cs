using Tandem.Core.Time;
using Tandem.Media.Audio;

namespace Tandem.Media.Tests.Audio;

public class AudioTickTests
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(20);

    [Fact]
    public void Nothing_ticks_while_there_is_nothing_to_do()
    {
        var rig = new AudioRig();
        Assert.Equal(Moment.Never, rig.Tick.NextDeadline);
        var path = new QuietPath(Tones.Pcmu);
        var session = rig.Silent(path, path.Plan);
        Assert.Equal(Moment.FromMilliseconds(1020), rig.Tick.NextDeadline);
        session.Stop();
        Assert.Equal(Moment.Never, rig.Tick.NextDeadline);
        Assert.Equal(0, rig.Tick.ActiveLines);
    }

    // Deadlines are absolute: ticks that come some milliseconds late do not move those after them.
    [Fact]
    public void Lateness_does_not_add_up()
    {
        var (rig, path) = Running();
        for (var i = 0; i < 100; i++)
            rig.Tick.Tick(rig.Tick.NextDeadline + TimeSpan.FromMilliseconds(7));

        Assert.Equal(Moment.FromMilliseconds(1020 + 2000), rig.Tick.NextDeadline);
        Assert.Equal((100, 0, 100), (rig.Tick.Ticks, rig.Tick.Skipped, path.Packets));
        Assert.InRange(rig.Tick.Lateness.At(0.5).TotalMilliseconds, 7, 8.8);
    }

    // Late ticks are made up for at twice the pace: no two packets come closer than 10 ms.
    [Fact]
    public void What_is_a_little_late_is_caught_up_without_a_burst()
    {
        var (rig, path) = Running();
        var now = rig.Tick.NextDeadline + TimeSpan.FromMilliseconds(70);
        var last = Moment.Zero;
        for (var i = 0; i < 12; i++)
        {
            rig.Tick.Tick(now);
            Assert.True(now - last >= TimeSpan.FromMilliseconds(10));
            last = now;
            now = rig.Tick.NextDeadline;
        }

        Assert.Equal(Moment.FromMilliseconds(1020 + (12 * 20)), now);
        Assert.Equal((12, 0, 12), (rig.Tick.Ticks, rig.Tick.Skipped, path.Packets));
        Assert.InRange(rig.Tick.Lateness.Longest.TotalMilliseconds, 70, 70);
    }

    [Fact]
    public void What_is_very_late_is_left_out_and_the_timestamps_say_so()
    {
        var rig = new AudioRig();
        var phone = new TestPhone(Tones.Pcmu, 440);
        rig.Call(phone);
        rig.Run(100);
        rig.Advance(500);
        rig.Run(200);

        Assert.Equal(24, rig.Tick.Skipped);
        var steps = phone.Received.Zip(phone.Received.Skip(1), (x, y) => (y.Header.Timestamp - x.Header.Timestamp, y.Header.Marker)).ToList();
        var gap = Assert.Single(steps, s => s.Item1 != 160);
        Assert.Equal((25 * 160u, true), gap);
    }

    [Fact]
    public void A_fault_in_one_line_leaves_the_others_alone()
    {
        var rig = new AudioRig();
        var (bad, good) = (new FailingPath(), new QuietPath(Tones.Pcmu));
        rig.Silent(bad, good.Plan);
        rig.Silent(good, good.Plan);
        for (var i = 0; i < 10; i++)
            rig.Tick.Tick(rig.Tick.NextDeadline);
        Assert.Equal((10, 10), (rig.Tick.Failures, good.Packets));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(1000)]
    [InlineData(4999)]
    [InlineData(1_000_000)]
    public void The_histogram_tells_durations_within_a_quarter(int micros)
    {
        var histogram = new LatenessHistogram();
        for (var i = 0; i < 99; i++)
            histogram.Add(TimeSpan.FromMicroseconds(micros));
        histogram.Add(TimeSpan.FromSeconds(40));
        Assert.InRange(histogram.At(0.5).TotalMicroseconds, micros, (micros * 1.26) + 1);
        Assert.Equal(TimeSpan.FromSeconds(40), histogram.Longest);
        Assert.InRange(histogram.At(1).TotalSeconds, 33, 40);
        Assert.Equal(100, histogram.Count);

        var later = histogram.Since(histogram.Since(null));
        Assert.Equal((0, TimeSpan.Zero, TimeSpan.Zero), (later.Count, later.Longest, later.At(0.99)));
        var before = histogram.Since(null);
        histogram.Add(TimeSpan.FromMilliseconds(2));
        Assert.Equal(1, histogram.Since(before).Count);
        Assert.InRange(histogram.Since(before).Longest.TotalMilliseconds, 2, 2.6);
    }

    private static (AudioRig Rig, QuietPath Path) Running()
    {
        var rig = new AudioRig();
        var path = new QuietPath(Tones.Pcmu);
        rig.Silent(path, path.Plan);
        Assert.Equal(rig.Now + Period, rig.Tick.NextDeadline);
        return (rig, path);
    }

    private sealed class FailingPath : ILegPath
    {
        public Media.Relay.IRtpInput? Listener { get; set; }

        public bool IsFed { get; set; }

        public void Send(Span<byte> buffer, int length) => throw new InvalidOperationException("a path that fails");
    }
}
