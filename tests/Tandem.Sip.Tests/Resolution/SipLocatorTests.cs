using System.Text;
using Tandem.Core.Net;
using Tandem.Sip.Engine;
using Tandem.Sip.Resolution;

namespace Tandem.Sip.Tests.Resolution;

/// <summary>RFC 3263 §4.1 and §4.2: which targets a URI leads to, given a zone.</summary>
public sealed class SipLocatorTests
{
    private static readonly string[] Zone =
    [
        // The example of RFC 3263 §4.1, with UDP added to each transport's own server.
        "naptr.test 60 NAPTR 50 50 s SIPS+D2T _sips._tcp.naptr.test",
        "naptr.test 60 NAPTR 90 50 s SIP+D2T _sip._tcp.naptr.test",
        "naptr.test 60 NAPTR 100 50 s SIP+D2U _sip._udp.naptr.test",
        "_sips._tcp.naptr.test 60 SRV 0 1 5061 tls.naptr.test",
        "_sip._tcp.naptr.test 60 SRV 0 1 5070 tcp.naptr.test",
        "_sip._udp.naptr.test 60 SRV 0 1 5080 udp.naptr.test",
        "tls.naptr.test 60 A 192.0.2.1",
        "tcp.naptr.test 60 A 192.0.2.2",
        "udp.naptr.test 60 A 192.0.2.3",
        "naptr.test 60 A 192.0.2.9",

        // SRV only, of TCP and TLS.
        "srv.test 60 A 192.0.2.19",
        "_sip._tcp.srv.test 60 SRV 20 0 5062 b.srv.test",
        "_sip._tcp.srv.test 60 SRV 10 0 5061 a.srv.test",
        "_sips._tcp.srv.test 60 SRV 10 0 5063 a.srv.test",
        "a.srv.test 60 A 192.0.2.11",
        "b.srv.test 60 A 192.0.2.12",
        "b.srv.test 60 A 192.0.2.13",

        // Addresses only, of both families, behind an alias.
        "www.plain.test 60 CNAME plain.test",
        "plain.test 60 A 192.0.2.21",
        "plain.test 60 A 192.0.2.22",
        "plain.test 60 AAAA 2001:db8::21",

        // No such service (RFC 2782), and services that are not for us.
        "_sip._udp.none.test 60 SRV 0 0 0 .",
        "none.test 60 A 192.0.2.31",
        "web.test 60 NAPTR 1 1 s SIP+D2W _sip._ws.web.test",
        "web.test 60 NAPTR 2 1 s SIPS+D2W _sips._ws.web.test",
        "web.test 60 NAPTR 3 1 s E2U+sip _x.web.test",
        "web.test 60 NAPTR 4 1 u SIP+D2T _x.web.test",
        "web.test 60 NAPTR 5 1 s SIP+D2U _sip._udp.web.test",
        "_sip._udp.web.test 60 SRV 0 0 5060 plain.test",

        // A NAPTR that leads straight to an address, and one of low order that leads nowhere.
        "direct.test 60 NAPTR 10 10 a SIP+D2T plain.test",
        "broken.test 60 NAPTR 10 10 s SIP+D2T _sip._tcp.gone.test",
        "broken.test 60 NAPTR 20 10 s SIP+D2U _sip._udp.web.test",
    ];

