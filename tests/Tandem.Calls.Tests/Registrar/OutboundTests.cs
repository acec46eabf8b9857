using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;
using Tandem.Sip.Engine;

namespace Tandem.Calls.Tests.Registrar;

/// <summary>RFC 5626 §6 and §7 at the registrar.</summary>
public class OutboundTests
{
    private const string Uuid = "<urn:uuid:00000000-0000-1000-8000-000A95A0E128>";
    private const string Supported = "Supported: path, outbound";

    private static string Contact(int regId, string uri = "sip:100@192.0.2.7", string instance = Uuid, string more = "") =>
        $"Contact: <{uri}>;reg-id={regId};+sip.instance=\"{instance}\"{more}";

    [Fact]
    public void A_flow_is_stored_and_the_answer_says_that_outbound_is_used()
    {
        var rig = new RegistrarRig();

        var response = rig.Register(Contact(1), Supported);

        Assert.Equal(200, response.Status);
        Assert.Equal("outbound", response["Require"]);
        Assert.Equal("path, outbound", response["Supported"]);
        Assert.Equal($"<sip:100@192.0.2.7>;expires=3600;+sip.instance=\"{Uuid}\";reg-id=1", response["Contact"]);
        Assert.Equal("", response["Flow-Timer"]);
        var binding = Assert.Single(rig.Lookup());
        Assert.Equal((Uuid, 1, true), (binding.Instance, binding.RegId, binding.IsOutbound));
    }

    // RFC 5626 §4.4: Flow-Timer is for connections, which the server may take for dead without pings.
    [Theory]
    [InlineData(SipTransportKind.Udp, 120, "")]
    [InlineData(SipTransportKind.Tcp, 120, "120")]
    [InlineData(SipTransportKind.Wss, 30, "30")]
    [InlineData(SipTransportKind.Tcp, 0, "")]
    public void Flow_timer_is_given_to_streams(SipTransportKind kind, int seconds, string expected)
    {
        var rig = new RegistrarRig(new RegistrarOptions { FlowTimer = TimeSpan.FromSeconds(seconds) }) { Flow = RegistrarRig.From(kind, "192.0.2.7", 40001, 5) };

        Assert.Equal(expected, rig.Register(Contact(1), Supported)["Flow-Timer"]);
        Assert.Equal("", rig.Register("Contact: <sip:other@192.0.2.7>", Supported)["Flow-Timer"]);
    }

    [Fact]
    public void A_registration_from_another_port_replaces_the_flow_whatever_its_uri()
    {
        var rig = new RegistrarRig();
        rig.Register(Contact(1), Supported);
        rig.Flow = RegistrarRig.UdpFrom("198.51.100.3", 61_002);

        rig.RegisterAs("100", "after-reboot", 1, Contact(1, "sip:100@10.0.0.9:61002", Uuid.ToLowerInvariant()), Supported);

        var binding = Assert.Single(rig.Lookup());
        Assert.Equal(("sip:100@10.0.0.9:61002", "198.51.100.3:61002"), (binding.ContactUri, binding.Flow.Remote.ToString()));
        Assert.Equal(["Registered sip:100@192.0.2.7", "Refreshed sip:100@10.0.0.9:61002"], rig.Events);
        Assert.Single(rig.Store.Bindings);
    }

    [Fact]
    public void Several_flows_of_one_phone_share_their_uri()
    {
        var rig = new RegistrarRig();
        rig.Register(Contact(1), Supported);
        rig.RegisterAs("100", "second", 1, Contact(2), Supported);

        Assert.Equal([1, 2], rig.Lookup().Select(b => b.RegId).Order());
        Assert.True(rig.Lookup()[0].IsSameDevice(rig.Lookup()[1]));
        rig.RegisterAs("100", "second", 2, Contact(2, more: ";expires=0"), Supported);
        Assert.Equal(1, Assert.Single(rig.Lookup()).RegId);
    }

