using Tandem.Calls.Events;
using Tandem.Calls.Registrar;
using Tandem.Calls.Security;
using Tandem.Calls.Tenants;
using Tandem.Calls.Tests.Events;
using Tandem.Core.Loops;
using Tandem.Core.Time;
using Tandem.Sip.Authentication;
using Tandem.Sip.Engine;
using Tandem.Sip.Transport;

namespace Tandem.Calls.Tests.Registrar;

public class RegistrarTableTests
{
    private const string A = "sip:100@192.0.2.7";

    [Fact]
    public async Task An_operator_removes_through_the_owner()
    {
        var rig = new RegistrarRig();
        rig.Register($"Contact: <{A}>, <sip:100@192.0.2.8>");
        rig.RegisterAs("101", "other", 1, "Contact: <sip:101@192.0.2.7>");
        rig.Events.Clear();

        var removal = rig.Table.Remove(TenantId.Default, "100", rig.UtcNow);
        Assert.False(removal.IsCompleted);
        Assert.Equal(3, rig.Table.Count);
        rig.Turns.RunAll();

        Assert.Equal(2, await removal);
        Assert.Empty(rig.Contacts());
        Assert.Equal(["RemovedByOperator " + A, "RemovedByOperator sip:100@192.0.2.8"], rig.Events);
        Assert.Equal(["sip:101@192.0.2.7"], rig.Store.Bindings.Select(b => b.ContactUri));

        var nobody = rig.Table.Remove(TenantId.Default, "100", rig.UtcNow);
        rig.Turns.RunAll();
        Assert.Equal(0, await nobody);
    }

    [Fact]
    public async Task All_of_a_tenant_can_be_removed()
    {
        var rig = new RegistrarRig();
        rig.Register($"Contact: <{A}>");
        rig.RegisterAs("101", "other", 1, "Contact: <sip:101@192.0.2.7>");

        var other = rig.Table.RemoveAll(new TenantId("other"), rig.UtcNow);
        var all = rig.Table.RemoveAll(TenantId.Default, rig.UtcNow);
        rig.Turns.RunAll();

        Assert.Equal(0, await other);
        Assert.Equal(2, await all);
        Assert.Equal(0, rig.Table.Count);
    }

    [Fact]
    public void Lists_are_ordered_by_number_and_kept_apart_by_tenant()
    {
        var rig = new RegistrarRig();
        rig.RegisterAs("110", "c1", 1, "Contact: <sip:110@192.0.2.7>");
        rig.RegisterAs("100", "c2", 1, $"Contact: <{A}>");
        rig.RegisterAs("105", "c3", 1, "Contact: <sip:105@192.0.2.7>");

        Assert.Equal(["100", "105", "110"], rig.Table.All(TenantId.Default).Select(b => b.Number));
        Assert.Empty(rig.Table.All(new TenantId("other")));
        Assert.Empty(rig.Table.Lookup(new TenantId("other"), "100"));
    }

    [Fact]
    public void Statistics_count_users_bindings_addresses_and_the_last_day()
    {
        var rig = new RegistrarRig();
        rig.Register($"Contact: <{A}>;expires=86400");
        rig.Flow = RegistrarRig.UdpFrom("198.51.100.1", 5060);
        rig.Register("Contact: <sip:100@198.51.100.1>;expires=86400");
        rig.RegisterAs("101", "c", 1, "Contact: <sip:101@198.51.100.1>;expires=86400");

        var statistics = rig.Table.Statistics(TenantId.Default, rig.UtcNow);

        Assert.Equal((2, 3, 2), (statistics.Users, statistics.Bindings, statistics.RecentRegistrations));
        Assert.Equal(new Dictionary<string, int> { ["192.0.2.7"] = 1, ["198.51.100.1"] = 2 }, statistics.BindingsByAddress);
        Assert.Equal(0, rig.Table.Statistics(TenantId.Default, rig.UtcNow.AddHours(24)).RecentRegistrations);
        Assert.Equal(0, rig.Table.Statistics(new TenantId("other"), rig.UtcNow).Users);
    }

