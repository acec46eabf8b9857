using Tandem.Calls.Ports;
using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Sip.Engine;

namespace Tandem.Calls.Tests.Registrar;

/// <summary>The steps of RFC 3261 §10.3, one after the other.</summary>
public class RegistrarServiceTests
{
    private const string A = "sip:100@192.0.2.7";
    private const string B = "sip:100@192.0.2.8";

    private readonly RegistrarRig _rig = new();

    [Theory] // Step 1: the Request-URI; steps 4 and 5: whose registration, and whether it can exist here.
    [InlineData("sip:tandem.example", "sip:100@tandem.example", "sip:100@tandem.example", 200)]
    [InlineData("sip:elsewhere.example", "sip:100@a.example", "sip:100@b.example", 200)]
    [InlineData("sips:tandem.example", "sip:100@a.example", "sip:100@b.example", 400)] // over UDP
    [InlineData("sip:tandem.example", "sip:%3100@tandem.example", "sip:10%30@tandem.example", 200)]
    [InlineData("sip:tandem.example", "sip:100;phone-context=x@tandem.example", "sip:100@tandem.example", 404)]
    [InlineData("sip:tandem.example", "sip:100@tandem.example;user=phone", "sip:100@tandem.example", 200)]
    [InlineData("sip:tandem.example", "sip:99@tandem.example", "sip:99@tandem.example", 404)]
    [InlineData("sip:tandem.example", "sip:111@tandem.example", "sip:111@tandem.example", 404)]
    [InlineData("sip:tandem.example", "sip:0100@tandem.example", "sip:0100@tandem.example", 404)]
    [InlineData("sip:tandem.example", "sip:tandem.example", "sip:tandem.example", 404)]
    [InlineData("sip:tandem.example", "tel:100", "tel:100", 404)]
    [InlineData("sip:tandem.example", "sip:100@tandem.example", "sip:101@tandem.example", 403)]
    [InlineData("sip:tandem.example", "sip:111@tandem.example", "sip:100@tandem.example", 404)]
    [InlineData("tel:100", "sip:100@tandem.example", "sip:100@tandem.example", 416)]
    public void The_request_must_be_for_a_number_of_ours_and_from_itself(string requestUri, string to, string from, int status)
    {
        var response = _rig.Send(to, from, "c", 1, [$"Contact: <{A}>"], requestUri);

        Assert.Equal(status, response.Status);
        Assert.Equal(status == 200 ? 1 : 0, _rig.Table.Count);
        Assert.Equal(status == 200 ? [A] : [], _rig.Contacts());
    }

    [Fact] // Step 1: the domain is the tenant; its numbers are those that were made, not a range.
    public void Two_tenants_have_the_same_number_and_different_phones()
    {
        var acme = new TenantId("acme");
        _rig.Tenants.Set(new Tenant(acme, "Acme") { Domain = "acme.example" });
        _rig.Directory.Others.Add(new Extension(acme, "100", new Secret("x")));
        _rig.Directory.Others.Add(new Extension(acme, "7001", new Secret("x")));

        Assert.Equal(200, _rig.Register($"Contact: <{A}>").Status);
        Assert.Equal(200, _rig.Send("sip:100@acme.example", "sip:100@acme.example", "c2", 1, [$"Contact: <{B}>"]).Status);
        Assert.Equal(200, _rig.Send("sip:7001@acme.example", "sip:7001@acme.example", "c3", 1, [$"Contact: <{B}>"]).Status);
        Assert.Equal(404, _rig.Send("sip:7002@acme.example", "sip:7002@acme.example", "c4", 1, [$"Contact: <{B}>"]).Status);
        Assert.Equal(404, _rig.Send("sip:7001@tandem.example", "sip:7001@tandem.example", "c5", 1, [$"Contact: <{B}>"]).Status);

        Assert.Equal([A], _rig.Contacts());
        Assert.Equal([B], _rig.Table.Lookup(acme, "100").Select(binding => binding.ContactUri));
        Assert.Equal([B], _rig.Table.Lookup(acme, "7001").Select(binding => binding.ContactUri));
    }