    // §6: "can also de-register any Contact header fields with zero expiration"
    [Fact]
    public void A_contact_is_removed_by_its_uri_with_all_its_flows()
    {
        var rig = new RegistrarRig();
        rig.Register(Contact(1), Supported);
        rig.RegisterAs("100", "second", 1, Contact(2), Supported);

        rig.RegisterAs("100", "third", 1, Contact(1, "sip:100@192.0.2.8", "<urn:uuid:other>"), "Contact: <sip:100@192.0.2.7>;expires=0", Supported);

        Assert.Equal(["sip:100@192.0.2.8"], rig.Contacts());
        Assert.Single(rig.Store.Bindings);
    }

    // §6: first hop or ";ob", and 439 only when the client asked for outbound.
    [Theory]
    [InlineData(false, "", Supported, 200, 1, "outbound")]
    [InlineData(false, "", "Supported: path", 200, 1, "")]
    [InlineData(true, "", Supported, 439, 0, "")]
    [InlineData(true, "", "Supported: path", 200, 0, "")]
    [InlineData(true, "Path: <sip:edge.example;lr>", Supported, 439, 0, "")]
    [InlineData(true, "Path: <sip:token@edge.example;lr;ob>", Supported, 200, 1, "outbound")]
    [InlineData(true, "Path: <sip:core.example;lr>, <sip:token@edge.example;lr;ob>", Supported, 200, 1, "outbound")]
    [InlineData(true, "Path: <sip:core.example;lr;ob>, <sip:edge.example;lr>", Supported, 439, 0, "")]
    public void Outbound_needs_a_first_hop_that_supports_it(bool behindProxy, string path, string supported, int status, int regId, string require)
    {
        var rig = new RegistrarRig { BehindProxy = behindProxy };

        var response = path.Length > 0 ? rig.Register(Contact(1), supported, path) : rig.Register(Contact(1), supported);

        Assert.Equal((status, require), (response.Status, response["Require"]));
        if (status == 200)
            Assert.Equal(regId, Assert.Single(rig.Lookup()).RegId);
        else
            Assert.Empty(rig.Lookup());
    }

    [Theory]
    [InlineData("Contact: <sip:100@192.0.2.7>;reg-id=1", 200, "", 0)]
    [InlineData("Contact: <sip:100@192.0.2.7>;+sip.instance=\"<urn:uuid:1>\"", 200, "<urn:uuid:1>", 0)]
    [InlineData("Contact: <sip:100@192.0.2.7>;+sip.instance=\"urn:uuid:1\";reg-id=1", 200, "", 0)]
    [InlineData("Contact: <sip:100@192.0.2.7>;+sip.instance=\"<urn:uuid:\\\"x>\";reg-id=1", 200, "", 0)]
    [InlineData("Contact: <sip:100@192.0.2.7>;+sip.instance=\"<urn:uuid:1>\";reg-id=0", 400, "", 0)]
    [InlineData("Contact: <sip:100@192.0.2.7>;+sip.instance=\"<urn:uuid:1>\";reg-id=2147483648", 400, "", 0)]
    [InlineData("Contact: <sip:100@192.0.2.7>;+sip.instance=\"<urn:uuid:1>\";reg-id=one", 400, "", 0)]
    [InlineData("Contact: <sip:100@192.0.2.7>;+sip.instance=\"<urn:uuid:1>\";reg-id=1, <sip:100@192.0.2.8>", 400, "", 0)]
    [InlineData("Contact: <sip:100@192.0.2.7>;+sip.instance=\"<urn:uuid:1>\";reg-id=1, <sip:100@192.0.2.8>;expires=0", 200, "<urn:uuid:1>", 1)]
    public void What_a_contact_says_of_its_flow_is_checked(string contact, int status, string instance, int regId)
    {
        var rig = new RegistrarRig();

        Assert.Equal(status, rig.Register(contact, Supported).Status);
        Assert.Equal(status == 200 ? [(instance, regId)] : [], rig.Lookup().Select(b => (b.Instance, b.RegId)));
    }

