using System.Collections.Concurrent;
using System.Text.Json;
using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;
using Tandem.Cluster.Harness;
using Tandem.Cluster.Resp;

namespace Tandem.Cluster;

/// <summary>What changed while Redis was away is made good when it is back: with what it had, or empty.</summary>
public sealed class ReunionTests : IAsyncDisposable
{
    private const string Stays = "01TEST00000000000000STAYS1";
    private const string Leaves = "01TEST0000000000000LEAVES1";

    private readonly ConcurrentDictionary<string, Binding> _phones = new();
    private readonly ConcurrentDictionary<string, CallSnapshot> _calls = new();
    private RedisRig _redis = null!;
    private ClusterNode _a = null!;
    private ClusterNode _b = null!;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_left_while_Redis_was_away_is_gone_everywhere_and_what_stayed_was_never_missed(bool remembers)
    {
        await StartAsync(remembers);
        Register("101");
        Register("102");
        Begin(Leaves);
        Begin(Stays);
        await Until.TrueAsync(() => Knows("101") && Knows("102"));
        await Until.TrueAsync(async () => await _redis.CountAsync("SCARD", "tandem:calls:a") == 2);
        _redis.Server.Kill();
        await Until.TrueAsync(() => !_a.IsConnected && !_b.IsConnected);

        Unregister("101");
        End(Leaves);
        Register("103");
        Assert.True(Knows("101"));
        await _redis.Server.StartAsync();
        await Until.TrueAsync(() =>
        {
            Assert.True(Knows("102"));
            return !Knows("101") && Knows("103");
        });
        await Until.TrueAsync(async () => await _redis.HasAsync("EXISTS", "tandem:told:a"));
        Assert.False(await _redis.HasAsync("HEXISTS", "tandem:aor:default:101", "a|sip:101@192.0.2.9:5060"));
        Assert.True(await _redis.HasAsync("HEXISTS", "tandem:aor:default:102", "a|sip:102@192.0.2.9:5060"));
        Assert.True(await _redis.HasAsync("HEXISTS", "tandem:aor:default:103", "a|sip:103@192.0.2.9:5060"));

        Assert.Equal((false, true), (await _redis.HasAsync("EXISTS", $"call:{IdOf(Leaves)}"), await _redis.HasAsync("EXISTS", $"call:{IdOf(Stays)}")));
        Assert.Equal([$"{Stays}|{IdOf(Stays)}"], (await _redis.AskAsync("SMEMBERS", "tandem:calls:a")).Items.Select(item => item.Text));
        Assert.True(IsActive(await _redis.AskAsync("GET", $"session:{IdOf(Stays)}")));
        if (remembers)
            Assert.False(IsActive(await _redis.AskAsync("GET", $"session:{IdOf(Leaves)}")));
        else
            Assert.False(await _redis.HasAsync("EXISTS", $"session:{IdOf(Leaves)}"));

        // And what leaves afterwards leaves as ever.
        Unregister("102");
        End(Stays);
        await Until.TrueAsync(() => !Knows("102"));
        await Until.TrueAsync(async () => await _redis.CountAsync("SCARD", "tandem:calls:a") == 0);
    }

    // The names of nodes are the same over restarts, and so what the former run told is its own.
    [Fact]
    public async Task A_node_that_starts_again_takes_out_what_its_former_run_told()
    {
        await StartAsync(remembers: false);
        Register("101");
        Register("102");
        Begin(Leaves);
        await Until.TrueAsync(() => Knows("101") && Knows("102"));
        await Until.TrueAsync(async () => await _redis.CountAsync("SCARD", "tandem:calls:a") == 1);
        await _a.DisposeAsync();

        _phones.TryRemove("101", out _);
        _calls.Clear();
        _a = Node("a");
        _a.Start();
        await Until.TrueAsync(() => !Knows("101"));
        Assert.True(Knows("102"));
        await Until.TrueAsync(async () => await _redis.CountAsync("SCARD", "tandem:calls:a") == 0);
        await Until.TrueAsync(async () => !await _redis.HasAsync("HEXISTS", "tandem:aor:default:101", "a|sip:101@192.0.2.9:5060") && !await _redis.HasAsync("EXISTS", $"call:{IdOf(Leaves)}"));
        await Until.TrueAsync(async () => !IsActive(await _redis.AskAsync("GET", $"session:{IdOf(Leaves)}")));
    }

    // What a program changed while Redis was away must not be read there as it was.
    [Fact]
    public async Task A_document_that_changed_while_Redis_was_away_is_not_there_any_more()
    {
        await StartAsync(remembers: true);
        _a.Keep("call:1", "{}"u8.ToArray());
        _a.Keep("call:2", "{}"u8.ToArray());
        _a.Keep("call:3", "{}"u8.ToArray());
        await Until.TrueAsync(async () => await _redis.HasAsync("EXISTS", "call:3"));
        Assert.InRange(await _redis.CountAsync("TTL", "call:1"), 3_000, 3_600);
        _redis.Server.Kill();
        await Until.TrueAsync(() => !_a.IsConnected);
        _a.Keep("call:1", "{}"u8.ToArray());
        _a.Drop("call:2");
        await _redis.Server.StartAsync();
        await Until.TrueAsync(async () => !await _redis.HasAsync("EXISTS", "call:1") && !await _redis.HasAsync("EXISTS", "call:2"));
        Assert.True(await _redis.HasAsync("EXISTS", "call:3"));
        _a.Drop("call:3");
        await Until.TrueAsync(async () => !await _redis.HasAsync("EXISTS", "call:3"));
    }

