using Tandem.Calls.Limits;
using Tandem.Calls.Ports;
using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;
using Tandem.Calls.Tests.Trunks;
using Tandem.Calls.Trunks;
using Tandem.Core.Time;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Limits;

/// <summary>What other nodes use leaves less for this one.</summary>
public sealed class UseOfOtherNodesTests
{
    private static readonly Tenant Acme = new(new TenantId("acme"), "Acme") { Domain = "acme.example" };

    [Fact]
    public void A_call_of_a_tenant_meets_those_at_other_nodes()
    {
        var (rig, others) = Rig(new TenantLimits(Calls: 3));
        var (ada, bob) = (rig.PhoneOf(Acme, "100"), rig.PhoneOf(Acme, "101"));
        others.Tell(UseKind.Tenant, "acme", "", new NodeUse(Calls: 2));
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        bob.Expect("INVITE");
        var cleo = rig.PhoneOf(Acme, "102");
        cleo.Refused("101", "503");
        Assert.Equal([(Acme.Id, TenantLimit.Calls, 1L)], rig.Exchange.Refusals.All());
        Assert.Equal(new NodeUse(Calls: 1, Asked: 1), Assert.Single(rig.Exchange.CollectUse(1), told => told.Key == new UseKey(UseKind.Tenant, "acme")).Use);

        others.Tell(UseKind.Tenant, "acme", "", new NodeUse(Calls: 1));
        cleo.Refused("105", "480");

        // Another tenant's calls are its own.
        others.Tell(UseKind.Tenant, "globex", "", new NodeUse(Calls: 100));
        cleo.Refused("105", "480");
    }

    [Fact]
    public void New_calls_of_a_tenant_have_the_share_that_others_leave()
    {
        var (rig, others) = Rig(new TenantLimits(CallsPerSecond: 4));
        var ada = rig.PhoneOf(Acme, "100");
        others.Tell(UseKind.Tenant, "acme", "", new NodeUse(Asked: 1_000));
        ada.Refused("105", "480");
        ada.Refused("105", "480");
        ada.Refused("105", "503");
        rig.Run(0.51);
        ada.Refused("105", "480");
        ada.Refused("105", "503");
        others.Tell(UseKind.Tenant, "acme", "", default);
        rig.Run(0.51);
        ada.Refused("105", "480");
        ada.Refused("105", "480");
    }

    [Fact]
    public void A_profile_carries_no_more_than_it_may_at_all_nodes()
    {
        var table = new TrunkTable();
        var others = new FakeRemoteUse();
        table.Remote = others;
        var profile = ProfileSamples.Profile() with { MaxCalls = 3, MaxCallsPerSecond = 4 };
        var usage = table.UsageOf(profile.Id);
        bool Enter(double at, bool isOutbound) => usage.TryEnter(profile, default(Moment) + TimeSpan.FromSeconds(at), isOutbound, table.OthersOf(profile.Id), table.AskedOf(profile));

        others.Tell(UseKind.Profile, "", "p1", new NodeUse(Calls: 2));
        Assert.True(Enter(0, isOutbound: false));
        Assert.False(Enter(0, isOutbound: false));
        usage.Leave();
        Assert.True(Enter(0, isOutbound: true));
        usage.Leave();
        Assert.True(Enter(0, isOutbound: true));
        usage.Leave();

        // Only those to the provider are paced.
        others.Tell(UseKind.Profile, "", "p1", new NodeUse(Asked: 3));
        Assert.True(Enter(0, isOutbound: true));
        Assert.True(Enter(0, isOutbound: true));
        Assert.False(Enter(0.4, isOutbound: true));
        Assert.True(Enter(0.4, isOutbound: false));
        Assert.Equal((3, 4L, 2L, 2L), (usage.Calls, usage.Outbound, usage.Inbound, usage.Refused));
        var told = new List<ToldUse>();
        table.Collect(told, 1);
        Assert.Equal([new ToldUse(new UseKey(UseKind.Profile, "", "p1"), new NodeUse(3, Asked: 5))], told);
    }

    // The second phone moves here: at the other node it is still known.
    [Fact]
    public void Registrations_at_other_nodes_count_and_a_phone_that_moved_counts_once()
    {
        var (rig, _) = Rig(new TenantLimits(Registrations: 2));
        var (ada, bob, cleo) = (rig.StrangerOf(Acme, "100", 1), rig.StrangerOf(Acme, "101", 2), rig.StrangerOf(Acme, "102", 3));
        rig.Exchange.Registrar.Remote = new Elsewhere(("101", bob.ContactUri), ("150", "sip:150@192.0.2.77"));
        Assert.Equal("403 Too Many Registrations", ada.Registered());
        Assert.Equal("200", bob.Registered());
        Assert.Equal("403 Too Many Registrations", cleo.Registered());
        Assert.Equal("200", bob.Registered());
        rig.Exchange.Registrar.Remote = new Elsewhere(("101", bob.ContactUri));
        rig.Run(1);
        Assert.Equal("200", cleo.Registered());
        Assert.Equal("403 Too Many Registrations", ada.Registered());
        Assert.Equal([(Acme.Id, TenantLimit.Registrations, 3L)], rig.Exchange.Refusals.All());
    }

    // All of a node's phones come here: each has its place already.
    [Fact]
    public void A_tenant_at_its_limit_is_counted_once_a_second_however_many_phones_come()
    {
        var (rig, _) = Rig(new TenantLimits(Registrations: 5));
        var phones = Enumerable.Range(0, 5).Select(i => rig.StrangerOf(Acme, $"10{i}", i + 1)).ToArray();
        var elsewhere = new Elsewhere([.. phones.Select(static phone => (phone.Number, phone.ContactUri))]);
        rig.Exchange.Registrar.Remote = elsewhere;
        Assert.Equal("403 Too Many Registrations", rig.StrangerOf(Acme, "105", 51).Registered());
        rig.Run(1);
        foreach (var phone in phones)
        {
            Assert.Equal("403 Too Many Registrations", rig.StrangerOf(Acme, "105", 50).Registered());
            Assert.Equal("200", phone.Registered());
        }

        Assert.Equal(2, elsewhere.Visits);
    }

    private static (ExchangeRig Rig, FakeRemoteUse Others) Rig(TenantLimits limits)
    {
        var rig = new ExchangeRig();
        rig.Tenants.Set(Acme with { Limits = limits });
        var others = new FakeRemoteUse();
        rig.Exchange.RemoteUse = others;
        return (rig, others);
    }

    private sealed class Elsewhere(params (string Number, string Key)[] contacts) : IRemoteBindings
    {
        public IReadOnlyList<Binding> Lookup(TenantId tenant, string number) => [];

        public int CountOf(TenantId tenant) => tenant == Acme.Id ? contacts.Length : 0;

        public int Visits { get; private set; }

        public int CountOf(TenantId tenant, Func<string, string, bool> isHere)
        {
            Visits++;
            return tenant == Acme.Id ? contacts.Count(contact => !isHere(contact.Number, contact.Key)) : 0;
        }

        public int CountOf(TenantId tenant, string number, Func<string, bool> isCounted) => tenant == Acme.Id ? contacts.Count(contact => contact.Number == number && isCounted(contact.Key)) : 0;
    }
}