    [Fact]
    public void An_instance_that_is_too_long_is_refused()
    {
        var rig = new RegistrarRig();

        Assert.Equal(400, rig.Register(Contact(1, instance: $"<urn:x:{new string('a', 300)}>"), Supported).Status);
    }

    [Fact]
    public void A_phone_that_begins_or_ceases_to_use_outbound_keeps_one_contact()
    {
        var rig = new RegistrarRig();
        rig.Register($"Contact: <sip:100@192.0.2.7>;+sip.instance=\"{Uuid}\"");
        rig.Register(Contact(1), Supported);
        Assert.Equal(1, Assert.Single(rig.Lookup()).RegId);

        rig.Register($"Contact: <sip:100@192.0.2.7>;+sip.instance=\"{Uuid}\"");
        Assert.Equal(0, Assert.Single(rig.Lookup()).RegId);

        // Behind two routers two phones can have the same address: they stay two.
        rig.RegisterAs("100", "other-phone", 1, Contact(1, instance: "<urn:uuid:other>"), Supported);
        Assert.Equal(2, rig.Lookup().Count);
    }

    // §7: a TCP connection that closes invalidates all bindings of its flow.
    [Fact]
    public void A_flow_ends_with_its_connection_and_no_other()
    {
        var rig = new RegistrarRig { Flow = RegistrarRig.From(SipTransportKind.Tcp, "192.0.2.7", 40_001, 11) };
        rig.Register(Contact(1), Supported);
        rig.Flow = RegistrarRig.From(SipTransportKind.Tcp, "192.0.2.7", 40_002, 12);
        rig.RegisterAs("100", "second", 1, Contact(2), Supported);
        Assert.True(rig.Table.IsHeld(11) && rig.Table.IsHeld(12));

        rig.Service.ConnectionLost(11, rig.Now);

        Assert.Equal(2, Assert.Single(rig.Lookup()).RegId);
        Assert.Equal("ConnectionClosed sip:100@192.0.2.7", rig.Events[^1]);
        Assert.Equal(1, rig.Service.Counters.FlowsEnded);
        Assert.False(rig.Table.IsHeld(11));
        Assert.Single(rig.Store.Bindings);

        // The phone came back over a third connection before the end of the second was noticed.
        rig.Flow = RegistrarRig.From(SipTransportKind.Tcp, "192.0.2.7", 40_003, 13);
        rig.RegisterAs("100", "second", 2, Contact(2), Supported);
        rig.Service.ConnectionLost(12, rig.Now);
        Assert.Equal(13, Assert.Single(rig.Lookup()).Flow.Connection);
        rig.AdvanceSeconds(4_000);
        Assert.False(rig.Table.IsHeld(13));
        Assert.Equal(0, rig.Table.Count);
    }

    [Fact]
    public void A_connection_that_closed_before_its_request_was_handled_leaves_no_flow()
    {
        var rig = new RegistrarRig { Flow = RegistrarRig.From(SipTransportKind.Tcp, "192.0.2.7", 40_001, 11) };
        rig.Table.ConnectionState = id => id != 11;

        rig.Register(Contact(1), Supported);

        Assert.Empty(rig.Lookup());
        Assert.Equal(0, rig.Table.Count);
    }

    // RFC 3261 §18.1.1: a contact that is no flow is called at the address that it names, if that can be reached.
    [Theory]
    [InlineData("sip:100@192.0.2.7:5070;transport=tcp", "tcp:192.0.2.7:5070", false)]
    [InlineData("sip:100@10.1.1.1:5070;transport=tcp", "tcp:192.0.2.7:40001", true)]
    [InlineData("sip:100@phone.invalid;transport=ws", "tcp:192.0.2.7:40001", true)]
    public void Another_contact_stays_when_its_connection_closes(string uri, string target, bool isLost)
    {
        var rig = new RegistrarRig { Flow = RegistrarRig.From(SipTransportKind.Tcp, "192.0.2.7", 40_001, 11) };
        rig.Register($"Contact: <{uri}>");

        rig.Service.ConnectionLost(11, rig.Now);

        var binding = Assert.Single(rig.Table.All(TenantId.Default));
        Assert.Equal((target, 0L, isLost), (binding.Flow.ToString(), binding.Flow.Connection, binding.IsLost));
        Assert.Equal(isLost ? 0 : 1, rig.Lookup().Count);
        Assert.Equal(isLost ? 1 : 0, rig.Service.Counters.FlowsLost);
        Assert.Equal(isLost ? 0 : 1, rig.Table.Statistics(TenantId.Default, rig.UtcNow).Users);

        rig.Flow = RegistrarRig.From(SipTransportKind.Tcp, "192.0.2.7", 40_009, 12);
        rig.Register($"Contact: <{uri}>");
        Assert.Equal(12, Assert.Single(rig.Lookup()).Flow.Connection);
    }

