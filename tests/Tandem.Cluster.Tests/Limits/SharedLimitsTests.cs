using System.Collections.Concurrent;
using Tandem.Calls.Limits;
using Tandem.Calls.Security.Toll;
using Tandem.Calls.Tenants;
using Tandem.Cluster.Harness;

namespace Tandem.Cluster.Limits;

/// <summary>Nodes on one real server that tell each other what they use, ten times faster than they do.</summary>
public sealed class SharedLimitsTests : IAsyncLifetime
{
    private static readonly ClusterOptions Fast = RedisRig.Impatient with { UseInterval = TimeSpan.FromMilliseconds(100), UseLifetime = TimeSpan.FromMilliseconds(1_500) };
    private static readonly UseKey Acme = new(UseKind.Tenant, "acme");

    // Of the node that hears: what it was told lapses when a test says so, however slow the machine is.
    private readonly SteppedTime _time = new();
    private readonly ConcurrentQueue<(string Node, TenantId Tenant, TollState State)> _tolls = new();
    private volatile ToldUse[] _usedByA = [];
    private RedisRig _redis = null!;
    private ClusterNode _a = null!;
    private ClusterNode _b = null!;

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisRig.StartedAsync(Fast);
        (_a, _b) = (_redis.Node("a"), _redis.Node("b", _time));
        _a.Use = _ => _usedByA;
        _a.TollTold = (_, _, _) => throw new InvalidOperationException("a node heard itself");
        _b.TollTold = (node, tenant, state) => _tolls.Enqueue((node, tenant, state));
        _a.Start();
        _b.Start();
        await Until.TrueAsync(() => _a.IsConnected && _b.IsConnected);
        await _redis.ListeningAsync(2);
    }

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task What_one_uses_the_other_adds_until_it_is_given_back()
    {
        _usedByA = [new ToldUse(Acme, new NodeUse(Calls: 3, Asked: 2)), new ToldUse(new UseKey(UseKind.Profile, "", "p1"), default)];
        await Until.TrueAsync(() => _b.RemoteUse.Of(Acme) == new NodeUse(3, 2));
        Assert.Equal(1, _b.Statistics().RemoteUses);
        _usedByA = [new ToldUse(Acme, new NodeUse(Calls: 1))];
        await Until.TrueAsync(() => _b.RemoteUse.Of(Acme) == new NodeUse(1));

        // It holds for as long as it is told: longer than the lifetime of a figure.
        for (var passed = 0.0; passed < 3 * Fast.UseLifetime.TotalSeconds; passed += 1)
        {
            _time.Pass(1);
            Assert.Equal(new NodeUse(1), _b.RemoteUse.Of(Acme));
            var heard = _b.Statistics().Heard;
            await Until.TrueAsync(() => _b.Statistics().Heard > heard + 1); // the one after the next was told now
            Assert.Equal(new NodeUse(1), _b.RemoteUse.Of(Acme));
        }

        _usedByA = [];
        await Until.TrueAsync(() => _b.Statistics().RemoteUses == 0);
        Assert.Equal(default, _a.RemoteUse.Of(Acme));
    }

    // More than a message holds.
    [Fact]
    public async Task A_thousand_tenants_are_told_in_several_messages()
    {
        _usedByA = [.. Enumerable.Range(0, 1_200).Select(i => new ToldUse(new UseKey(UseKind.Tenant, $"t{i}"), new NodeUse(Calls: i + 1)))];
        await Until.TrueAsync(() => _b.Statistics().RemoteUses == 1_200);
        Assert.Equal(777, _b.RemoteUse.Of(new UseKey(UseKind.Tenant, "t776")).Calls);
    }

    [Fact]
    public async Task Money_and_blocks_are_told_whose_they_are()
    {
        var state = new TollState(new DateOnly(2026, 3, 4), 1.5m, new TollBlock(TollRule.Rate, "too many", DateTimeOffset.UnixEpoch, null));
        _usedByA = [new ToldUse(new UseKey(UseKind.Toll, "acme"), new NodeUse(Calls: 1), state), new ToldUse(new UseKey(UseKind.TollProfile, "acme", "p1"), new NodeUse(Calls: 1))];
        await Until.TrueAsync(() => !_tolls.IsEmpty);
        Assert.All(_tolls, told => Assert.Equal(("a", new TenantId("acme"), state), told));
    }

    [Fact]
    public async Task The_calls_of_a_node_that_died_leave_room_within_the_lifetime_of_its_figures()
    {
        var c = _redis.Node("c");
        c.Use = static _ => [new ToldUse(Acme, new NodeUse(Calls: 3))];
        _usedByA = [new ToldUse(Acme, new NodeUse(Calls: 1))];
        c.Start();
        await Until.TrueAsync(() => _b.RemoteUse.Of(Acme).Calls == 4);
        await c.DisposeAsync();
        Assert.Equal(4, _b.RemoteUse.Of(Acme).Calls);
        _time.Pass(Fast.UseLifetime.TotalSeconds + 0.1);
        await Until.TrueAsync(() => _b.RemoteUse.Of(Acme).Calls == 1);
    }

    [Fact]
    public async Task What_fails_once_is_told_in_the_next_interval_and_the_operator_is_told_once()
    {
        var untold = new ConcurrentQueue<string>();
        var fails = true;
        _a.UseUntold = untold.Enqueue;
        _a.Use = _ => Volatile.Read(ref fails) ? throw new InvalidOperationException("no figures") : _usedByA;
        _usedByA = [new ToldUse(Acme, new NodeUse(Calls: 3))];
        await Until.TrueAsync(() => _a.Statistics().UseFailures >= 3);
        Volatile.Write(ref fails, false);
        await Until.TrueAsync(() => _b.RemoteUse.Of(Acme).Calls == 3);
        Assert.Equal("no figures", Assert.Single(untold));
    }

    [Fact]
    public async Task While_Redis_is_away_each_is_alone_and_then_they_count_together_again()
    {
        var asked = 0;
        _a.Use = _ =>
        {
            Interlocked.Increment(ref asked);
            return _usedByA;
        };
        _usedByA = [new ToldUse(Acme, new NodeUse(Calls: 3))];
        await Until.TrueAsync(() => _b.RemoteUse.Of(Acme).Calls == 3);
        _redis.Server.Kill();
        await Until.TrueAsync(() => !_a.IsConnected && !_b.IsConnected);
        _time.Pass(Fast.UseLifetime.TotalSeconds + 0.1);
        await Until.TrueAsync(() => _b.RemoteUse.Of(Acme).Calls == 0);

        // Rates are those of one interval, however long Redis is away.
        var before = Volatile.Read(ref asked);
        await Until.TrueAsync(() => Volatile.Read(ref asked) > before + 2);
        await _redis.Server.StartAsync();
        await Until.TrueAsync(() => _b.RemoteUse.Of(Acme).Calls == 3);
    }
}
