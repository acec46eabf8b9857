using Tandem.Calls.Tenants;
using Tandem.Calls.Voicemail;
using Tandem.Cluster.Harness;
using Tandem.Core.Time;

namespace Tandem.Cluster.Limits;

/// <summary>Nodes on one real server that count wrong PINs together.</summary>
public sealed class SharedPinsTests : IAsyncLifetime
{
    private const int Most = 5;

    private static readonly TenantId Acme = new("acme");

    private readonly Clock _clock = new(TimeProvider.System);
    private RedisRig _redis = null!;
    private Node _a = null!;
    private Node _b = null!;
    private int _marks;

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisRig.StartedAsync(RedisRig.Impatient);
        (_a, _b) = (new Node(_redis.Node("a"), _clock), new Node(_redis.Node("b"), _clock));
        await JoinedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _a.Cluster.DisposeAsync();
        await _b.Cluster.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task Who_guesses_at_two_nodes_in_turn_has_no_more_guesses_than_at_one()
    {
        var allowed = 0;
        for (var i = 0; i < 4 * Most; i++)
        {
            var (here, there) = i % 2 == 0 ? (_a, _b) : (_b, _a);
            if (here.Mailboxes.TryGuess(Acme, "100", _clock.Now))
                allowed++;
            await HeardAsync(here, there);
        }

        Assert.Equal(Most, allowed);
        Assert.True(_a.Mailboxes.IsLocked(Acme, "100", _clock.Now) && _b.Mailboxes.IsLocked(Acme, "100", _clock.Now));
        Assert.False(_b.Mailboxes.IsLocked(Acme, "101", _clock.Now) || _b.Mailboxes.IsLocked(new TenantId("globex"), "100", _clock.Now));
        Assert.False(_b.Rooms.IsLocked(Acme, "100", _clock.Now) || _b.Supervisors.IsLocked(Acme, "100", _clock.Now));
    }

    [Fact]
    public async Task Each_kind_of_PIN_is_counted_for_itself()
    {
        for (var i = 0; i < Most; i++)
        {
            _a.Rooms.TryGuess(Acme, "sales", _clock.Now);
            _a.Supervisors.TryGuess(Acme, "109", _clock.Now);
        }

        await HeardAsync(_a, _b);
        Assert.True(_b.Rooms.IsLocked(Acme, "sales", _clock.Now) && _b.Supervisors.IsLocked(Acme, "109", _clock.Now));
        Assert.Equal((1, 1), (_b.Rooms.Count, _b.Supervisors.Count));
    }

    [Fact]
    public async Task Who_knows_the_PIN_opens_it_at_all_and_one_right_guess_of_many_takes_back_itself()
    {
        for (var i = 0; i < Most; i++)
            _a.Mailboxes.TryGuess(Acme, "100", _clock.Now);
        await HeardAsync(_a, _b);
        _b.Mailboxes.Right(Acme, "100");
        await HeardAsync(_b, _a);
        Assert.False(_a.Mailboxes.IsLocked(Acme, "100", _clock.Now));
        Assert.True(_a.Mailboxes.TryGuess(Acme, "100", _clock.Now));

        for (var i = 0; i < Most; i++)
            _a.Rooms.TryGuess(Acme, "sales", _clock.Now);
        _a.Rooms.TakeBack(Acme, "sales");
        await HeardAsync(_a, _b);
        Assert.True(_b.Rooms.TryGuess(Acme, "sales", _clock.Now));
        Assert.False(_b.Rooms.TryGuess(Acme, "sales", _clock.Now));
    }

    // Nobody waits for Redis: what is typed meanwhile is counted where it is typed.
    [Fact]
    public async Task While_Redis_is_away_each_counts_alone_and_then_they_count_together_again()
    {
        _a.Mailboxes.TryGuess(Acme, "100", _clock.Now);
        await HeardAsync(_a, _b);
        _redis.Server.Kill();
        await Until.TrueAsync(() => !_a.Cluster.IsConnected && !_b.Cluster.IsConnected);
        Assert.Equal(Most - 1, Enumerable.Range(0, Most).Count(_ => _a.Mailboxes.TryGuess(Acme, "100", _clock.Now)));
        Assert.Equal(Most - 1, Enumerable.Range(0, Most).Count(_ => _b.Mailboxes.TryGuess(Acme, "100", _clock.Now)));
        await _redis.Server.StartAsync();
        await JoinedAsync();
        for (var i = 0; i < Most; i++)
            _a.Mailboxes.TryGuess(Acme, "102", _clock.Now);
        await HeardAsync(_a, _b);
        Assert.True(_b.Mailboxes.IsLocked(Acme, "102", _clock.Now));
    }

    [Fact]
    public async Task What_nobody_can_mean_is_counted_and_changes_nothing()
    {
        await _redis.AskAsync("PUBLISH", "tandem:bindings", """{"pinOf":"x","kind":9,"tenant":"acme","name":"100","change":0}""");
        await Until.TrueAsync(() => _b.Cluster.Statistics().SkippedUses == 1);
        Assert.Equal((0, 0, 0), (_b.Mailboxes.Count, _b.Rooms.Count, _b.Supervisors.Count));
    }

    private async Task JoinedAsync()
    {
        await Until.TrueAsync(() => _a.Cluster.IsConnected && _b.Cluster.IsConnected);
        await _redis.ListeningAsync(2);
    }

    // What a node tells comes in order: who has heard of a mailbox that nobody guessed at before has heard all before it.
    private async Task HeardAsync(Node from, Node to)
    {
        var mark = $"mark-{++_marks}";
        for (var i = 0; i < Most; i++)
            from.Mailboxes.TryGuess(Acme, mark, _clock.Now);
        await Until.TrueAsync(() => to.Mailboxes.IsLocked(Acme, mark, _clock.Now));
    }

    private sealed class Node
    {
        public Node(ClusterNode cluster, Clock clock)
        {
            Cluster = cluster;
            cluster.SharePins(Mailboxes, Rooms, Supervisors, clock);
            cluster.Start();
        }

        public ClusterNode Cluster { get; }

        public PinGuard Mailboxes { get; } = new(Most, TimeSpan.FromMinutes(15));

        public PinGuard Rooms { get; } = new(Most, TimeSpan.FromMinutes(15));

        public PinGuard Supervisors { get; } = new(Most, TimeSpan.FromMinutes(15));
    }
}
