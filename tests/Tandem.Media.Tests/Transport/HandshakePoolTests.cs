using System.Collections.Concurrent;
using Tandem.Core.Time;
using Tandem.Media.Dtls;
using Tandem.Media.Transport;
using Tandem.Testing;

namespace Tandem.Media.Tests.Transport;

/// <summary>The threads that compute handshakes.</summary>
public sealed class HandshakePoolTests
{
    private sealed class Work(Action compute) : IHandshakeWork
    {
        public void Compute() => compute();

        public void Finish(Moment now)
        {
        }
    }

    [Fact]
    public void Work_is_done_in_order_by_threads_of_the_pool_and_its_end_is_posted()
    {
        var order = new ConcurrentQueue<int>();
        var names = new ConcurrentDictionary<string, bool>();
        var posted = 0;
        using var pool = new HandshakePool(new DtlsOptions { Threads = 1 });
        for (var i = 0; i < 100; i++)
        {
            var number = i;
            Assert.True(pool.TryStart(
                new Work(() =>
                {
                    order.Enqueue(number);
                    names[Thread.CurrentThread.Name!] = true;
                }),
                _ => Interlocked.Increment(ref posted)));
        }

        Assert.True(Wait.Until(() => Volatile.Read(ref posted) == 100));
        Assert.Equal(Enumerable.Range(0, 100), order);
        Assert.Equal(["dtls-0"], names.Keys);
        Assert.Equal((100L, 0L, 0L, 0), (pool.Computed, pool.Refused, pool.Failures, pool.Waiting));
    }

    [Fact]
    public void More_than_the_limit_is_refused_and_a_fault_keeps_nobody_else_from_his_turn()
    {
        using var gate = new ManualResetEventSlim();
        using var isBusy = new ManualResetEventSlim();
        var posted = 0;
        using var pool = new HandshakePool(new DtlsOptions { Threads = 1, MaxWaitingTurns = 3 });
        Assert.True(pool.TryStart(
            new Work(() =>
            {
                isBusy.Set();
                gate.Wait();
                throw new InvalidOperationException("a fault");
            }),
            Posted));
        isBusy.Wait();
        for (var i = 0; i < 3; i++)
            Assert.True(pool.TryStart(new Work(() => { }), Posted));
        Assert.False(pool.TryStart(new Work(() => { }), Posted));
        Assert.Equal((3, 1L), (pool.Waiting, pool.Refused));
        gate.Set();
        Assert.True(Wait.Until(() => Volatile.Read(ref posted) == 4));
        Assert.Equal((4L, 1L, 0), (pool.Computed, pool.Failures, pool.Waiting));

        void Posted(IMediaCommand command) => Interlocked.Increment(ref posted);
    }

    [Fact]
    public void One_that_is_over_takes_nothing_more()
    {
        var pool = new HandshakePool(DtlsOptions.Default);
        pool.Dispose();
        Assert.False(pool.TryStart(new Work(() => { }), _ => { }));
        pool.Dispose();
    }
}
