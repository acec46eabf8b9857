using Tandem.Server.Hosting;

namespace Tandem.Server.Tests.Hosting;

public sealed class CollectorPaceTests
{
    private const long Step = 4_000, Busy = 2_000;

    private readonly CollectorPace _pace = new(Step, Busy);

    [Fact]
    public void It_is_due_when_a_step_was_made_since_the_last_one()
    {
        Assert.Equal([false, false, false, false, false, true], Looks(0, 1_000, 2_000, 3_000, 3_999, 4_000));
    }

    [Fact]
    public void Whoever_collected_the_next_step_begins_there()
    {
        Looks(0, 1_000, 2_000, 3_000);
        Assert.False(_pace.IsDue(4_500, 8));
        Assert.False(_pace.IsDue(6_000, 8));
        Assert.False(_pace.IsDue(7_900, 8));
        Assert.True(_pace.IsDue(8_500, 8));
    }

    [Fact]
    public void What_is_made_fast_is_left_to_the_runtime_and_comes_after_it()
    {
        Assert.Equal([false, false, false, false, true], Looks(0, 2_000, 4_000, 8_000, 9_999));
    }

    [Fact]
    public void It_stays_due_until_somebody_collects()
    {
        Assert.Equal([false, false, false, true, true], Looks(0, 1_500, 3_000, 4_500, 4_500));
    }

    private bool[] Looks(params long[] allocated) => [.. allocated.Select(bytes => _pace.IsDue(bytes, 7))];
}
