using Tandem.Core.Time;
using Tandem.Media.Transport;

namespace Tandem.Media.Tests.Transport;

/// <summary>How often a media loop looks, in virtual time: counted rounds, and the longest that a packet waited for its round to end.</summary>
public sealed class RoundPaceTests
{
    private static readonly TimeSpan Coalesce = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>What a wake-up costs, and what a packet does.</summary>
    private static readonly TimeSpan Wake = TimeSpan.FromMicroseconds(20);
    private static readonly TimeSpan Packet = TimeSpan.FromMicroseconds(5);

    private static Moment At(double milliseconds) => new((long)(milliseconds * TimeSpan.TicksPerMillisecond));

    [Fact]
    public void What_comes_alone_waits_for_nobody()
    {
        // 20 ms apart, as the packets of one phone.
        var pace = new RoundPace(Coalesce);
        for (var i = 0; i < 10; i++)
            Assert.Equal(Moment.Zero, pace.PauseUntil(At(20 * i), At((20 * i) + 0.01), true));
    }

    [Fact]
    public void The_pause_ends_so_that_the_next_round_is_over_in_time()
    {
        var pace = new RoundPace(Coalesce);
        _ = pace.PauseUntil(At(100), At(100.1), true);
        Assert.Equal(At(101.5) + (Coalesce - TimeSpan.FromMilliseconds(0.4)), pace.PauseUntil(At(101.5), At(101.9), true));
    }

    [Fact]
    public void A_round_that_took_half_of_the_time_is_followed_at_once()
    {
        var pace = new RoundPace(Coalesce);
        _ = pace.PauseUntil(At(100), At(101), true);
        Assert.Equal(Moment.Zero, pace.PauseUntil(At(101), At(102), true));
        Assert.Equal(Moment.Zero, pace.PauseUntil(At(102), At(112), true));
    }

    [Fact]
    public void Commands_alone_pause_nothing()
    {
        var pace = new RoundPace(Coalesce);
        for (var i = 0; i < 10; i++)
            Assert.Equal(Moment.Zero, pace.PauseUntil(At(100 + (0.1 * i)), At(100.05 + (0.1 * i)), false));
    }

    [Fact]
    public void Without_a_coalescing_time_there_is_no_pause()
    {
        var pace = new RoundPace(TimeSpan.Zero);
        for (var i = 0; i < 10; i++)
            Assert.Equal(Moment.Zero, pace.PauseUntil(At(100 + (0.1 * i)), At(100.01 + (0.1 * i)), true));
    }

    /// <summary>Packets that come evenly: rounds in a second are few when packets are, and nobody waits longer than the coalescing time.</summary>
    [Theory]
    [InlineData(1_000, 540)]
    [InlineData(10_000, 540)]
    [InlineData(50_000, 640)]
    [InlineData(100_000, 760)]
    [InlineData(150_000, 900)]
    public void Rounds_are_few_and_packets_wait_no_longer_than_they_may(int packetsPerSecond, int mostRounds)
    {
        var pace = new RoundPace(Coalesce);
        var apart = Second.Ticks / packetsPerSecond;
        var (now, taken, rounds) = (At(100), 0L, 0);
        var longest = TimeSpan.Zero;
        var origin = now;
        while (now < origin + Second)
        {
            // A round takes what came until it began; a loop with nothing to take sleeps until the next packet.
            if (new Moment(origin.Ticks + (taken * apart)) is var next && next > now)
                now = next;
            var began = now;
            now += Wake;
            var first = new Moment(origin.Ticks + (taken * apart));
            while (origin.Ticks + (taken * apart) <= began.Ticks)
            {
                taken++;
                now += Packet;
            }

            rounds++;
            if (now - first > longest && began > origin + (Second / 10))
                longest = now - first;
            if (pace.PauseUntil(began, now, true) is var until && until > now)
                now = until;
        }

        Assert.InRange(rounds, 1, mostRounds);
        Assert.InRange(longest, TimeSpan.Zero, Coalesce + Wake);
    }
}