    [Theory] // Step 2 (§8.2.2.3), which the engine does for every method.
    [InlineData("Require: path", 200, "")]
    [InlineData("Require: gruu, path, outbound, eventlist", 420, "gruu, eventlist")]
    public void An_extension_that_is_required_and_unknown_is_named(string require, int status, string unsupported)
    {
        var response = _rig.Register($"Contact: <{A}>", require);

        Assert.Equal(status, response.Status);
        Assert.Equal(unsupported, string.Join(", ", response.All("Unsupported")));
    }

    [Theory] // Step 6: the star.
    [InlineData("Contact: *|Expires: 0", 200, 0)]
    [InlineData("Contact: *|Expires: 00", 200, 0)]
    [InlineData("Contact: *|Expires: 1", 400, 2)]
    [InlineData("Contact: *", 400, 2)]
    [InlineData("Contact: *|Expires: never", 400, 2)]
    [InlineData("Contact: *, <sip:100@192.0.2.9>|Expires: 0", 400, 2)]
    [InlineData("Contact: <sip:100@192.0.2.9>|Contact: *|Expires: 0", 400, 2)]
    [InlineData("Contact: *;expires=0|Expires: 0", 400, 2)]
    public void The_star_removes_everything_when_it_is_alone_with_expires_0(string lines, int status, int left)
    {
        _rig.Register($"Contact: <{A}>, <{B}>");

        var response = _rig.Register(lines.Split('|'));

        Assert.Equal(status, response.Status);
        Assert.Equal(left, _rig.Contacts().Length);
        Assert.Equal(left, _rig.Store.Bindings.Count);
        if (status == 200)
            Assert.False(response.Has("Contact"));
    }

    [Theory] // Step 6: with the Call-ID of a binding the CSeq must be higher, else nothing is removed.
    [InlineData("call-A", 6, 200, 0)]
    [InlineData("call-A", 5, 500, 2)]
    [InlineData("call-A", 4, 500, 2)]
    [InlineData("call-B", 4, 500, 2)]
    [InlineData("call-C", 1, 200, 0)]
    public void The_star_heeds_the_order_of_each_binding(string callId, int cseq, int status, int left)
    {
        _rig.RegisterAs("100", "call-A", 5, $"Contact: <{A}>");
        _rig.RegisterAs("100", "call-B", 7, $"Contact: <{B}>");

        var response = _rig.RegisterAs("100", callId, cseq, "Contact: *", "Expires: 0");

        Assert.Equal(status, response.Status);
        Assert.Equal(left, _rig.Contacts().Length);
    }

    [Theory] // Step 7: the parameter, else the header, else the default; what is granted.
    [InlineData("", null, 3_600)]
    [InlineData("", "120", 120)]
    [InlineData(";expires=300", "120", 300)]
    [InlineData(";expires=300", null, 300)]
    [InlineData(";expires=60", null, 60)]
    [InlineData(";expires=86400", null, 86_400)]
    [InlineData(";expires=86401", null, 86_400)]
    [InlineData(";expires=4294967295", null, 86_400)]
    [InlineData(";expires=4294967296", null, 86_400)]
    [InlineData(";expires=soon", "120", 3_600)]
    [InlineData("", "soon", 3_600)]
    [InlineData(";expires", null, 3_600)]
    public void The_lifetime_is_what_was_asked_for_within_the_limits(string parameter, string? header, int granted)
    {
        string[] lines = header is null ? [$"Contact: <{A}>{parameter}"] : [$"Contact: <{A}>{parameter}", $"Expires: {header}"];

        var response = _rig.Register(lines);

        Assert.Equal(200, response.Status);
        Assert.Equal($"<{A}>;expires={granted}", response["Contact"]);
        var binding = Assert.Single(_rig.Lookup());
        Assert.Equal(granted, binding.ExpiresSeconds);
        Assert.Equal(_rig.UtcNow.AddSeconds(granted), binding.ExpiresAt);
    }

