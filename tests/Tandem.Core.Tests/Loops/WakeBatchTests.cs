using Tandem.Core.Loops;

namespace Tandem.Core.Tests.Loops;

public sealed class WakeBatchTests
{
    [Fact]
    public void A_thread_without_a_batch_wakes_at_once()
    {
        var loop = new Sleeper();
        OnThread(() => WakeBatch.Wake(loop));
        Assert.Equal(1, loop.Wakes);
    }

    [Fact]
    public void A_round_wakes_each_loop_once_at_its_end()
    {
        var (first, second) = (new Sleeper(), new Sleeper());
        OnThread(() =>
        {
            var batch = WakeBatch.Open();
            Assert.Same(batch, WakeBatch.Open());
            WakeBatch.Wake(first);
            WakeBatch.Wake(second);
            WakeBatch.Wake(first);
            Assert.Equal((0, 0), (first.Wakes, second.Wakes));
            batch.Flush();
            Assert.Equal((1, 1), (first.Wakes, second.Wakes));
            batch.Flush();
            Assert.Equal((1, 1), (first.Wakes, second.Wakes));
            WakeBatch.Wake(first);
            batch.Flush();
            Assert.Equal((2, 1), (first.Wakes, second.Wakes));
        });
    }

    private static void OnThread(Action action)
    {
        Exception? thrown = null;
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                thrown = e;
            }
        });
        thread.Start();
        thread.Join();
        if (thrown is not null)
            throw new InvalidOperationException("on the thread", thrown);
    }

    private sealed class Sleeper : IWakeable
    {
        public int Wakes { get; private set; }

        public void Wake() => Wakes++;
    }
}