    [Theory]
    // Numeric hosts at once, with the transport of the parameter or the scheme (§4.1, §4.2).
    [InlineData("sip:192.0.2.5", "udp:192.0.2.5:5060")]
    [InlineData("sip:192.0.2.5:5070;transport=tcp", "tcp:192.0.2.5:5070")]
    [InlineData("sips:192.0.2.5", "tls:192.0.2.5:5061")]
    [InlineData("sip:[2001:db8::5]:5080", "udp:[2001:db8::5]:5080")]
    [InlineData("sip:naptr.test;maddr=192.0.2.6", "udp:192.0.2.6:5060")]
    // A port: addresses only, UDP for sip and TLS for sips (§4.1).
    [InlineData("sip:100@naptr.test:5090", "udp:192.0.2.9:5090")]
    [InlineData("sip:100@naptr.test:5090;transport=tcp", "tcp:192.0.2.9:5090")]
    [InlineData("sips:100@naptr.test:5090", "tls:192.0.2.9:5090")]
    [InlineData("sip:WWW.Plain.Test:5060", "udp:192.0.2.21:5060, udp:192.0.2.22:5060")]
    // NAPTR: the first order that leads somewhere; sips takes TLS only (§4.1).
    [InlineData("sip:naptr.test", "tls:192.0.2.1:5061")]
    [InlineData("sips:naptr.test", "tls:192.0.2.1:5061")]
    [InlineData("sip:direct.test", "tcp:192.0.2.21:5060, tcp:192.0.2.22:5060")]
    [InlineData("sip:broken.test", "udp:192.0.2.21:5060, udp:192.0.2.22:5060")]
    [InlineData("sip:web.test", "udp:192.0.2.21:5060, udp:192.0.2.22:5060")]
    // A transport: its SRV records without NAPTR (§4.2).
    [InlineData("sip:naptr.test;transport=udp", "udp:192.0.2.3:5080")]
    [InlineData("sip:naptr.test;transport=tls", "tls:192.0.2.1:5061")]
    [InlineData("sips:naptr.test;transport=tcp", "tls:192.0.2.1:5061")]
    // No NAPTR: the first transport with SRV records, in the order of their priorities.
    [InlineData("sip:srv.test", "tcp:192.0.2.11:5061, tcp:192.0.2.12:5062, tcp:192.0.2.13:5062")]
    [InlineData("sips:srv.test", "tls:192.0.2.11:5063")]
    // Neither: the addresses of the name at the default port.
    [InlineData("sip:plain.test", "udp:192.0.2.21:5060, udp:192.0.2.22:5060")]
    [InlineData("sips:plain.test", "tls:192.0.2.21:5061, tls:192.0.2.22:5061")]
    [InlineData("sip:plain.test;transport=tcp", "tcp:192.0.2.21:5060, tcp:192.0.2.22:5060")]
    [InlineData("sip:x.test;maddr=plain.test", "udp:192.0.2.21:5060, udp:192.0.2.22:5060")]
    // Nowhere.
    [InlineData("sip:none.test;transport=udp", "NotFound")]
    [InlineData("sip:gone.test", "NotFound")]
    [InlineData("sip:gone.test:5060", "NotFound")]
    [InlineData("sips:naptr.test;transport=udp", "NoTransport")]
    [InlineData("sip:naptr.test;transport=ws", "NoTransport")]
    [InlineData("sips:192.0.2.5;transport=ws", "NoTransport")]
    [InlineData("sip:naptr.test;transport=sctp", "NoTransport")]
    [InlineData("tel:+15551234", "NotLocatable")]
    [InlineData("http://naptr.test", "NotLocatable")]
    [InlineData("not a uri", "NotLocatable")]
    // Of the machine itself (RFC 6761 §6.3), without a question.
    [InlineData("sip:localhost:5070", "udp:127.0.0.1:5070")]
    public void A_uri_leads_to(string uri, string targets) => Assert.Equal(targets, new LocatorRig(zone: Zone).Locate(uri));

    // RFC 2606 §2 and RFC 6761 §6.4: such a name does not exist; browsers have one in Contact (RFC 7118 §5).
    [Theory]
    [InlineData("sip:x7k2.invalid;transport=tcp")]
    [InlineData("sips:df7jal23ls0d.Invalid")]
    [InlineData("sip:100@invalid.")]
    [InlineData("sip:100@plain.test;maddr=a.b.invalid")]
    public void An_invalid_name_leads_nowhere_and_is_not_asked_for(string uri)
    {
        var rig = new LocatorRig(zone: Zone);

        Assert.Equal("NotFound", rig.Locate(uri));
        Assert.Empty(rig.Zone.Asked);
        Assert.Equal((0, 0), (rig.Wheel.Count, rig.Locator.Resolver.Questions));
    }

    [Fact]
    public void A_name_that_only_ends_like_an_invalid_one_is_asked_for()
    {
        var rig = new LocatorRig(zone: ["desk.notinvalid 60 A 192.0.2.1"]);

        Assert.Equal("udp:192.0.2.1:5060", rig.Locate("sip:desk.notinvalid:5060"));
    }

    [Fact]
    public void Ipv6_comes_first_where_we_have_it()
    {
        var rig = new LocatorRig(v6: true, zone: Zone);

        Assert.Equal("udp:[2001:db8::21]:5060, udp:192.0.2.21:5060, udp:192.0.2.22:5060", rig.Locate("sip:plain.test"));
    }

    [Fact]
    public void Without_tls_its_services_are_left_out_and_sips_leads_nowhere()
    {
        var rig = new LocatorRig(zone: Zone);
        rig.Locator.SetReach(SipTransportKind.Tls, v4: false, v6: false);

        Assert.Equal("tcp:192.0.2.2:5070", rig.Locate("sip:naptr.test"));
        Assert.Equal("NoTransport", rig.Locate("sips:naptr.test"));
        Assert.Equal("NoTransport", rig.Locate("sips:naptr.test:5061"));
    }

    [Fact]
    public void What_is_numeric_or_in_the_cache_is_told_at_once_and_the_rest_when_the_answer_is_there()
    {
        var rig = new LocatorRig(zone: Zone);
        rig.Zone.Holds = true;
        string? found = null;
        rig.Locator.Locate("sip:plain.test:5060"u8, rig.Now, (list, _) => found = list.ToString());

        Assert.Null(found);
        rig.Zone.Release();
        Assert.Equal("udp:192.0.2.21:5060, udp:192.0.2.22:5060", found);
        Assert.Equal(found, rig.Locate("sip:plain.test:5060"));
        Assert.Equal(["plain.test A"], rig.Zone.Asked);
    }

