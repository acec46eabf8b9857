using Tandem.Server.Hosting;

namespace Tandem.Server.Tests.Hosting;

public sealed class CollectorPaceTests
{
    private const long Step = 4_000, Busy = 2_000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private CollectorPace _pace = new(Step, Busy, TimeSpan.Zero);

    [Fact]
    public void It_is_due_when_a_step_was_made_since_the_last_one()
    {
        Assert.Equal([null, null, null, null, null, 0], Looks(0, 1_000, 2_000, 3_000, 3_999, 4_000));
    }

    [Fact]
    public void Whoever_collected_the_next_step_begins_there()
    {
        Looks(0, 1_000, 2_000, 3_000);
        Assert.Null(_pace.Due(4_500, 8, default));
        Assert.Null(_pace.Due(6_000, 8, default));
        Assert.Null(_pace.Due(7_900, 8, default));
        Assert.Equal(0, _pace.Due(8_500, 8, default));
    }

    [Fact]
    public void What_is_made_fast_is_left_to_the_runtime_and_comes_after_it()
    {
        Assert.Equal([null, null, null, null, 0], Looks(0, 2_000, 4_000, 8_000, 9_999));
    }

    [Fact]
    public void It_stays_due_until_somebody_collects()
    {
        Assert.Equal([null, null, null, 0, 0], Looks(0, 1_500, 3_000, 4_500, 4_500));
    }

    [Fact]
    public void Each_fourth_takes_what_outlived_the_others()
    {
        var due = new List<int?>();
        for (var collections = 0; due.Count < 9; collections++)
        {
            Assert.Null(_pace.Due(collections * Step, collections, default));
            for (var made = 1_000; made < Step; made += 1_000)
                Assert.Null(_pace.Due((collections * Step) + made, collections, default));
            due.Add(_pace.Due((collections + 1) * Step, collections, default));
        }

        Assert.Equal([0, 0, 0, 1, 0, 0, 0, 1, 0], due);
    }

    [Fact]
    public void What_is_old_is_due_at_once_and_after_each_interval_however_much_is_made()
    {
        _pace = new CollectorPace(Step, Busy, Interval);
        var due = new List<double>();
        for (var second = 0.0; second < 50; second += 0.5)
        {
            if (_pace.Due((long)(second * 1_000_000), (int)second, TimeSpan.FromSeconds(100 + second)) is CollectorPace.Old)
                due.Add(second);
        }

        Assert.Equal([0, 15, 30, 45], due);
    }

    [Fact]
    public void Without_a_step_the_youngest_is_left_to_the_runtime()
    {
        _pace = new CollectorPace(0, Busy, Interval);
        Assert.Equal([CollectorPace.Old, null, null, null, null, null], Looks(0, 1_000, 2_000, 3_000, 4_000, 5_000));
    }

    private int?[] Looks(params long[] allocated) => [.. allocated.Select(bytes => _pace.Due(bytes, 7, default))];
}
