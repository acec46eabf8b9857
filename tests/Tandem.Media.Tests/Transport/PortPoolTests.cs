using Tandem.Core.Time;
using Tandem.Media.Transport;

namespace Tandem.Media.Tests.Transport;

public sealed class PortPoolTests
{
    private readonly FakeLayer _layer = new();
    private Moment _now = Moment.FromMilliseconds(1000);

    private PortPool Pool(int first = 30001, int last = 30020, int warm = 100, int attempts = 64, int seed = 1) =>
        new(new MediaOptions { RtpPort = first, RtpPortMax = last, WarmSockets = warm, BindAttempts = attempts }, _layer, new Random(seed));

    [Fact]
    public void Pairs_are_even_and_odd_inside_the_range_and_run_out()
    {
        var pool = Pool();
        var ports = new List<int>();
        while (pool.Rent(false, true, _now) is { } pair)
        {
            Assert.Equal((pair.Port, pair.Port + 1), (pair.Rtp!.Port, pair.Rtcp!.Port));
            ports.Add(pair.Port);
        }

        Assert.Equal(Enumerable.Range(0, 9).Select(i => 30002 + (2 * i)), ports.Order());
        Assert.Equal((18, 0, 1L), (pool.InUse, pool.Resting, pool.Exhausted));
    }

    // A tenth of the range at most: here two pairs of 20 though ten are asked for.
    [Fact]
    public void The_last_pairs_are_for_who_is_urgent()
    {
        var pool = new PortPool(new MediaOptions { RtpPort = 30000, RtpPortMax = 30039, UrgentPorts = 20 }, _layer, new Random(1));
        var rented = 0;
        PortPair? last = null;
        while (pool.Rent(false, true, _now) is { } pair)
            (rented, last) = (rented + 1, pair);
        Assert.Equal(18, rented);
        Assert.NotNull(pool.Rent(false, true, _now, isUrgent: true));
        Assert.NotNull(pool.Rent(false, true, _now, isUrgent: true));
        Assert.Null(pool.Rent(false, true, _now, isUrgent: true));

        // What rests is no free pair before it has rested; the first that are free again are for who is urgent.
        pool.Return(last!, _now);
        Assert.Null(pool.Rent(false, true, _now, isUrgent: true));
        _now += TimeSpan.FromSeconds(5);
        Assert.Null(pool.Rent(false, true, _now));
        Assert.NotNull(pool.Rent(false, true, _now, isUrgent: true));
    }

    // The two come from different threads: what is opened while the pool is closed does not stay open.
    [Fact]
    public void What_is_opened_while_the_pool_closes_is_closed()
    {
        var pool = Pool();
        _layer.Binding = pool.Close;
        Assert.Null(pool.Rent(false, true, _now));
        Assert.Equal((0, 0), (_layer.Open, pool.InUse));
    }

    [Fact]
    public void An_rtcp_port_that_is_opened_while_the_pool_closes_is_closed()
    {
        var pool = Pool();
        var pair = pool.Rent(false, false, _now)!;
        _layer.Binding = pool.Close;
        Assert.False(pool.TryOpenRtcp(pair));
        Assert.Equal(0, _layer.Open);
    }

    [Fact]
    public void The_order_begins_at_a_random_place()
    {
        var starts = new HashSet<int>();
        for (var seed = 0; seed < 20; seed++)
        {
            var pool = Pool(seed: seed);
            starts.Add(pool.Rent(false, false, _now)!.Port);
            pool.Close();
        }

        Assert.True(starts.Count > 3);
    }

    [Fact]
    public void A_used_pair_rests_and_then_comes_back_with_its_sockets()
    {
        var pool = Pool();
        var pair = pool.Rent(false, true, _now)!;
        pool.Return(pair, _now);
        Assert.Equal((0, 2, 2), (pool.InUse, pool.Resting, pool.OpenIdle));

        _now += TimeSpan.FromSeconds(4.999);
        Assert.NotSame(pair, pool.Rent(false, true, _now));
        _now += TimeSpan.FromSeconds(0.001);
        Assert.Same(pair, pool.Rent(false, true, _now));
        Assert.Equal((4, 0, 0), (pool.InUse, pool.Resting, pool.OpenIdle));
        Assert.Equal(4, _layer.Bound.Count);
    }

    [Fact]
    public void A_full_quarantine_refuses_rather_than_reuses()
    {
        var pool = Pool(30000, 30007);
        for (var i = 0; i < 4; i++)
            pool.Return(pool.Rent(false, true, _now)!, _now);
        Assert.Null(pool.Rent(false, true, _now));
        pool.Tick(_now + TimeSpan.FromSeconds(5));
        Assert.Equal(0, pool.Resting);
        Assert.NotNull(pool.Rent(false, true, _now));
    }

    [Fact]
    public void A_port_that_somebody_has_is_passed_over()
    {
        var pool = Pool(30000, 30009);
        _layer.Taken.UnionWith([30000, 30003, 30004, 30006]);
        Assert.Equal(30008, pool.Rent(false, true, _now)!.Port);
        Assert.Null(pool.Rent(false, true, _now));
        Assert.True(pool.BindFailures >= 4);
        Assert.Equal((2, 2), (pool.InUse, _layer.Open));
        _layer.Taken.Clear();
        Assert.NotNull(pool.Rent(false, true, _now));
    }

    [Fact]
    public void Attempts_are_bounded()
    {
        var pool = Pool(30000, 30099, attempts: 3);
        _layer.Taken.UnionWith(Enumerable.Range(30000, 100));
        Assert.Null(pool.Rent(false, true, _now));
        Assert.Equal(3, pool.BindFailures);
    }

    [Fact]
    public void Idle_sockets_are_bounded()
    {
        var pool = Pool(warm: 3);
        var first = pool.Rent(false, true, _now)!;
        var second = pool.Rent(false, true, _now)!;
        pool.Return(first, _now);
        pool.Return(second, _now);
        Assert.Equal((2, 4, 2), (pool.OpenIdle, pool.Resting, _layer.Open));
    }

    [Fact]
    public void The_family_of_a_warm_pair_follows_the_call()
    {
        var pool = Pool(30000, 30007);
        var pairs = Enumerable.Range(0, 4).Select(_ => pool.Rent(false, true, _now)!).ToArray();
        foreach (var pair in pairs)
            pool.Return(pair, _now);
        _now += TimeSpan.FromSeconds(5);
        var six = pool.Rent(true, false, _now)!;
        Assert.True(six.Rtp!.IsV6);
        Assert.Null(six.Rtcp);
        Assert.Equal((1, 7), (pool.InUse, _layer.Open));
    }

    [Fact]
    public void Rtcp_opens_later_and_closes_alone()
    {
        var pool = Pool();
        var pair = pool.Rent(false, false, _now)!;
        Assert.Equal(1, pool.InUse);
        Assert.True(pool.TryOpenRtcp(pair));
        Assert.True(pool.TryOpenRtcp(pair));
        Assert.Equal(2, pool.InUse);
        var socket = pair.Rtcp!;
        pair.Rtcp = null;
        pool.CloseRtcp(socket);
        Assert.Equal((1, 1), (pool.InUse, _layer.Open));
        _layer.Taken.Add(pair.Port + 1);
        Assert.False(pool.TryOpenRtcp(pair));
    }

    [Fact]
    public void Closing_closes_everything_and_rents_nothing_more()
    {
        var pool = Pool();
        pool.Return(pool.Rent(false, true, _now)!, _now);
        pool.Rent(false, true, _now);
        pool.Close();
        Assert.Equal(0, _layer.Open);
        Assert.Null(pool.Rent(false, true, _now));
    }
}