    [Theory] // Step 7: 423 only for what is above zero, below the minimum and below an hour.
    [InlineData(60, ";expires=59", null, 423)]
    [InlineData(60, ";expires=1", "3600", 423)]
    [InlineData(60, "", "59", 423)]
    [InlineData(60, ";expires=60", null, 200)]
    [InlineData(3_600, ";expires=3599", null, 423)]
    [InlineData(3_600, ";expires=3600", null, 200)]
    [InlineData(60, ";expires=0", null, 200)]
    public void An_interval_that_is_too_brief_is_refused(int minimum, string parameter, string? header, int status)
    {
        var rig = new RegistrarRig(new RegistrarOptions { MinExpiresSeconds = minimum });
        string[] lines = header is null ? [$"Contact: <{A}>{parameter}"] : [$"Contact: <{A}>{parameter}", $"Expires: {header}"];

        var response = rig.Register(lines);

        Assert.Equal(status, response.Status);
        Assert.Equal(status == 423 ? $"{minimum}" : "", response["Min-Expires"]);
        Assert.Equal(status == 200 && parameter != ";expires=0" ? 1 : 0, rig.Table.Count);
    }

    [Theory] // Step 7: same Call-ID needs a higher CSeq; another Call-ID always counts.
    [InlineData("call-A", 11, 200)]
    [InlineData("call-A", 10, 500)]
    [InlineData("call-A", 9, 500)]
    [InlineData("call-B", 1, 200)]
    public void An_update_that_is_out_of_order_fails(string callId, int cseq, int status)
    {
        _rig.RegisterAs("100", "call-A", 10, $"Contact: <{A}>;expires=100");

        var response = _rig.RegisterAs("100", callId, cseq, $"Contact: <{A}>;expires=200");

        Assert.Equal(status, response.Status);
        var binding = Assert.Single(_rig.Lookup());
        Assert.Equal(status == 200 ? (callId, (uint)cseq, 200) : ("call-A", 10u, 100), (binding.RegisterCallId, binding.RegisterCSeq, binding.ExpiresSeconds));
    }

    [Theory] // Step 7: all or nothing, whatever stands first.
    [InlineData("Contact: <sip:100@192.0.2.9>, <sip:100@192.0.2.7>", 500)]
    [InlineData("Contact: <sip:100@192.0.2.7>, <sip:100@192.0.2.9>", 500)]
    [InlineData("Contact: <sip:100@192.0.2.9>, <sip:100@192.0.2.10>;expires=5", 423)]
    [InlineData("Contact: <sip:100@192.0.2.9>, <mailto:someone@example.com>", 400)]
    [InlineData("Contact: <sip:100@192.0.2.9>|Contact: <sip:100@192.0.2.10>;q=7", 400)]
    public void A_request_is_carried_out_whole_or_not_at_all(string lines, int status)
    {
        _rig.RegisterAs("100", "call-A", 10, $"Contact: <{A}>");
        _rig.Events.Clear();
        _rig.Store.Log.Clear();

        var response = _rig.RegisterAs("100", "call-A", 10, lines.Split('|'));

        Assert.Equal(status, response.Status);
        Assert.Equal([A], _rig.Contacts());
        Assert.Empty(_rig.Events);
        Assert.Empty(_rig.Store.Log);
    }

    [Theory] // Step 7 and §19.1.4: the same contact in another spelling is the same binding.
    [InlineData("sip:100@192.0.2.7", true)]
    [InlineData("SIP:100@192.0.2.7", true)]
    [InlineData("sip:%3100@192.0.2.7", true)]
    [InlineData("sip:100@192.0.2.7;ob", true)]
    [InlineData("sip:100@192.0.2.7:5060", false)]
    [InlineData("sip:100@192.0.2.7;transport=tcp", false)]
    [InlineData("sip:101@192.0.2.7", false)]
    public void Contacts_are_compared_as_uris(string contact, bool same)
    {
        _rig.Register($"Contact: <{A}>");

        Assert.Equal(200, _rig.Register($"Contact: <{contact}>").Status);

        string[] expected = same ? [contact] : [A, contact];
        Assert.Equal(expected.Order(), _rig.Contacts().Order());
        Assert.Equal(expected.Order(), _rig.Store.Bindings.Select(b => b.ContactUri).Order());
        Assert.Equal(same ? "Refreshed " + contact : "Registered " + contact, _rig.Events[^1]);
    }

