using Tandem.Core.Buffers;
using Tandem.Core.Loops;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Tests.Authentication;
using Tandem.Sip.Transport;
using Tandem.Sip.Transport.Native;

namespace Tandem.Sip.Tests.Transport;

public sealed class ShardLoopTests
{
    private static readonly TimeSpan Patience = TransportBench.Patience;
    private readonly Clock _clock = new(TimeProvider.System);

    [Fact]
    public void What_is_posted_arrives_in_order_on_the_thread_of_the_loop()
    {
        var shard = new TestShard();
        using var loop = new ShardLoop(shard, _clock);
        var onLoop = true;
        shard.Received = _ => onLoop &= loop.IsCurrent;
        loop.Start();
        for (var tag = 1; tag <= 1_000; tag++)
            Assert.True(loop.TryPost(new SipInput(null, default, FailedTag: tag)));

        for (var tag = 1; tag <= 1_000; tag++)
            Assert.Equal(tag, shard.Take().FailedTag);

        Assert.True(onLoop);
        Assert.Equal(1_000, loop.Meter.Inputs);
    }

    // Other loops are woken once for all mail of a round, and before the loop itself sleeps.
    [Fact]
    public void A_round_wakes_other_loops_at_its_end()
    {
        var shard = new TestShard();
        using var loop = new ShardLoop(shard, _clock);
        using var woken = new SemaphoreSlim(0);
        var other = new Sleeper(woken);
        var early = 0;
        shard.Received = _ =>
        {
            WakeBatch.Wake(other);
            WakeBatch.Wake(other);
            early += other.Wakes;
        };
        Assert.True(loop.TryPost(new SipInput(null, default, FailedTag: 1)));
        Assert.True(loop.TryPost(new SipInput(null, default, FailedTag: 2)));
        loop.Start();
        Assert.True(woken.Wait(Patience));
        loop.Stop();
        Assert.Equal((0, 1), (early, other.Wakes));
    }

    [Fact]
    public void What_reading_a_socket_throws_is_reported_and_the_loop_goes_on()
    {
        var shard = new TestShard();
        using var loop = new ShardLoop(shard, _clock);
        using var inlet = new BadInlet();
        var reported = new List<string>();
        loop.Failed = e => reported.Add(e.Message);
        loop.Attach(inlet);
        loop.Start();
        Assert.True(loop.TryPost(new SipInput(null, default, FailedTag: 1)));
        Assert.Equal(1, shard.Take().FailedTag);
        loop.Stop();
        Assert.Equal("bad", reported[0]);
        Assert.Equal(reported.Count, loop.Meter.Faults);
    }

    // The number of a closed descriptor is given to the next connection, of whomever.
    [Fact]
    public void Who_wakes_a_loop_that_is_gone_writes_into_nobodys_descriptor()
    {
        var waiter = new PollWaiter();
        waiter.Dispose();
        waiter.Dispose();
        var others = Enumerable.Range(0, 64).Select(_ => new Descriptor(Libc.EventFd(0, Libc.EventFdNonBlockCloseOnExec))).ToArray();
        waiter.Wake();
        Assert.All(others, other =>
        {
            Assert.False(IsWoken(other));
            other.Dispose();
            Assert.False(other.TryHold());
        });

        static unsafe bool IsWoken(Descriptor descriptor)
        {
            ulong wakes;
            return Libc.Read(descriptor.Number, (byte*)&wakes, sizeof(ulong)) > 0;
        }
    }

    [Fact]
    public void A_full_mailbox_refuses_and_counts()
    {
        var shard = new TestShard();
        using var loop = new ShardLoop(shard, _clock, new ShardLoopOptions { MailboxCapacity = 4 });
        var posted = Enumerable.Range(1, 6).Count(tag => loop.TryPost(new SipInput(null, default, FailedTag: tag)));
        Assert.Equal(4, posted);
        Assert.Equal(4, loop.MailboxLength);
        Assert.Equal(2, loop.MailboxRefused);

        loop.Start();
        for (var tag = 1; tag <= 4; tag++)
            Assert.Equal(tag, shard.Take().FailedTag);
    }