    [Fact]
    public void No_name_server_means_no_answer_and_not_no_such_host()
    {
        var rig = new LocatorRig(new ResolutionOptions { QuestionTimeout = TimeSpan.FromSeconds(2) }, zone: Zone);
        rig.Zone.IsAway = true;
        string? found = null;
        rig.Locator.Locate("sip:plain.test:5060"u8, rig.Now, (list, _) => found = list.ToString());

        rig.Wait(1.9);
        Assert.Null(found);
        rig.Wait(0.2);
        Assert.Equal("NoAnswer", found);
        Assert.Equal((0, 0), (rig.Wheel.Count, rig.Locator.Resolver.Questions));
    }

    [Fact]
    public void The_number_of_targets_is_bounded()
    {
        var rig = new LocatorRig(new ResolutionOptions { MaxTargets = 3 });
        rig.Zone.Add([.. Enumerable.Range(1, 20).Select(i => $"many.test 60 A 192.0.2.{i}")]);

        Assert.Equal("udp:192.0.2.1:5060, udp:192.0.2.2:5060, udp:192.0.2.3:5060", rig.Locate("sip:many.test:5060"));
    }

    [Fact]
    public void A_hostile_domain_cannot_ask_without_end()
    {
        // 200 NAPTR records, each with 200 servers, each of a name of its own.
        var rig = new LocatorRig();
        rig.Zone.Add([.. Enumerable.Range(0, 200).Select(i => $"evil.test 60 NAPTR {i} 1 s SIP+D2U _s{i}.evil.test")]);
        rig.Zone.Add([.. Enumerable.Range(0, 8).SelectMany(s => Enumerable.Range(0, 200).Select(i => $"_s{s}.evil.test 60 SRV 1 1 5060 h{i}.s{s}.evil.test"))]);

        Assert.Equal("NotFound", rig.Locate("sip:evil.test"));

        // One NAPTR, 8 services, 8 servers of each.
        Assert.Equal(1 + 8 + 64, rig.Zone.Asked.Count);
    }

    [Fact]
    public void A_target_that_failed_rests_unless_all_do()
    {
        var rig = new LocatorRig(zone: Zone);
        var first = Flow("192.0.2.21");
        var second = Flow("192.0.2.22");
        rig.Locator.Failed(first, rig.Now);
        Assert.Equal("udp:192.0.2.22:5060", rig.Locate("sip:plain.test:5060"));

        rig.Locator.Failed(second, rig.Now);
        Assert.Equal("udp:192.0.2.21:5060, udp:192.0.2.22:5060", rig.Locate("sip:plain.test:5060"));

        // One that answers is there again; the other is tried again when its time is over.
        rig.Locator.Answered(second);
        Assert.Equal("udp:192.0.2.22:5060", rig.Locate("sip:plain.test:5060"));
        rig.Wait(29.9);
        Assert.Equal("udp:192.0.2.22:5060", rig.Locate("sip:plain.test:5060"));
        rig.Wait(0.2);
        Assert.Equal("udp:192.0.2.21:5060, udp:192.0.2.22:5060", rig.Locate("sip:plain.test:5060"));
    }

    [Fact]
    public void A_rest_is_bounded_in_time_and_number()
    {
        var rig = new LocatorRig(new ResolutionOptions { MaxResting = 2, MaxRestTime = TimeSpan.FromSeconds(60) }, zone: Zone);
        rig.Locator.Rest(Flow("192.0.2.21"), TimeSpan.FromDays(1), rig.Now);
        rig.Wait(61);
        Assert.Equal("udp:192.0.2.21:5060, udp:192.0.2.22:5060", rig.Locate("sip:plain.test:5060"));

        for (var i = 1; i < 10; i++)
            rig.Locator.Failed(Flow($"192.0.2.{i}"), rig.Now);
        Assert.Equal(2, rig.Locator.Resting);
    }

    [Theory]
    [InlineData("sip:100@pbx.test", true)]
    [InlineData("sips:pbx.test;lr", true)]
    [InlineData("sip:192.0.2.1:5060", false)]
    [InlineData("sip:pbx.test;maddr=192.0.2.1", false)]
    [InlineData("tel:100", false)]
    public void Knows_which_uris_name_a_host(string uri, bool isName) => Assert.Equal(isName, SipLocator.IsName(Encoding.ASCII.GetBytes(uri)));

    private static SipFlow Flow(string host) =>
        new(SipTransportKind.Udp, default, NetAddress.TryParse(host, 5060, out var address) ? address : throw new FormatException(host));
}