    [Fact]
    public void After_a_restart_a_flow_is_lost_until_its_phone_comes_back()
    {
        var before = new RegistrarRig { Flow = RegistrarRig.From(SipTransportKind.Tcp, "192.0.2.7", 40_001, 11) };
        before.Register(Contact(1), Supported);
        before.Flow = RegistrarRig.UdpFrom("192.0.2.9", 5060);
        before.RegisterAs("100", "udp", 1, Contact(1, "sip:100@192.0.2.9", "<urn:uuid:other>"), Supported);
        var store = new FakeBindingStore();
        foreach (var binding in before.Store.Bindings)
            store.Put(binding);

        var after = new RegistrarRig(store: store);
        Assert.Equal(2, after.Table.Restore(store, after.Now, after.UtcNow));

        Assert.Equal(["sip:100@192.0.2.9"], after.Contacts());
        Assert.Equal(2, after.Table.All(TenantId.Default).Count);
        after.Flow = RegistrarRig.From(SipTransportKind.Tcp, "192.0.2.7", 40_077, 3);
        after.RegisterAs("100", "again", 1, Contact(1), Supported);
        Assert.Equal(2, after.Lookup().Count);
        Assert.Equal(2, store.Bindings.Count);
    }

    // §5.3, §7: the connection of a proxy is not the flow of the phone behind it.
    [Fact]
    public void A_flow_behind_a_proxy_outlives_the_connection_of_the_proxy()
    {
        var rig = new RegistrarRig { BehindProxy = true, Flow = RegistrarRig.From(SipTransportKind.Tcp, "192.0.2.40", 40_001, 11) };
        rig.Register(Contact(1), Supported, "Path: <sip:token@192.0.2.40:5080;transport=tcp;lr;ob>");

        rig.Service.ConnectionLost(11, rig.Now);

        Assert.Equal("tcp:192.0.2.40:5080", Assert.Single(rig.Lookup()).Flow.ToString());
    }

    // RFC 5626 §4.4: the phone keeps its flow open.
    [Fact]
    public void No_options_are_sent_over_a_flow()
    {
        var rig = new RegistrarRig { Flow = RegistrarRig.UdpFrom("198.51.100.3", 61_002) };
        rig.Register(Contact(1, "sip:100@10.0.0.9"), Supported);
        rig.AdvanceSeconds(120);
        Assert.Empty(rig.Sent);
    }

    // RFC 3608 §6.3
    [Theory]
    [InlineData("<sip:edge.example;lr>,<sip:core.example:5080;lr;transport=tcp>", "")]
    [InlineData("sip:edge.example;lr", "service route")]
    [InlineData("<sip:edge.example>", "service route")]
    [InlineData("<sip:edge.example;lr>\r\nX: y", "service route")]
    public void The_service_route_goes_to_phones_that_register(string route, string problem)
    {
        var options = new RegistrarOptions { ServiceRoute = route };
        Assert.Equal(problem.Length == 0, !options.Problems().Any());
        if (problem.Length > 0)
            return;

        var rig = new RegistrarRig(options);
        Assert.Equal(route, rig.Register("Contact: <sip:100@192.0.2.7>")["Service-Route"]);
        Assert.Equal("", rig.Register("Contact: nonsense")["Service-Route"]);
    }
}