    [Theory] // RFC 5630 §5.2: a sips contact takes sips all through; §5.1.1.1 lets a request for sips bind a sip contact.
    [InlineData("sips:tandem.example", "sips:100@192.0.2.7", "", 200)]
    [InlineData("sips:tandem.example", "sip:100@192.0.2.7", "", 200)]
    [InlineData("sip:tandem.example", "sips:100@192.0.2.7", "", 400)]
    [InlineData("sips:tandem.example", "sips:100@192.0.2.7", "Path: <sips:edge.example;lr>", 200)]
    [InlineData("sips:tandem.example", "sips:100@192.0.2.7", "Path: <sip:edge.example;lr>", 400)]
    public void A_sips_contact_is_bound_by_sips_only(string requestUri, string contact, string path, int status)
    {
        _rig.Flow = RegistrarRig.From(SipTransportKind.Tls, "192.0.2.7", 50_000);
        string[] lines = path.Length > 0 ? [$"Contact: <{contact}>", path, "Supported: path"] : [$"Contact: <{contact}>"];

        Assert.Equal(status, _rig.Send("sip:100@tandem.example", "sip:100@tandem.example", "c", 1, lines, requestUri).Status);
        Assert.Equal(status == 200 ? [contact] : [], _rig.Contacts());
    }

    [Fact] // Step 7: expires=0 removes one, and what was never there does no harm.
    public void A_lifetime_of_zero_removes_that_contact_only()
    {
        _rig.Register($"Contact: <{A}>, <{B}>");

        var response = _rig.Register($"Contact: <{A}>;expires=0, <sip:100@192.0.2.99>;expires=0");

        Assert.Equal(200, response.Status);
        Assert.Equal($"<{B}>;expires=3600", Assert.Single(response.All("Contact")));
        Assert.Equal([B], _rig.Contacts());
        Assert.Equal(["Registered " + A, "Registered " + B, "Unregistered " + A], _rig.Events);
    }

    [Fact] // §10.2.2: Expires: 0 with a Contact that has no parameter.
    public void The_header_with_zero_removes_too()
    {
        _rig.Register($"Contact: <{A}>");

        var response = _rig.Register($"Contact: <{A}>", "Expires: 0");

        Assert.Equal(200, response.Status);
        Assert.False(response.Has("Contact"));
        Assert.Equal(0, _rig.Table.Count);
        Assert.Empty(_rig.Table.All(TenantId.Default));
        Assert.Equal(0, _rig.Wheel.Count - _rig.Engine.ServerTransactions);
    }

    [Theory] // The later one of two spellings in one request counts.
    [InlineData("Contact: <sip:100@192.0.2.7>;expires=100, <sip:100@192.0.2.7>;expires=200", 200)]
    [InlineData("Contact: <sip:100@192.0.2.7>;expires=0, <sip:100@192.0.2.7>;expires=200", 200)]
    [InlineData("Contact: <sip:100@192.0.2.7>;expires=100, <sip:100@192.0.2.7>;expires=0", 0)]
    public void The_same_contact_twice_is_one_binding(string line, int expires)
    {
        var response = _rig.Register(line);
        Assert.Equal(200, response.Status);
        Assert.Equal(expires == 0 ? [] : [expires], _rig.Lookup().Select(b => b.ExpiresSeconds));

        response = _rig.Register(line);
        Assert.Equal(200, response.Status);
        Assert.Equal(expires == 0 ? [] : [expires], _rig.Lookup().Select(b => b.ExpiresSeconds));
        Assert.Equal(expires == 0 ? [] : [2], _rig.Lookup().Select(b => b.RegistrationCount));
    }

    [Fact] // Step 8: all bindings with what is left of them, and the Date.
    public void The_answer_lists_all_bindings()
    {
        _rig.Register($"Contact: <{A}>;expires=100;q=0.5");
        _rig.AdvanceSeconds(30.2);

        var response = _rig.Register($"Contact: \"Desk, upstairs\" <{B};transport=udp>;expires=200;q=0.25;methods=\"INVITE\"");

        Assert.Equal([$"<{A}>;expires=70;q=0.500", $"<{B};transport=udp>;expires=200;q=0.250"], response.All("Contact"));
        Assert.Equal("Fri, 02 Jan 2026 03:04:35 GMT", response["Date"]);
        Assert.NotEmpty(response.ToTag);
        Assert.False(response.Has("Record-Route"));
    }