    // What others wrote is theirs.
    [Fact]
    public async Task A_node_touches_nothing_of_the_others()
    {
        await StartAsync(remembers: false);
        await _redis.AskAsync("HSET", "tandem:aor:default:105", "z|sip:105@192.0.2.9:5060", "{}");
        await _redis.AskAsync("HSET", "tandem:aor:default:105", "a2|sip:105@192.0.2.9:5060", "{}");
        await _redis.AskAsync("HSET", "tandem:aor:default:105", "a|sip:105@192.0.2.9:5060", "{}");
        await _redis.AskAsync("SADD", "tandem:calls:z", Leaves);
        await using var again = Node("a");
        again.Start();
        await Until.TrueAsync(async () => !await _redis.HasAsync("HEXISTS", "tandem:aor:default:105", "a|sip:105@192.0.2.9:5060"));
        await Until.TrueAsync(async () => await _redis.HasAsync("EXISTS", "tandem:told:a"));
        Assert.Equal((2, 1), (await _redis.CountAsync("HLEN", "tandem:aor:default:105"), await _redis.CountAsync("SCARD", "tandem:calls:z")));
    }

    // It comes when nobody has told all yet: what it knows besides stays.
    [Fact]
    public async Task What_a_node_knows_of_one_that_is_away_stays_until_that_one_says_otherwise()
    {
        await StartAsync(remembers: false);
        Register("101");
        await Until.TrueAsync(() => Knows("101"));
        await _a.DisposeAsync();
        _a = Node("never");
        await _redis.AskAsync("FLUSHDB");
        await _redis.AskAsync("CLIENT", "KILL", "TYPE", "pubsub");
        var before = _b.Statistics().Heard;
        await _redis.ListeningAsync(1);
        await _redis.AskAsync("PUBLISH", "tandem:bindings", "{\"tellingNode\":\"a\",\"id\":\"1\",\"isDone\":false}");
        await _redis.AskAsync("PUBLISH", "tandem:bindings", "{\"tellingNode\":\"a\",\"id\":\"2\",\"isDone\":true}");
        await Until.TrueAsync(() => _b.Statistics().Heard == before + 2);
        Assert.True(Knows("101"));

        await _redis.AskAsync("PUBLISH", "tandem:bindings", "{\"tellingNode\":\"a\",\"id\":\"3\",\"isDone\":false}");
        await _redis.AskAsync("PUBLISH", "tandem:bindings", "{\"tellingNode\":\"a\",\"id\":\"3\",\"isDone\":true}");
        await Until.TrueAsync(() => !Knows("101"));
    }

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
        await _redis.DisposeAsync();
    }

    private async Task StartAsync(bool remembers)
    {
        _redis = await RedisRig.StartedAsync(RedisRig.Impatient, remembers);
        _a = Node("a");
        _b = _redis.Node("b");
        _b.Start();
        await Until.TrueAsync(() => _b.IsConnected);
        await _redis.ListeningAsync(1);
        _a.Start();
        await Until.TrueAsync(async () => await _redis.HasAsync("EXISTS", "tandem:told:a"));
        await _redis.ListeningAsync(2);
    }

    private ClusterNode Node(string name) => new(_redis.Address, _redis.Options, name, TimeProvider.System)
    {
        Local = () => [.. _phones.Values],
        LocalOf = (_, number) => _phones.TryGetValue(number, out var binding) ? [binding] : [],
        Calls = () => [.. _calls.Values],
        CallOf = id => _calls.GetValueOrDefault(id.Value),
    };

    private static string TraceOf(string id) => id == Stays ? "0123456789ab4def8123456789abcdef" : "fedcba9876544def8123456789abcdef";

    // The id that the API shows.
    private static string IdOf(string id) => Guid.ParseExact(TraceOf(id), "N").ToString();

    private bool Knows(string number) => _b.Remote.Lookup(TenantId.Default, number).Count == 1;

    private void Register(string number)
    {
        var binding = Sample.Phone(number);
        _phones[number] = binding;
        _a.Publish(new RegistrationEvent(TenantId.Default, binding, RegistrationChange.Registered, Sample.Now));
    }

    private void Unregister(string number)
    {
        Assert.True(_phones.TryRemove(number, out var binding));
        _a.Publish(new RegistrationEvent(TenantId.Default, binding, RegistrationChange.Unregistered, Sample.Now));
    }

    private void Begin(string id)
    {
        var call = new CallSnapshot { Id = new CallId(id), Tenant = TenantId.Default, TraceId = TraceOf(id), State = CallState.Established, CallerNumber = "100", CalleeNumber = "101", InitiatedAt = Sample.Now };
        _calls[id] = call;
        _a.Publish(new CallCreated(call, Sample.Now));
    }

    private void End(string id)
    {
        Assert.True(_calls.TryRemove(id, out var call));
        _a.Publish(Sample.Ended(call));
    }

    private static bool IsActive(RespValue session) => JsonDocument.Parse(session.Text).RootElement.GetProperty("isActive").GetBoolean();
}
