using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;
using Tandem.Cluster.Harness;
using Tandem.Cluster.Redis;
using Tandem.Cluster.Resp;
using Tandem.Core.Net;
using Tandem.Sip.Engine;
using Tandem.Sip.Transport;

namespace Tandem.Cluster;

/// <summary>What changed while Redis was away is made good when it is back: with what it had, or empty.</summary>
public sealed class ReunionTests : IAsyncDisposable
{
    private const string Stays = "01TEST00000000000000STAYS1";
    private const string Leaves = "01TEST0000000000000LEAVES1";
    private static readonly ClusterOptions Options = new() { RetryMinimum = TimeSpan.FromMilliseconds(20), RetryMaximum = TimeSpan.FromMilliseconds(100) };
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    private readonly ConcurrentDictionary<string, Binding> _phones = new();
    private readonly ConcurrentDictionary<string, CallSnapshot> _calls = new();
    private RedisServer _server = null!;
    private RedisClient _client = null!;
    private ClusterNode _a = null!;
    private ClusterNode _b = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

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
        await Until.TrueAsync(async () => (await AskAsync("SCARD", "tandem:calls:a")).Integer == 2);
        _server.Kill();
        await Until.TrueAsync(() => !_a.IsConnected && !_b.IsConnected);

        Unregister("101");
        End(Leaves);
        Register("103");
        Assert.True(Knows("101"));
        await _server.StartAsync();
        await Until.TrueAsync(() =>
        {
            Assert.True(Knows("102"));
            return !Knows("101") && Knows("103");
        });
        await Until.TrueAsync(async () => await HasAsync("EXISTS", "tandem:told:a"));
        Assert.False(await HasAsync("HEXISTS", "tandem:aor:default:101", "a|sip:101@192.0.2.9:5060"));
        Assert.True(await HasAsync("HEXISTS", "tandem:aor:default:102", "a|sip:102@192.0.2.9:5060"));
        Assert.True(await HasAsync("HEXISTS", "tandem:aor:default:103", "a|sip:103@192.0.2.9:5060"));

        Assert.Equal((false, true), (await HasAsync("EXISTS", $"call:{IdOf(Leaves)}"), await HasAsync("EXISTS", $"call:{IdOf(Stays)}")));
        Assert.Equal([$"{Stays}|{IdOf(Stays)}"], (await AskAsync("SMEMBERS", "tandem:calls:a")).Items.Select(item => item.Text));
        Assert.True(IsActive(await AskAsync("GET", $"session:{IdOf(Stays)}")));
        if (remembers)
            Assert.False(IsActive(await AskAsync("GET", $"session:{IdOf(Leaves)}")));
        else
            Assert.False(await HasAsync("EXISTS", $"session:{IdOf(Leaves)}"));

        // And what leaves afterwards leaves as ever.
        Unregister("102");
        End(Stays);
        await Until.TrueAsync(() => !Knows("102"));
        await Until.TrueAsync(async () => (await AskAsync("SCARD", "tandem:calls:a")).Integer == 0);
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
        await Until.TrueAsync(async () => (await AskAsync("SCARD", "tandem:calls:a")).Integer == 1);
        await _a.DisposeAsync();