    [Fact]
    public void Turns_wake_the_loop_and_async_code_resumes_on_it()
    {
        var shard = new TestShard();
        using var loop = new ShardLoop(shard, _clock);
        loop.Start();
        using var done = new ManualResetEventSlim();
        var places = new List<bool>();
        var gate = new TaskCompletionSource();
        shard.Turns.Post(async void () =>
        {
            places.Add(loop.IsCurrent);
            await gate.Task;
            places.Add(loop.IsCurrent);
            done.Set();
        });
        gate.SetResult();
        Assert.True(done.Wait(Patience));
        Assert.Equal([true, true], places);
    }

    [Fact]
    public void A_deadline_wakes_the_loop_and_never_early()
    {
        var shard = new TestShard();
        var due = _clock.Now + TimeSpan.FromMilliseconds(30);
        shard.NextDeadline = due;
        using var fired = new ManualResetEventSlim();
        var at = Moment.Zero;
        shard.Advanced = now =>
        {
            at = now;
            fired.Set();
        };
        using var loop = new ShardLoop(shard, _clock);
        loop.Start();
        Assert.True(fired.Wait(Patience));
        Assert.True(at >= due);
    }

    [Fact]
    public void What_the_shard_throws_ends_nothing()
    {
        var shard = new TestShard { Received = input => ThrowAt(input.FailedTag, 1) };
        using var loop = new ShardLoop(shard, _clock);
        var failures = new List<string>();
        loop.Failed = e => failures.Add(e.Message);
        loop.TryPost(new SipInput(null, default, FailedTag: 1));
        loop.TryPost(new SipInput(null, default, FailedTag: 2));
        shard.Turns.Post(() => throw new InvalidOperationException("turn"));
        loop.Start();
        Assert.Equal(2, shard.Take().FailedTag);
        loop.Stop();
        Assert.Equal(["tag 1", "turn"], failures);
        Assert.Equal(2, loop.Meter.Faults);
    }

    [Fact]
    public void Stop_handles_what_waits_and_then_refuses()
    {
        var shard = new TestShard();
        using var loop = new ShardLoop(shard, _clock);
        using var hold = new ManualResetEventSlim();
        loop.Start();
        shard.Turns.Post(() => hold.Wait(Patience));
        for (var tag = 1; tag <= 100; tag++)
            Assert.True(loop.TryPost(new SipInput(null, default, FailedTag: tag)));

        hold.Set();
        loop.Stop();
        Assert.Equal(100, shard.Inputs.Count);
        Assert.False(loop.TryPost(new SipInput(null, default, FailedTag: 101)));
        loop.Stop();
    }

    [Fact]
    public void Packets_go_to_the_sender_or_are_counted()
    {
        var shard = new TestShard { Answers = true };
        using var loop = new ShardLoop(shard, _clock);
        var sent = new List<SipPacket>();
        var request = TestDigest.Request("OPTIONS", "sip:tandem.example");
        loop.TryPost(new SipInput(request, default));
        loop.Start();
        shard.Take();
        loop.FinishRound();
        Assert.Equal(1, loop.Meter.Unsent);

        loop.Sender = (in SipPacket packet) => sent.Add(packet);
        loop.TryPost(new SipInput(request, default));
        loop.Stop();
        Assert.Equal(7, Assert.Single(sent).Tag);
    }

    [Fact]
    public void An_idle_loop_sleeps()
    {
        var shard = new TestShard();
        using var loop = new ShardLoop(shard, _clock);
        loop.Start();
        loop.TryPost(new SipInput(null, default, FailedTag: 1));
        shard.Take();
        loop.FinishRound();
        var rounds = loop.Meter.Rounds;
        using var pause = new ManualResetEventSlim();
        Assert.False(pause.Wait(TimeSpan.FromMilliseconds(50)));
        Assert.InRange(loop.Meter.Rounds - rounds, 0, 2);
    }

    private static void ThrowAt(long tag, long at)
    {
        if (tag == at)
            throw new InvalidOperationException($"tag {tag}");
    }

    private sealed class Sleeper(SemaphoreSlim woken) : IWakeable
    {
        public int Wakes { get; private set; }

        public void Wake()
        {
            Wakes++;
            woken.Release();
        }
    }

    private sealed class BadInlet : IShardInlet, IDisposable
    {
        public int Waiting => 0;

        private readonly Descriptor _event = new(Libc.EventFd(0, Libc.EventFdNonBlockCloseOnExec));

        public int Descriptor => _event.Number;

        public bool Receive(ShardLoop loop) => throw new FormatException("bad");

        public void Dispose() => _event.Dispose();
    }
}
