using Tandem.Core.Time;
using Tandem.Media.Mixing;
using Tandem.Testing;

namespace Tandem.Media.Tests.Mixing;

public class MixCoreTests
{
    private int _lastId;

    // The work of a tick is linear: everybody speaks, and each hears the sum without himself.
    [Theory]
    [InlineData(10)]
    [InlineData(100)]
    [InlineData(1000)]
    public void The_cost_of_a_tick_is_linear_in_the_members(int count)
    {
        var core = new MixCore(new MixOptions(), null);
        var members = Enumerable.Range(0, count).Select(i => Add(core, 1 + (i % 7))).ToList();
        var result = new short[160];
        var tick = 0;
        Assert.Equal(0, Garbage.Of(() =>
        {
            core.Sum(Moment.FromMilliseconds(++tick * 20));
            foreach (var member in members)
                core.Render(member, result);
        }));
        Assert.Equal(3L * count, core.FrameOperations);
        var sum = members.Sum(m => m.Feed.Frame[0]);
        foreach (var member in members)
        {
            Assert.True(core.Render(member, result));
            Assert.Equal(Math.Min(sum - member.Feed.Frame[0], short.MaxValue), result[0]);
        }
    }

    // Exceptions of the matrix are added and taken off one by one: the cost grows with their number and not with the members.
    [Fact]
    public void The_matrix_costs_what_differs_from_the_default()
    {
        var core = new MixCore(new MixOptions { LeaveOutSilence = false }, null);
        var members = Enumerable.Range(0, 500).Select(i => Add(core, 0.1)).ToList();
        for (var i = 1; i <= 20; i++)
            Assert.True(core.TrySetRoute(members[i], members[0], double.NegativeInfinity));
        core.Sum(Moment.FromMilliseconds(20));
        var before = core.FrameOperations;
        var result = new short[160];
        core.Render(members[0], result);
        Assert.Equal(22, core.FrameOperations - before);
        Assert.Equal((500 - 1 - 20) * members[0].Feed.Frame[0], result[0]);
    }

    [Fact]
    public void Every_entry_of_the_matrix_is_heard_at_its_gain()
    {
        var core = new MixCore(new MixOptions(), null);
        var (a, b, c) = (Add(core, 1), Add(core, 2), Add(core, 4));
        core.TrySetRoute(a, b, double.NegativeInfinity);
        core.TrySetRoute(c, b, -6.0206);
        core.TrySetRoute(a, c, 6.0206);
        c.HearsAll = false;
        Assert.Equal((6, 2, 2), Heard(core, a, b, c));

        // Back to the default, one by one.
        core.TrySetRoute(a, b, null);
        core.TrySetRoute(c, b, null);
        c.HearsAll = true;
        core.TrySetRoute(a, c, null);
        Assert.Equal((6, 5, 3), Heard(core, a, b, c));
        c.IsHeardByAll = false;
        Assert.Equal((2, 1, 3), Heard(core, a, b, c));
        core.TrySetRoute(c, a, 0);
        Assert.Equal((6, 1, 3), Heard(core, a, b, c));
        Assert.False(core.TrySetRoute(a, a, 0));
    }

    [Fact]
    public void The_matrix_is_bounded_and_a_member_that_leaves_takes_its_entries_along()
    {
        var core = new MixCore(new MixOptions { MaxRoutes = 3 }, null);
        var (a, b, c, d) = (Add(core, 1), Add(core, 2), Add(core, 4), Add(core, 8));
        Assert.True(core.TrySetRoute(a, b, 0) && core.TrySetRoute(b, a, 0) && core.TrySetRoute(a, c, 0));
        Assert.False(core.TrySetRoute(a, d, 0));
        Assert.True(core.TrySetRoute(a, b, -6));
        core.Remove(a);
        core.Remove(a);
        Assert.Empty(b.Routes);
        Assert.Empty(c.Routes);
        Assert.True(core.TrySetRoute(b, c, 0) && core.TrySetRoute(c, b, 0) && core.TrySetRoute(b, d, 0));
        Assert.False(core.TrySetRoute(d, b, 0));
        Assert.Equal(3, core.Members.Count);
        Assert.All(core.Members, (m, i) => Assert.Equal(i, m.Index));
    }

    [Fact]
    public void Silence_is_left_out_unless_it_shall_not()
    {
        foreach (var leaveOut in new[] { true, false })
        {
            var core = new MixCore(new MixOptions { LeaveOutSilence = leaveOut }, null);
            var (a, low) = (Add(core, 1), Add(core, 0.01));
            core.Sum(Moment.FromMilliseconds(20));
            Assert.Equal(!leaveOut, low.IsHeard);
            Assert.Equal(leaveOut, core.HearsTotal(low));
            var result = new short[160];
            Assert.Equal(!leaveOut, core.Render(a, result));
        }
    }

    // The rate rises with the members and does not fall again.
    [Fact]
    public void The_rate_is_the_highest_that_is_needed_up_to_the_limit()
    {
        var core = new MixCore(new MixOptions(), null);
        var narrow = Add(core, 1);
        Assert.Equal(8000, core.SampleRate);
        var wide = Add(core, 1, 48000);
        Assert.Equal(16000, core.SampleRate);
        core.Sum(Moment.FromMilliseconds(20));
        Assert.Equal(320, narrow.Contribution.Length);
        core.Remove(wide);
        core.Sum(Moment.FromMilliseconds(40));
        Assert.Equal(16000, core.SampleRate);
        Assert.Equal(48000, RateOf(new MixOptions { MaxSampleRate = 48000 }));
        Assert.Equal(8000, RateOf(new MixOptions { MaxSampleRate = 8000 }));
    }

    private int RateOf(MixOptions options)
    {
        var core = new MixCore(options, null);
        Add(core, 1, 48000);
        return core.SampleRate;
    }

    private static (int A, int B, int C) Heard(MixCore core, MixMember a, MixMember b, MixMember c)
    {
        core.Sum(Moment.FromMilliseconds(20));
        return (Level(core, a), Level(core, b), Level(core, c));
    }

    private static int Level(MixCore core, MixMember member)
    {
        var result = new short[core.FrameLength];
        core.Render(member, result);
        return (int)Math.Round(result[0] / 500.0);
    }

    private MixMember Add(MixCore core, double level, int rate = 8000)
    {
        var member = new MixMember(new MemberId(++_lastId), new ConstantFeed((short)(level * 500), rate), MixSeat.Default);
        Assert.True(core.TryAdd(member));
        return member;
    }

    private sealed class ConstantFeed(short value, int rate) : IMixFeed
    {
        private readonly short[] _frame = [.. Enumerable.Repeat(value, rate / 50)];

        public int Rate => rate;

        public ReadOnlySpan<short> Frame => _frame;

        public bool IsSource => false;
    }
}
