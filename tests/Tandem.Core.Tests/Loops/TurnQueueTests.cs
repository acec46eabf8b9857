using Tandem.Core.Loops;

namespace Tandem.Core.Tests.Loops;

public class TurnQueueTests
{
    [Fact]
    public void Async_code_resumes_on_the_queue_one_turn_at_a_time()
    {
        var turns = new TurnQueue();
        var gate = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var seen = new List<string>();
        turns.Post(() => _ = Story());
        turns.RunAll();
        Assert.Equal(["start"], seen);

        gate.SetResult(7);
        Assert.Equal(["start"], seen);
        Assert.Equal(1, turns.Count);
        turns.RunAll();
        Assert.Equal(["start", "7"], seen);

        async Task Story()
        {
            seen.Add("start");
            seen.Add((await gate.Task).ToString());
            Assert.Same(turns, SynchronizationContext.Current);
        }
    }

    [Fact]
    public void A_failing_turn_is_reported_and_the_next_one_runs()
    {
        var failures = new List<Exception>();
        var turns = new TurnQueue { Failed = failures.Add };
        var ran = false;
        turns.Post(() => throw new InvalidOperationException("x"));
        turns.Post(() => ran = true);
        Assert.Equal(2, turns.RunAll());
        Assert.True(ran);
        Assert.Equal("x", Assert.Single(failures).Message);
    }

    [Fact]
    public void Posting_wakes_the_loop()
    {
        var woken = 0;
        var turns = new TurnQueue { Wake = () => woken++ };
        turns.Post(() => { });
        Assert.Equal(1, woken);
    }

    [Fact]
    public void The_limit_bounds_a_round()
    {
        var turns = new TurnQueue();
        for (var i = 0; i < 5; i++)
            turns.Post(() => { });
        Assert.Equal(3, turns.RunAll(3));
        Assert.Equal(2, turns.Count);
    }
}
