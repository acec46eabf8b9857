using System.Net;
using Tandem.Calls.Ports;
using Tandem.Server.Options;

namespace Tandem.Server.Http;

public sealed class RateLimiterTests
{
    private static readonly HttpOptions Two = new() { RateLimitMax = 2, RateLimitWindow = TimeSpan.FromSeconds(10) };

    [Fact]
    public void A_window_lets_so_many_through_and_begins_again_when_it_is_over()
    {
        var time = new SteppedTime();
        var limiter = new RateLimiter(Two, time);
        var source = IPAddress.Parse("192.0.2.1");

        Assert.Equal(new RateLimitResult(true, 2, 1, 10), limiter.Take(source));
        time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(new RateLimitResult(true, 2, 0, 6), limiter.Take(source));
        Assert.Equal(new RateLimitResult(false, 2, 0, 6), limiter.Take(source));
        time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(new RateLimitResult(true, 2, 1, 10), limiter.Take(source));
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("2001:db8::1", "2001:db8::2", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    public void A_source_is_an_ipv4_address_or_an_ipv6_network(string first, string second, bool same)
    {
        var limiter = new RateLimiter(Two, new SteppedTime());
        limiter.Take(IPAddress.Parse(first));
        Assert.Equal(same ? 0 : 1, limiter.Take(IPAddress.Parse(second)).Remaining);
    }

    [Fact]
    public void The_table_is_bounded_and_sources_beyond_share_a_window()
    {
        var time = new SteppedTime();
        var limiter = new RateLimiter(Two, time);
        for (var i = 0; i < RateLimiter.MostSources + 10; i++)
            limiter.Take(new IPAddress(i + 1));

        Assert.Equal(RateLimiter.MostSources + 1, limiter.Count);
        Assert.False(limiter.Take(IPAddress.Parse("203.0.113.1")).IsAllowed);

        time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(limiter.Take(IPAddress.Parse("203.0.113.2")).IsAllowed);
        Assert.Equal(1, limiter.Count);
    }

    [Fact]
    public async Task Nodes_count_together_and_each_alone_while_the_others_cannot_be_asked()
    {
        var time = new SteppedTime();
        var counter = new Counter();
        var (here, there) = (new RateLimiter(Two, time, counter), new RateLimiter(Two, time, counter));
        var source = IPAddress.Parse("192.0.2.1");
        Assert.Equal(1, (await here.TakeAsync(source)).Remaining);
        Assert.Equal(0, (await there.TakeAsync(source)).Remaining);
        Assert.False((await here.TakeAsync(source)).IsAllowed);
        Assert.All(counter.Lifetimes, lifetime => Assert.Equal(Two.RateLimitWindow, lifetime));

        counter.IsConnected = false;
        Assert.Equal(new RateLimitResult(true, 2, 0, 10), await there.TakeAsync(source));
        Assert.False((await there.TakeAsync(source)).IsAllowed);
        counter.IsConnected = true;
        counter.IsMute = true;
        Assert.Equal(1, (await here.TakeAsync(IPAddress.Parse("192.0.2.2"))).Remaining);
    }

    [Fact]
    public async Task Tokens_have_a_table_of_their_own_and_beyond_it_the_source_alone_counts()
    {
        var time = new SteppedTime();
        var limiter = new RateLimiter(Two, time);
        Assert.True((await limiter.TakeTokenAsync("one"))!.Value.IsAllowed);
        Assert.True((await limiter.TakeTokenAsync("one"))!.Value.IsAllowed);
        Assert.False((await limiter.TakeTokenAsync("one"))!.Value.IsAllowed);
        Assert.True((await limiter.TakeTokenAsync("another"))!.Value.IsAllowed);
        Assert.Equal((0, 2), (limiter.Count, limiter.Tokens));

        for (var i = 0; i < RateLimiter.MostSources; i++)
            await limiter.TakeTokenAsync("token" + i);
        Assert.Equal(RateLimiter.MostSources, limiter.Tokens);
        Assert.Null(await limiter.TakeTokenAsync("beyond"));
        Assert.False((await limiter.TakeTokenAsync("one"))!.Value.IsAllowed);
        Assert.True(limiter.Take(IPAddress.Parse("192.0.2.1")).IsAllowed);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.True((await limiter.TakeTokenAsync("beyond"))!.Value.IsAllowed);
    }

    private sealed class Counter : ISharedCounter
    {
        private readonly Dictionary<string, long> _sums = [];

        public bool IsConnected { get; set; } = true;

        public bool IsMute { get; set; }

        public List<TimeSpan> Lifetimes { get; } = [];

        public Task<long?> CountAsync(string key, int add, TimeSpan lifetime)
        {
            Lifetimes.Add(lifetime);
            return Task.FromResult<long?>(IsMute ? null : _sums[key] = _sums.GetValueOrDefault(key) + add);
        }
    }

    private sealed class SteppedTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan by) => _ticks += by.Ticks;
    }
}
