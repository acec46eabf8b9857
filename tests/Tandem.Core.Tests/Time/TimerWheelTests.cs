using Tandem.Core.Time;
using Tandem.Testing;

namespace Tandem.Core.Tests.Time;

public class TimerWheelTests
{
    private static readonly Moment Start = Moment.FromMilliseconds(1_000_003);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(16_777_216)]
    [InlineData(86_400_000)]
    public void Fires_at_its_millisecond_and_not_before(int delay)
    {
        var wheel = new TimerWheel(Start);
        var fired = 0;
        wheel.Schedule(new CallbackTimer(_ => fired++), Start + TimeSpan.FromMilliseconds(delay));

        if (delay > 0)
        {
            wheel.Advance(Start + TimeSpan.FromMilliseconds(delay - 1));
            Assert.Equal(0, fired);
        }

        wheel.Advance(Start + TimeSpan.FromMilliseconds(delay));
        Assert.Equal(1, fired);
        Assert.Equal(0, wheel.Count);
        Assert.Equal(Moment.Never, wheel.NextDeadline);
    }

    [Fact]
    public void A_part_of_a_millisecond_is_rounded_up()
    {
        var wheel = new TimerWheel(Start);
        var fired = 0;
        wheel.Schedule(new CallbackTimer(_ => fired++), Start + TimeSpan.FromTicks(1));
        wheel.Advance(Start);
        Assert.Equal(0, fired);
        wheel.Advance(Start + TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, fired);
    }

    [Fact]
    public void A_timer_may_schedule_itself_again_and_cancel_others()
    {
        var wheel = new TimerWheel(Start);
        var times = new List<long>();
        var victim = new CallbackTimer(_ => Assert.Fail("was cancelled"));
        CallbackTimer? again = null;
        again = new CallbackTimer(now =>
        {
            times.Add((now - Start).Milliseconds);
            wheel.Cancel(victim);
            if (times.Count < 3)
                wheel.Schedule(again!, again!.Due + TimeSpan.FromMilliseconds(10));
        });
        wheel.Schedule(again, Start + TimeSpan.FromMilliseconds(10));
        wheel.Schedule(victim, Start + TimeSpan.FromMilliseconds(10));

        for (var ms = 0; ms <= 40; ms++)
            wheel.Advance(Start + TimeSpan.FromMilliseconds(ms));

        Assert.Equal([10, 20, 30], times);
    }

    [Fact]
    public void Scheduling_again_moves_the_timer()
    {
        var wheel = new TimerWheel(Start);
        var fired = 0;
        var timer = new CallbackTimer(_ => fired++);
        wheel.Schedule(timer, Start + TimeSpan.FromMilliseconds(5));
        wheel.Schedule(timer, Start + TimeSpan.FromMilliseconds(500));
        Assert.Equal(1, wheel.Count);
        wheel.Advance(Start + TimeSpan.FromMilliseconds(499));
        Assert.Equal(0, fired);
        wheel.Advance(Start + TimeSpan.FromMilliseconds(500));
        Assert.Equal(1, fired);
    }

    [Fact]
    public void A_timer_of_another_wheel_is_refused()
    {
        var timer = new CallbackTimer(_ => { });
        new TimerWheel(Start).Schedule(timer, Start + TimeSpan.FromSeconds(1));
        Assert.Throws<InvalidOperationException>(() => new TimerWheel(Start).Cancel(timer));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Behaves_like_a_sorted_list_whatever_the_order_of_calls(int seed)
    {
        var random = new Random(seed);
        var now = Start;
        var wheel = new TimerWheel(now);
        var expected = new Dictionary<int, long>();
        var fired = new List<(int Id, long At)>();
        var timers = new CallbackTimer[200];
        for (var i = 0; i < timers.Length; i++)
        {
            var id = i;
            timers[i] = new CallbackTimer(at => fired.Add((id, at.Milliseconds)));
        }

        for (var step = 0; step < 20_000; step++)
        {
            var id = random.Next(timers.Length);
            switch (random.Next(4))
            {
                case 0:
                    wheel.Cancel(timers[id]);
                    expected.Remove(id);
                    break;
                case 1:
                    // Follow the deadline as a driver does: it must never lie after the earliest timer.
                    var deadline = wheel.NextDeadline;
                    if (expected.Count > 0)
                        Assert.True(deadline.Milliseconds <= Math.Max(expected.Values.Min(), now.Milliseconds));
                    if (deadline != Moment.Never && deadline > now && deadline - now < TimeSpan.FromHours(1))
                        now = deadline;
                    Check();
                    break;
                case 2:
                    now += TimeSpan.FromMilliseconds(random.Next(random.Next(3) == 0 ? 100_000 : 300));
                    Check();
                    break;
                default:
                    var due = now.Milliseconds + random.Next(1, random.Next(4) switch { 0 => 50, 1 => 1000, 2 => 70_000, _ => 20_000_000 });
                    wheel.Schedule(timers[id], Moment.FromMilliseconds(due));
                    expected[id] = due;
                    break;
            }

            Assert.Equal(expected.Count, wheel.Count);
        }

        void Check()
        {
            fired.Clear();
            wheel.Advance(now);
            var due = expected.Where(e => e.Value <= now.Milliseconds).OrderBy(e => e.Value).ToList();
            Assert.Equal(due.Select(e => e.Key).Order(), fired.Select(f => f.Id).Order());
            Assert.Equal(due.Select(e => e.Value), fired.Select(f => expected[f.Id]));
            foreach (var (id, _) in due)
                expected.Remove(id);
        }
    }

    [Fact]
    public void Scheduling_and_firing_allocate_nothing()
    {
        var wheel = new TimerWheel(Start);
        var timer = new CallbackTimer(static _ => { });
        var now = Start;
        Assert.Equal(0, Garbage.Of(() => Run(10_000)));

        void Run(int times)
        {
            for (var i = 0; i < times; i++)
            {
                wheel.Schedule(timer, now + TimeSpan.FromMilliseconds(7));
                now += TimeSpan.FromMilliseconds(7);
                wheel.Advance(now);
            }
        }
    }
}
