using System.Net;
using System.Text.Json;
using Tandem.Calls.Calls;
using Tandem.Calls.Edge;
using Tandem.Calls.Events;
using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;
using Tandem.Cluster.Harness;
using Tandem.Cluster.Resp;
using Tandem.Core.Net;
using Tandem.Core.Privacy;
using Tandem.Sip.Engine;
using Tandem.Sip.Transport;

namespace Tandem.Cluster;

/// <summary>Two nodes on one real server.</summary>
public sealed class ClusterNodeTests : IAsyncLifetime
{
    private readonly List<Binding> _localOfA = [];
    private RedisRig _redis = null!;
    private ClusterNode _a = null!;
    private ClusterNode _b = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisRig.StartedAsync(RedisRig.Impatient);
        _a = _redis.Node("a");
        _a.Local = () => _localOfA;
        _b = _redis.Node("b");
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

    // A node that begins later learns of those that were there, and every node of those that come.
    [Fact]
    public async Task Nodes_know_where_the_others_are()
    {
        var c = _redis.Node("c");
        await using var _ = c;
        c.Address = NetAddress.From(IPAddress.Parse("198.51.100.3"), 5060);
        c.Start();
        await Until.TrueAsync(() => _a.Nodes.IsNode(c.Address.WithPort(40_000)) && _b.Nodes.IsNode(c.Address));
        Assert.False(c.Nodes.IsNode(c.Address));

        var d = _redis.Node("d");
        await using var __ = d;
        d.Start();
        await Until.TrueAsync(() => d.Nodes.IsNode(c.Address));
        Assert.False(d.Nodes.IsNode(NetAddress.From(IPAddress.Parse("198.51.100.4"), 5060)));
        Assert.Equal(1, d.Statistics().Nodes);
    }

    // RFC 5626 §5: a connection is of one node, and it says the way over itself.
    [Fact]
    public async Task A_phone_on_a_connection_is_found_with_the_way_over_its_node()
    {
        var edge = new EdgeService(EdgeOptions.Default, new Secret("a secret of the nodes"), "c", _a.Nodes) { Address = NetAddress.From(IPAddress.Parse("198.51.100.3"), 5060) };
        var c = _redis.Node("c");
        await using var _ = c;
        c.RouteTo = edge.RouteTo;
        c.Start();
        await Until.TrueAsync(() => c.IsConnected);
        var phone = Sample.Phone("101") with { Flow = new SipFlow(SipTransportKind.Wss, default, NetAddress.From(IPAddress.Parse("203.0.113.9"), 40_001), 17), Path = [] };
        Registered(c, phone);
        await Until.TrueAsync(() => _b.Remote.Lookup(TenantId.Default, "101").Count == 1);

        var found = _b.Remote.Lookup(TenantId.Default, "101")[0];
        Assert.Equal(new SipFlow(SipTransportKind.Tcp, default, edge.Address), found.Way);
        Assert.Equal([edge.RouteTo(phone)!], found.Routes);
        Assert.Equal(phone.Flow with { Connection = 0 }, found.Flow);
        Assert.False(found.IsLost);
    }

    [Fact]
    public async Task A_phone_at_one_node_is_found_at_the_other_until_it_goes()
    {
        var binding = Sample.Phone("101");
        Registered(_a, binding);
        await Until.TrueAsync(() => _b.Remote.Lookup(TenantId.Default, "101").Count == 1);

        var found = _b.Remote.Lookup(TenantId.Default, "101")[0];
        Assert.Equal(binding.ContactUri, found.ContactUri);
        Assert.Equal(new SipFlow(SipTransportKind.Udp, default, binding.Flow.Remote), found.Flow);
        Assert.Equal(["<sip:edge.example;lr>"], found.Path);
        Assert.Equal(binding.ExpiresAt.ToUnixTimeMilliseconds(), found.ExpiresAt.ToUnixTimeMilliseconds());
        Assert.Empty(_a.Remote.Lookup(TenantId.Default, "101"));
        Assert.Empty(_b.Remote.Lookup(new TenantId("other"), "101"));
        var life = await _redis.CountAsync("PTTL", "tandem:aor:default:101");
        Assert.InRange(life, 1, 3_600_000);

        _a.Publish(new RegistrationEvent(TenantId.Default, binding, RegistrationChange.Unregistered, Sample.Now));
        await Until.TrueAsync(() => _b.Remote.Lookup(TenantId.Default, "101").Count == 0);
        Assert.Equal(0, await _redis.CountAsync("EXISTS", "tandem:aor:default:101"));
    }

    [Fact]
    public async Task A_phone_on_a_connection_that_another_node_holds_cannot_be_reached_from_here()
    {
        Registered(_a, Sample.Phone("102", SipTransportKind.Wss));
        Registered(_a, Sample.Phone("103"));
        await Until.TrueAsync(() => _b.Remote.Lookup(TenantId.Default, "103").Count == 1);
        Assert.Empty(_b.Remote.Lookup(TenantId.Default, "102"));
    }

    [Fact]
    public async Task A_node_that_comes_later_reads_what_is_there()
    {
        for (var i = 0; i < 1_200; i++)
            Registered(_a, Sample.Phone($"{2_000 + i}"));
        await Until.TrueAsync(() => _b.Statistics().RemoteBindings == 1_200);

        await using var late = _redis.Node("late");
        late.Start();
        await Until.TrueAsync(() => late.Statistics().RemoteBindings == 1_200);
        Assert.Single(late.Remote.Lookup(TenantId.Default, "2777"));
    }

