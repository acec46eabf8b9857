using System.Collections.Concurrent;
using System.Globalization;
using Tandem.Calls.Events;
using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;
using Tandem.Cluster.Harness;

namespace Tandem.Cluster;

/// <summary>All is told until it is told: what is refused, or is too much at once, is told again.</summary>
public sealed class TellingTests : IAsyncDisposable
{
    private const int QueueLimit = 400;

    private static readonly ClusterOptions Options = RedisRig.Impatient with { AnswerTimeout = TimeSpan.FromMinutes(2), QueueLimit = QueueLimit };

    private readonly ConcurrentDictionary<string, Binding> _phones = new();
    private readonly ConcurrentQueue<string> _untold = new();
    private Action<string> _looked = static _ => { };
    private Action<Binding> _routed = static _ => { };
    private RedisRig _redis = null!;
    private ClusterNode _node = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // With RetryMinimum 20 ms the pauses are 20, 40, 80, 160, 320 ms; those from 320 ms on last until the test lets them go.
    [Fact]
    public async Task What_is_refused_is_tried_again_ever_more_slowly_by_one_and_said_once()
    {
        var time = new HeldTime(TimeSpan.FromMilliseconds(320));
        await StartAsync();
        await _redis.AskAsync("ACL", "SETUSER", "default", "-sscan");
        await NodeAsync(Options with { RetryMaximum = TimeSpan.FromMilliseconds(640) }, time);
        await Until.TrueAsync(() => Pauses().Count == 4);
        Assert.Equal([40, 80, 160, 320], Pauses());
        Assert.Equal(5, await RefusedAsync());

        // Each new connection wants all told; one that is about to do so does it for all of them.
        for (var connections = 2; connections <= 4; connections++)
        {
            await _redis.AskAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
            await Until.TrueAsync(() => _node.Statistics().Redis.Connections == connections && _node.IsConnected);
        }

        time.LetGo(320);
        await Until.TrueAsync(() => Pauses().Count == 5);
        time.LetGo(640);
        await Until.TrueAsync(() => Pauses().Count == 6);
        Assert.Equal([40, 80, 160, 320, 640, 640], Pauses());
        Assert.Equal(7, await RefusedAsync());
        Assert.Contains("Redis refuses SSCAN", Assert.Single(_untold), StringComparison.Ordinal);

        await _redis.AskAsync("ACL", "SETUSER", "default", "+sscan");
        time.LetGo(640);
        await Until.TrueAsync(async () => await _redis.HasAsync("EXISTS", "tandem:told:a"));

        IReadOnlyList<int> Pauses() => time.Waits(40, 80, 160, 320, 640);
    }

    // While the node tells all, nothing else is told, and so the events wait.
    [Fact]
    public async Task An_event_that_was_left_out_while_all_is_told_is_told_by_the_next_attempt()
    {
        await StartAsync();
        _phones["101"] = Sample.Phone("101");
        var isFirst = true;
        _looked = _ =>
        {
            if (!isFirst)
                return;
            isFirst = false;
            Overflow();
        };
        await NodeAsync(Options, TimeProvider.System);
        await Until.TrueAsync(async () => await _redis.HasAsync("EXISTS", "tandem:told:a"));
        Assert.True(await _redis.HasAsync("EXISTS", "tandem:aor:default:199"));
        Assert.NotEmpty(_untold);
    }

    [Fact]
    public async Task An_event_that_was_left_out_is_told_soon()
    {
        await StartAsync();
        using var gate = new ManualResetEventSlim();
        await NodeAsync(Options, TimeProvider.System);
        await Until.TrueAsync(async () => await _redis.HasAsync("EXISTS", "tandem:told:a"));
        var isWaiting = new TaskCompletionSource();
        _routed = _ =>
        {
            isWaiting.TrySetResult();
            gate.Wait(Cancellation);
        };
        _phones["101"] = Sample.Phone("101");
        Publish("101");
        await isWaiting.Task;
        Overflow();
        gate.Set();
        await Until.TrueAsync(async () => await _redis.HasAsync("EXISTS", "tandem:aor:default:199") && await _redis.HasAsync("EXISTS", "tandem:told:a"));
    }

    // The connection stays, and so nothing but what was left out says that something is to be made good.
    [Fact]
    public async Task A_document_that_was_left_out_while_Redis_stood_still_is_not_there_as_it_was()
    {
        await StartAsync();
        await NodeAsync(Options, TimeProvider.System);
        _node.Keep("call:1", "old"u8.ToArray());
        await Until.TrueAsync(async () => await _redis.HasAsync("EXISTS", "call:1"));
        await Until.TrueAsync(async () => await _redis.HasAsync("EXISTS", "tandem:told:a"));
        await FrozenAsync(() => _node.Keep("call:1", "new"u8.ToArray()));
        await Until.TrueAsync(async () => !await _redis.HasAsync("EXISTS", "call:1"));
        Assert.Equal(1, _node.Statistics().Redis.Connections);
    }