        _phones.TryRemove("101", out _);
        _calls.Clear();
        _a = Node("a");
        _a.Start();
        await Until.TrueAsync(() => !Knows("101"));
        Assert.True(Knows("102"));
        await Until.TrueAsync(async () => (await AskAsync("SCARD", "tandem:calls:a")).Integer == 0);
        await Until.TrueAsync(async () => !await HasAsync("HEXISTS", "tandem:aor:default:101", "a|sip:101@192.0.2.9:5060") && !await HasAsync("EXISTS", $"call:{IdOf(Leaves)}"));
        await Until.TrueAsync(async () => !IsActive(await AskAsync("GET", $"session:{IdOf(Leaves)}")));
    }

    // What a program changed while Redis was away must not be read there as it was.
    [Fact]
    public async Task A_document_that_changed_while_Redis_was_away_is_not_there_any_more()
    {
        await StartAsync(remembers: true);
        _a.Keep("call:1", "{}"u8.ToArray());
        _a.Keep("call:2", "{}"u8.ToArray());
        _a.Keep("call:3", "{}"u8.ToArray());
        await Until.TrueAsync(async () => await HasAsync("EXISTS", "call:3"));
        Assert.InRange((await AskAsync("TTL", "call:1")).Integer, 3_590, 3_600);
        _server.Kill();
        await Until.TrueAsync(() => !_a.IsConnected);
        _a.Keep("call:1", "{}"u8.ToArray());
        _a.Drop("call:2");
        await _server.StartAsync();
        await Until.TrueAsync(async () => !await HasAsync("EXISTS", "call:1") && !await HasAsync("EXISTS", "call:2"));
        Assert.True(await HasAsync("EXISTS", "call:3"));
        _a.Drop("call:3");
        await Until.TrueAsync(async () => !await HasAsync("EXISTS", "call:3"));
    }

    // What others wrote is theirs.
    [Fact]
    public async Task A_node_touches_nothing_of_the_others()
    {
        await StartAsync(remembers: false);
        await AskAsync("HSET", "tandem:aor:default:105", "z|sip:105@192.0.2.9:5060", "{}");
        await AskAsync("HSET", "tandem:aor:default:105", "a2|sip:105@192.0.2.9:5060", "{}");
        await AskAsync("HSET", "tandem:aor:default:105", "a|sip:105@192.0.2.9:5060", "{}");
        await AskAsync("SADD", "tandem:calls:z", Leaves);
        await using var again = Node("a");
        again.Start();
        await Until.TrueAsync(async () => !await HasAsync("HEXISTS", "tandem:aor:default:105", "a|sip:105@192.0.2.9:5060"));
        await Until.TrueAsync(async () => await HasAsync("EXISTS", "tandem:told:a"));
        Assert.Equal((2, 1), ((await AskAsync("HLEN", "tandem:aor:default:105")).Integer, (await AskAsync("SCARD", "tandem:calls:z")).Integer));
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
        await AskAsync("FLUSHDB");
        await AskAsync("CLIENT", "KILL", "TYPE", "pubsub");
        var before = _b.Statistics().Heard;
        await Until.TrueAsync(async () => (await AskAsync("PUBSUB", "NUMSUB", "tandem:bindings")).Items[1].Integer == 1);
        await AskAsync("PUBLISH", "tandem:bindings", "{\"tellingNode\":\"a\",\"id\":\"1\",\"isDone\":false}");
        await AskAsync("PUBLISH", "tandem:bindings", "{\"tellingNode\":\"a\",\"id\":\"2\",\"isDone\":true}");
        await Until.TrueAsync(() => _b.Statistics().Heard == before + 2);
        Assert.True(Knows("101"));

        await AskAsync("PUBLISH", "tandem:bindings", "{\"tellingNode\":\"a\",\"id\":\"3\",\"isDone\":false}");
        await AskAsync("PUBLISH", "tandem:bindings", "{\"tellingNode\":\"a\",\"id\":\"3\",\"isDone\":true}");
        await Until.TrueAsync(() => !Knows("101"));
    }

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    private async Task StartAsync(bool remembers)
    {
        _server = await RedisServer.StartedAsync(remembers);
        _client = new RedisClient(Address(), Options, TimeProvider.System);
        _client.Start();
        _a = Node("a");
        _b = new ClusterNode(Address(), Options, "b", TimeProvider.System);
        _b.Start();
        await Until.TrueAsync(() => _client.IsConnected && _b.IsConnected);
        await Until.TrueAsync(async () => (await AskAsync("PUBSUB", "NUMSUB", "tandem:bindings")).Items[1].Integer == 1);
        _a.Start();
        await Until.TrueAsync(async () => await HasAsync("EXISTS", "tandem:told:a"));
        await Until.TrueAsync(async () => (await AskAsync("PUBSUB", "NUMSUB", "tandem:bindings")).Items[1].Integer == 2);
    }

    private ClusterNode Node(string name) => new(Address(), Options, name, TimeProvider.System)
    {
        Local = () => [.. _phones.Values],
        LocalOf = (_, number) => _phones.TryGetValue(number, out var binding) ? [binding] : [],
        Calls = () => [.. _calls.Values],
        CallOf = id => _calls.GetValueOrDefault(id.Value),
    };

    private static string TraceOf(string id) => id == Stays ? "0123456789ab4def8123456789abcdef" : "fedcba9876544def8123456789abcdef";

    // The id that the API shows.
    private static string IdOf(string id) => Guid.ParseExact(TraceOf(id), "N").ToString();

    private RedisAddress Address() => RedisAddress.TryParse(_server.Url, out var address) ? address : throw new InvalidOperationException(_server.Url);

    private bool Knows(string number) => _b.Remote.Lookup(TenantId.Default, number).Count == 1;

    private void Register(string number)
    {
        var binding = new Binding
        {
            Tenant = TenantId.Default,
            Number = number,
            ContactUri = $"sip:{number}@192.0.2.9:5060",
            Flow = new SipFlow(SipTransportKind.Udp, NetAddress.From(IPAddress.Parse("192.0.2.1"), 5060), NetAddress.From(IPAddress.Parse("192.0.2.9"), 5060)),
            RegisterCallId = "r",
            RegisterCSeq = 1,
            ExpiresSeconds = 3_600,
            RegisteredAt = Now,
            ExpiresAt = Now.AddSeconds(3_600),
            LastSeen = Now,
            UserAgent = "Phone",
        };
        _phones[number] = binding;
        _a.Publish(new RegistrationEvent(TenantId.Default, binding, RegistrationChange.Registered, Now));
    }

    private void Unregister(string number)
    {
        Assert.True(_phones.TryRemove(number, out var binding));
        _a.Publish(new RegistrationEvent(TenantId.Default, binding, RegistrationChange.Unregistered, Now));
    }

    private void Begin(string id)
    {
        var call = new CallSnapshot { Id = new CallId(id), Tenant = TenantId.Default, TraceId = TraceOf(id), State = CallState.Established, CallerNumber = "100", CalleeNumber = "101", InitiatedAt = Now };
        _calls[id] = call;
        _a.Publish(new CallCreated(call, Now));
    }

    private void End(string id)
    {
        Assert.True(_calls.TryRemove(id, out var call));
        var record = new CallDetailRecord
        {
            Id = call.Id,
            Tenant = call.Tenant,
            TraceId = "t",
            CallerNumber = "100",
            CalleeNumber = "101",
            InitiatedAt = Now,
            EndedAt = Now,
            Verdict = new Verdict(ResultClass.Success, EndReason.Completed, 200, CallSide.Caller, 16),
        };
        _a.Publish(new CallEnded(call, record, Now));
    }

    private async Task<bool> HasAsync(params string[] command) => (await AskAsync(command)).Integer == 1;

    private static bool IsActive(RespValue session) => JsonDocument.Parse(session.Text).RootElement.GetProperty("isActive").GetBoolean();

    // Over a connection that is made anew, perhaps.
    private async Task<RespValue> AskAsync(params string[] command)
    {
        while (true)
        {
            try
            {
                return await _client.AskAsync(RedisCommand.Of(command), Cancellation);
            }
            catch (RedisException) when (!_client.IsConnected)
            {
                await Task.Delay(10, Cancellation);
            }
        }
    }
}