    [Fact]
    public async Task Redis_is_killed_the_nodes_go_on_alone_and_share_again_when_it_is_back()
    {
        Registered(_a, Sample.Phone("101"));
        await Until.TrueAsync(() => _b.Remote.Lookup(TenantId.Default, "101").Count == 1);
        _redis.Server.Kill();
        await Until.TrueAsync(() => !_a.IsConnected && !_b.IsConnected);

        // What is known stays known; what happens now is told afterwards, from the bindings of the node.
        Assert.Single(_b.Remote.Lookup(TenantId.Default, "101"));
        Registered(_a, Sample.Phone("104"));
        await _redis.Server.StartAsync();
        await Until.TrueAsync(() => _b.Remote.Lookup(TenantId.Default, "104").Count == 1);
        Assert.Equal(1, (await _redis.EventuallyAsync("EXISTS", "tandem:aor:default:101")).Integer);
    }

    [Fact]
    public async Task A_phone_that_moved_from_one_node_to_another_is_called_once()
    {
        await using var c = _redis.Node("c");
        c.Start();
        await Until.TrueAsync(() => c.IsConnected);
        await _redis.ListeningAsync(3);
        var old = Sample.Phone("101");
        Registered(_a, old);
        Registered(_b, old with { LastSeen = old.LastSeen.AddSeconds(5), UserAgent = "later" });
        await Until.TrueAsync(() => c.Statistics().RemoteBindings == 2);
        Assert.Equal("later", Assert.Single(c.Remote.Lookup(TenantId.Default, "101")).UserAgent);
    }

    [Fact]
    public async Task Calls_and_sessions_are_kept_as_document_3_has_them()
    {
        var call = new CallSnapshot
        {
            Id = new CallId("01TEST00000000000000000001"),
            Tenant = TenantId.Default,
            TraceId = "t",
            State = CallState.Established,
            CallerNumber = "100",
            CalleeNumber = "+4930123",
            Direction = CallDirection.Outbound,
            InitiatedAt = Sample.Now,
        };
        _a.Publish(new CallCreated(call, Sample.Now));
        var stored = JsonDocument.Parse((await _redis.EventuallyAsync("GET", "call:01TEST00000000000000000001")).Text).RootElement;
        Assert.Equal(("01TEST00000000000000000001", "+4930123", "outgoing", "initiated", 0), (
            stored.GetProperty("id").GetString(), stored.GetProperty("phoneNumber").GetString(), stored.GetProperty("direction").GetString(), stored.GetProperty("status").GetString(),
            stored.GetProperty("duration").GetInt32()));
        Assert.InRange(await _redis.CountAsync("TTL", "call:01TEST00000000000000000001"), 3_000, 3_600);

        _a.Publish(new CallAnswered(call with { AnsweredAt = Sample.Now.AddSeconds(1) }, Sample.Now.AddSeconds(1)));
        await Until.TrueAsync(async () => (await _redis.AskAsync("GET", "call:01TEST00000000000000000001")).Text.Contains("\"answered\"", StringComparison.Ordinal));
        var session = JsonDocument.Parse((await _redis.AskAsync("GET", "session:01TEST00000000000000000001")).Text).RootElement;
        Assert.True(session.GetProperty("isActive").GetBoolean());

        _a.Publish(Sample.Ended(call));
        await Until.TrueAsync(async () => await _redis.CountAsync("EXISTS", "call:01TEST00000000000000000001") == 0);
        await Until.TrueAsync(async () => (await _redis.AskAsync("GET", "session:01TEST00000000000000000001")).Text.Contains("\"isActive\":false", StringComparison.Ordinal));
        Assert.InRange(await _redis.CountAsync("TTL", "session:01TEST00000000000000000001"), 3_000, 3_600);
    }

    [Fact]
    public async Task A_counter_is_shared_and_ends_with_its_window()
    {
        Assert.Equal(2, await _a.CountAsync("192.0.2.1:7", 2, TimeSpan.FromMinutes(1)));
        Assert.Equal(5, await _b.CountAsync("192.0.2.1:7", 3, TimeSpan.FromMinutes(1)));
        Assert.Equal(1, await _b.CountAsync("192.0.2.1:8", 1, TimeSpan.FromMinutes(1)));
        Assert.InRange(await _redis.CountAsync("TTL", "tandem:rate:192.0.2.1:7"), 1, 60);
        _redis.Server.Kill();
        await Until.TrueAsync(() => !_a.IsConnected);
        Assert.Null(await _a.CountAsync("192.0.2.1:7", 1, TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task What_is_no_binding_on_the_channel_is_passed_over()
    {
        foreach (var text in new[] { "", "x", "{}", "[1]", "{\"node\":\"z\",\"tenant\":\"default\",\"number\":\"9\",\"key\":\"k\",\"transport\":\"Udp\",\"remote\":\"nowhere\",\"expiresAt\":9999999999999}" })
            await _redis.AskAsync("PUBLISH", "tandem:bindings", text);
        Registered(_a, Sample.Phone("105"));
        await Until.TrueAsync(() => _b.Remote.Lookup(TenantId.Default, "105").Count == 1);
        Assert.Equal(1, _b.Statistics().RemoteBindings);
    }

    private void Registered(ClusterNode node, Binding binding)
    {
        if (node == _a)
            _localOfA.Add(binding);
        node.Publish(new RegistrationEvent(binding.Tenant, binding, RegistrationChange.Registered, Sample.Now));
    }
}
