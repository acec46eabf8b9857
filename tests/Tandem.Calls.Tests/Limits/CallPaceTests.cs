using Tandem.Calls.Limits;
using Tandem.Core.Time;

namespace Tandem.Calls.Tests.Limits;

/// <summary>Nodes that tell each other once a second, in virtual time.</summary>
public sealed class CallPaceTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    [Fact]
    public void Alone_as_many_come_at_once_as_in_a_second()
    {
        var pace = new CallPace();
        var now = default(Moment);
        Assert.Equal(5, Take(pace, 5, 20, now));
        Assert.Equal(2, Take(pace, 5, 20, now + TimeSpan.FromSeconds(0.4)));
        Assert.Equal(5, Take(pace, 5, 20, now + TimeSpan.FromHours(1)));
    }

    // Who has no limit is counted all the same: another node may ask.
    [Fact]
    public void What_was_asked_for_is_told_by_the_second()
    {
        var pace = new CallPace();
        Take(pace, 5, 20, default);
        Assert.Equal(new NodeUse(Asked: 40), pace.Turn(0.5));
        Assert.Equal(default, pace.Turn(1));
        Take(pace, 0, 7, default);
        Assert.Equal(new NodeUse(Asked: 7), pace.Turn(1));
    }

    // What each node is asked for, and what of the limit is fair: an equal part, and of what others leave an equal part again.
    [Theory]
    [InlineData(10, new[] { 100, 100 }, new[] { 5.0, 5 })]
    [InlineData(10, new[] { 100, 100, 100 }, new[] { 3.33, 3.33, 3.33 })]
    [InlineData(10, new[] { 150, 50 }, new[] { 5.0, 5 })]
    [InlineData(10, new[] { 3, 100 }, new[] { 3.0, 7 })]
    [InlineData(10, new[] { 1_000, 1 }, new[] { 9.0, 1 })]
    [InlineData(10, new[] { 1_000, 1, 1_000, 2 }, new[] { 3.5, 1, 3.5, 2 })]
    [InlineData(2, new[] { 50, 50, 50, 50 }, new[] { 0.5, 0.5, 0.5, 0.5 })]
    public void All_together_keep_to_the_limit_and_each_has_its_share(int most, int[] asked, double[] fair)
    {
        const int seconds = 60;
        var admitted = Run(most, seconds, second => asked);

        // The bound that docs/operations.md states: the second in which nobody had heard of the others, with a full bucket at each.
        Assert.InRange(admitted.Sum(), most * (seconds - 2), (most * seconds) + (2 * most * asked.Length));
        for (var i = 0; i < asked.Length; i++)
            Assert.InRange(admitted[i], Math.Min(fair[i] * (seconds - 2), asked[i] * seconds), (fair[i] * seconds) + (2 * most));
    }

    [Fact]
    public void A_flood_at_one_node_takes_no_call_from_a_quiet_one()
    {
        Assert.Equal(240, Run(10, 60, _ => [1_000, 4])[1]);
    }

    // What is told of the first node still holds for a second: then all that is left of the limit is the other's.
    [Fact]
    public void When_calls_move_to_another_node_it_has_the_limit_within_a_second_and_no_more_of_it()
    {
        const int most = 10;
        var admitted = Run(most, 20, second => second < 10 ? [100, 0] : [0, 100]);
        Assert.InRange(admitted[0], most * 10, most * 11);
        Assert.InRange(admitted[1], most * 9, most * 10);
    }

    [Fact]
    public void A_limit_that_all_keep_to_refuses_nobody()
    {
        Assert.Equal([240, 240], Run(10, 60, _ => [4, 4]));
    }

    private static int Take(CallPace pace, int most, int times, Moment now)
    {
        var taken = 0;
        for (var i = 0; i < times; i++)
            taken += pace.TryTake(most, [], now) ? 1 : 0;
        return taken;
    }

    // How many calls each node admitted; what it is asked for comes evenly over each second.
    private static int[] Run(int most, int seconds, Func<int, int[]> asked)
    {
        var nodes = asked(0).Select(_ => new CallPace()).ToArray();
        var told = new NodeUse[nodes.Length];
        var (admitted, due) = (new int[nodes.Length], new double[nodes.Length]);
        var now = default(Moment);
        for (var step = 0; step < seconds * 100; step++, now += Step)
        {
            for (var i = 0; i < nodes.Length; i++)
            {
                due[i] += asked(step / 100)[i] / 100.0;
                for (; due[i] > 0.999_999; due[i]--)
                {
                    var others = told.Where((use, other) => other != i && use.Asked > 0).Select(static use => use.Asked).Order().ToArray();
                    admitted[i] += nodes[i].TryTake(most, others, now) ? 1 : 0;
                }
            }

            if (step % 100 == 99)
                told = [.. nodes.Select(static node => node.Turn(1))];
        }

        return admitted;
    }
}