    [Fact]
    public void Bindings_survive_a_restart_with_what_is_left_of_them()
    {
        var first = new RegistrarRig { Flow = RegistrarRig.From(SipTransportKind.Tcp, "192.0.2.7", 50_000, connection: 17) };
        first.Register($"Contact: <{A};transport=tcp>;expires=100;q=0.5, <sip:100@192.0.2.8>;expires=60");
        first.RegisterAs("101", "c", 5, "Contact: <sip:101@192.0.2.7>;expires=200");

        // The next process starts 70 s later; its monotonic clock begins anew.
        var next = new RegistrarRig(store: first.Store);
        var restored = next.Table.Restore(first.Store, next.Now, RegistrarRig.Epoch.AddSeconds(70));

        Assert.Equal(2, restored);
        var binding = Assert.Single(next.Lookup());
        Assert.Equal((A + ";transport=tcp", 500, 0L, "call-1"), (binding.ContactUri, binding.Q, binding.Flow.Connection, binding.RegisterCallId));
        next.AdvanceSeconds(29.999);
        Assert.Single(next.Lookup());
        next.AdvanceSeconds(0.001);
        Assert.Empty(next.Lookup());
        Assert.Single(next.Lookup("101"));

        // The order of requests outlives the restart too.
        Assert.Equal(500, next.RegisterAs("101", "c", 5, "Contact: <sip:101@192.0.2.7>").Status);
        Assert.Equal(200, next.RegisterAs("101", "c", 6, "Contact: <sip:101@192.0.2.7>").Status);
        Assert.Equal(2, Assert.Single(next.Lookup("101")).RegistrationCount);
    }

    [Fact]
    public void A_number_that_is_no_longer_ours_does_not_come_back()
    {
        var store = new FakeBindingStore();
        store.Save(Samples.Binding("100", registeredAt: RegistrarRig.Epoch));
        store.Save(Samples.Binding("200", registeredAt: RegistrarRig.Epoch));
        var rig = new RegistrarRig(store: store);

        Assert.Equal(1, rig.Table.Restore(store, rig.Now, rig.UtcNow));
        Assert.Empty(rig.Lookup("200"));
    }

    [Fact]
    public void Each_number_comes_back_on_the_shard_that_owns_it()
    {
        var store = new FakeBindingStore();
        for (var n = 100; n <= 110; n++)
            store.Save(Samples.Binding($"{n}", registeredAt: RegistrarRig.Epoch));

        var table = new RegistrarTable(3);
        var wheels = Enumerable.Range(0, 3).Select(i => Attach(table, i)).ToArray();

        Assert.Equal(11, table.Restore(store, Moment.Zero, RegistrarRig.Epoch));
        for (var shard = 0; shard < 3; shard++)
            Assert.Equal(Enumerable.Range(100, 11).Count(n => ShardSelector.PickForUser($"{n}", 3) == shard), wheels[shard].Count);

        Assert.Equal(11, table.Count);
        Assert.Throws<InvalidOperationException>(() => Attach(table, 1));
    }

    private static TimerWheel Attach(RegistrarTable table, int shard)
    {
        var wheel = new TimerWheel(Moment.Zero);
        var engine = new SipEngine(SipEngineOptions.Default, wheel, new Random(1));
        var authenticator = new RequestAuthenticator(
            SecurityOptions.Default, new DigestAuthenticator(new DigestOptions()), new BanList(new SourceGuardOptions()), new FakeDirectory(),
            new TenantDomains(TenantId.Default, new ExtensionRange(100, 110)), new Random(1));
        _ = new RegistrarService(
            RegistrarOptions.Default, table, authenticator, new FakeBindingStore(), new EventBus([]),
            new RegistrarShard(shard, engine, wheel, new TurnQueue(), new Random(1), new RegistrarRig()));
        return wheel;
    }
}