    [Fact] // §10.3 step 6: no Contact, nothing changes.
    public void A_query_lists_and_changes_nothing()
    {
        _rig.Register($"Contact: <{A}>;expires=100");
        _rig.AdvanceSeconds(40);
        _rig.Events.Clear();

        var response = _rig.Register("Expires: 0");

        Assert.Equal(200, response.Status);
        Assert.Equal($"<{A}>;expires=60", response["Contact"]);
        Assert.Empty(_rig.Events);
        Assert.Equal(1, _rig.Service.Counters.Queries);
        Assert.False(_rig.RegisterAs("101", "q", 1).Has("Contact"));
    }

    [Fact]
    public void A_refresh_keeps_the_beginning_and_counts()
    {
        _rig.Register($"Contact: <{A}>;expires=100", "User-Agent: phone/1");
        _rig.AdvanceSeconds(50);
        _rig.Flow = RegistrarRig.UdpFrom("198.51.100.4", 4_321);

        _rig.Register($"Contact: <{A}>;expires=200;q=0.1", "User-Agent: phone/2");

        var binding = Assert.Single(_rig.Lookup());
        Assert.Equal(RegistrarRig.Epoch, binding.RegisteredAt);
        Assert.Equal(RegistrarRig.Epoch.AddSeconds(50), binding.LastSeen);
        Assert.Equal(RegistrarRig.Epoch.AddSeconds(250), binding.ExpiresAt);
        Assert.Equal((2, 2u, 100, "phone/2", true), (binding.RegistrationCount, binding.RegisterCSeq, binding.Q, binding.UserAgent, binding.BehindNat));
        Assert.Equal(_rig.Flow, binding.Flow);
        Assert.Equal(["Registered " + A, "Refreshed " + A], _rig.Events);
        Assert.Equal((2, 1, 1), (_rig.Service.Counters.Requests, _rig.Service.Counters.Registered, _rig.Service.Counters.Refreshed));
    }

    [Fact]
    public void A_contact_too_many_is_refused_and_a_refresh_never_is()
    {
        var rig = new RegistrarRig(new RegistrarOptions { MaxContacts = 2 });
        rig.Register($"Contact: <{A}>, <{B}>");

        Assert.Equal(403, rig.Register("Contact: <sip:100@192.0.2.9>").Status);
        Assert.Equal(200, rig.Register($"Contact: <{A}>, <{B}>").Status);
        Assert.Equal(200, rig.Register($"Contact: <{A}>;expires=0, <sip:100@192.0.2.9>").Status);
        Assert.Equal([B, "sip:100@192.0.2.9"], rig.Contacts().Order());
        Assert.Equal(1, rig.Service.Counters.Refused);
    }

    [Theory] // What is stored is bounded.
    [InlineData("Contact: <sip:100@{0}.example>", 600, 400)]
    [InlineData("Contact: <sip:100@{0}.example>", 60, 200)]
    [InlineData("User-Agent: {0}", 1_000, 200)]
    public void Long_texts_are_refused_or_cut(string line, int length, int status)
    {
        var text = string.Format(System.Globalization.CultureInfo.InvariantCulture, line, new string('x', length));

        var response = _rig.Register(text.StartsWith("Contact", StringComparison.Ordinal) ? [text] : [text, $"Contact: <{A}>"]);

        Assert.Equal(status, response.Status);
        Assert.All(_rig.Lookup(), b => Assert.True(b.UserAgent.Length <= 128 && b.ContactUri.Length <= 512));
    }

    [Fact]
    public void A_long_call_id_is_refused() =>
        Assert.Equal(400, _rig.RegisterAs("100", new string('x', 300), 1, $"Contact: <{A}>").Status);

    [Fact] // §16.6: the best q first, then the one seen last.
    public void Lookup_orders_by_preference()
    {
        _rig.Register($"Contact: <{A}>;q=0.5");
        _rig.AdvanceSeconds(1);
        _rig.Register($"Contact: <{B}>;q=0.5");
        _rig.Register("Contact: <sip:100@192.0.2.9>;q=1.0");

        Assert.Equal(["sip:100@192.0.2.9", B, A], _rig.Contacts());
    }
}
