using Tandem.Core.Loops;

namespace Tandem.Core.Tests.Loops;

public class SignalQueueTests
{
    [Fact]
    public void A_story_gets_items_in_order_and_resumes_on_its_turn_queue()
    {
        var turns = new TurnQueue();
        var queue = new SignalQueue<int>(capacity: 4);
        var seen = new List<int>();
        turns.Post(() => _ = ReadAsync());
        turns.RunAll();

        Assert.True(queue.TryPost(1));
        Assert.Empty(seen);
        Assert.True(queue.TryPost(2));
        turns.RunAll();

        Assert.Equal([1, 2], seen);

        async Task ReadAsync()
        {
            while (true)
                seen.Add(await queue.NextAsync());
        }
    }

    [Fact]
    public void A_full_queue_refuses()
    {
        var queue = new SignalQueue<int>(capacity: 1);
        Assert.True(queue.TryPost(1));
        Assert.False(queue.TryPost(2));
        Assert.True(queue.TryTake(out var item));
        Assert.Equal(1, item);
        Assert.False(queue.TryTake(out _));
    }

    [Fact]
    public void A_second_reader_is_refused()
    {
        var queue = new SignalQueue<int>(capacity: 1);
        _ = queue.NextAsync();
        Assert.Throws<InvalidOperationException>(() => { _ = queue.NextAsync(); });
    }

    [Fact]
    public void A_signal_keeps_its_first_value_whether_it_comes_before_or_after_the_wait()
    {
        var turns = new TurnQueue();
        var early = new Signal<int>();
        Assert.True(early.TrySet(1));
        Assert.False(early.TrySet(2));
        var late = new Signal<int>();
        var sum = 0;
        turns.Post(() => _ = AddAsync());
        turns.RunAll();
        Assert.Equal(0, sum);
        late.TrySet(10);
        turns.RunAll();
        Assert.Equal(11, sum);

        async Task AddAsync() => sum = await early.WaitAsync() + await late.WaitAsync();
    }
}