    // It was queued, and the connection broke before Redis had answered: whether Redis has taken it or not, what stood there before does not stay.
    [Fact]
    public async Task A_document_that_was_lost_with_the_connection_is_not_there_as_it_was()
    {
        await StartAsync();
        await NodeAsync(Options with { AnswerTimeout = TimeSpan.FromMilliseconds(500) }, TimeProvider.System);
        await Until.TrueAsync(async () => await _redis.HasAsync("EXISTS", "tandem:told:a"));

        // Again until it stands there: on a slow machine the connection may break in between, and what was lost with it is taken out.
        await Until.TrueAsync(async () =>
        {
            _node.Keep("call:1", "old"u8.ToArray());
            return await _redis.HasAsync("EXISTS", "call:1");
        });
        var before = _node.Statistics().Redis.Connections;
        await _redis.Server.FreezeAsync();
        _node.Keep("call:1", "new"u8.ToArray());
        await Until.TrueAsync(() => !_node.IsConnected);
        await _redis.Server.ThawAsync();
        await Until.TrueAsync(() => _node.Statistics().Redis.Connections > before);
        await Until.TrueAsync(async () => (await _redis.AskAsync("GET", "call:1")).Text != "old");
        await Until.TrueAsync(async () => !await _redis.HasAsync("EXISTS", "call:1"));
    }

    [Fact]
    public async Task A_document_that_is_kept_when_Redis_is_back_stays()
    {
        await StartAsync();
        await NodeAsync(Options, TimeProvider.System);
        await Until.TrueAsync(async () => await _redis.HasAsync("EXISTS", "tandem:told:a"));
        _phones["101"] = Sample.Phone("101");
        _redis.Server.Kill();
        await Until.TrueAsync(() => !_node.IsConnected);
        _node.Keep("call:1", "old"u8.ToArray());
        _node.Keep("call:2", "old"u8.ToArray());
        _looked = _ => _node.Keep("call:1", "new"u8.ToArray());
        await _redis.Server.StartAsync();
        await Until.TrueAsync(async () => await _redis.HasAsync("EXISTS", "tandem:told:a"));
        Assert.Equal("new", (await _redis.AskAsync("GET", "call:1")).Text);
        Assert.False(await _redis.HasAsync("EXISTS", "call:2"));
    }

    [Fact]
    public async Task A_document_that_cannot_be_taken_out_is_taken_out_later()
    {
        await StartAsync();
        await NodeAsync(Options, TimeProvider.System);
        await Until.TrueAsync(async () => await _redis.HasAsync("EXISTS", "tandem:told:a"));
        await _redis.AskAsync("SET", "call:1", "old");
        await _redis.AskAsync("ACL", "SETUSER", "default", "-del");
        await FrozenAsync(() => _node.Drop("call:1"));
        await Until.TrueAsync(() => !_untold.IsEmpty);
        Assert.True(await _redis.HasAsync("EXISTS", "call:1"));

        await _redis.AskAsync("ACL", "SETUSER", "default", "+del");
        await Until.TrueAsync(async () => !await _redis.HasAsync("EXISTS", "call:1"));
    }

    // RedisLink takes an answer of 4 MiB at most; these are more.
    [Fact]
    public async Task Calls_of_a_former_run_are_taken_out_however_many_they_are()
    {
        const int Calls = 10_000;
        await StartAsync();
        foreach (var part in Enumerable.Range(0, Calls).Chunk(1_000))
            await _redis.AskAsync(["SADD", "tandem:calls:a", .. part.Select(i => i.ToString(CultureInfo.InvariantCulture).PadLeft(450, 'x'))]);
        await NodeAsync(Options with { QueueLimit = 20_000 }, TimeProvider.System);
        await Until.TrueAsync(async () => await _redis.HasAsync("EXISTS", "tandem:told:a"));
        Assert.Equal((0, 1), (await _redis.CountAsync("SCARD", "tandem:calls:a"), _node.Statistics().Redis.Connections));
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _redis.DisposeAsync();
    }

    private async Task StartAsync() => _redis = await RedisRig.StartedAsync(Options);

    private async Task NodeAsync(ClusterOptions options, TimeProvider time)
    {
        _node = new ClusterNode(_redis.Address, options, "a", time)
        {
            Local = () => [.. _phones.Values],
            LocalOf = (_, number) =>
            {
                _looked(number);
                return _phones.TryGetValue(number, out var binding) ? [binding] : [];
            },
            Calls = () => [],
            CallOf = _ => null,
            RouteTo = binding =>
            {
                _routed(binding);
                return null;
            },
            Untold = _untold.Enqueue,
        };
        _node.Start();
        await Until.TrueAsync(() => _node.IsConnected);
    }

    // Redis stands still until what is done is left out.
    private async Task FrozenAsync(Action act)
    {
        await _redis.Server.FreezeAsync();
        var filling = new byte[100_000];
        while (_node.Statistics().Redis.Dropped == 0)
            _node.Keep("call:2", filling);

        // What still goes out makes room.
        long dropped;
        do
        {
            dropped = _node.Statistics().Redis.Dropped;
            act();
        }
        while (_node.Statistics().Redis.Dropped == dropped);
        await _redis.Server.ThawAsync();
    }

    // More than may wait, the last of a phone that is new; the node has taken one of them at most.
    private void Overflow()
    {
        for (var i = 0; i <= QueueLimit; i++)
            Publish("101");
        _phones["199"] = Sample.Phone("199");
        Publish("199");
        Assert.InRange(_node.Statistics().DroppedEvents, 1, 2);
    }

    private void Publish(string number) => _node.Publish(new RegistrationEvent(TenantId.Default, _phones[number], RegistrationChange.Refreshed, Sample.Now));

    // Attempts to tell all that came to the calls.
    private async Task<int> RefusedAsync()
    {
        var line = (await _redis.AskAsync("INFO", "commandstats")).Text.Split("\r\n").Single(line => line.StartsWith("cmdstat_sscan:", StringComparison.Ordinal));
        return int.Parse(line.Split("rejected_calls=")[1].Split(',')[0], CultureInfo.InvariantCulture);
    }
}
