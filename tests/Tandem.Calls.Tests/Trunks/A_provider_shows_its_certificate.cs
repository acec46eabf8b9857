using System.Text.RegularExpressions;
using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;
using Tandem.Core.Net;
using Tandem.Sip.Engine;
using Tandem.Sip.Transport;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Trunks;

/// <summary>RFC 3261 §26.3.2.2: calls in the name of a provider whose profile believes nobody without a certificate.</summary>
public sealed class A_provider_shows_its_certificate
{
    private const string Did = "+4930123456";
    private const string ByToken = "tokenp1@198.51.100.1";
    private const string ByNetwork = "+4930123456@198.51.100.1";

    private readonly List<UnprovenClaim> _told = [];
    private CertificateVerdict _verdict = CertificateVerdict.Proven;
    private (IReadOnlyList<string> Names, int Identity) _asked;
    private int _renewed;

    [Theory]
    [InlineData(ByToken)]
    [InlineData(ByNetwork)]
    public void With_it_the_call_rings(string requestUri)
    {
        var (rig, bob, carrier) = Rig(p => p with { OutboundProxy = "sip:edge.provider.test" });
        var c = Dial(carrier, requestUri);
        var invite = bob.Expect("INVITE");
        bob.Take(invite).Reply(invite, 486);
        bob.Expect("ACK");
        c.AckRefusal(carrier.Expect("486"));
        Assert.Equal(["provider.test", "203.0.113.1", "edge.provider.test"], _asked.Names);
        Assert.True(_asked.Identity > 0);
        Assert.Equal(0, rig.Exchange.Trunks.Unproven);
        Finish(rig);
    }

    [Theory]
    [InlineData(ByToken, CertificateVerdict.NoTls, "without TLS")]
    [InlineData(ByToken, CertificateVerdict.NotTrusted, "none of the profile's trustedCertificates")]
    [InlineData(ByNetwork, CertificateVerdict.NoCertificate, "has shown no certificate")]
    [InlineData(ByNetwork, CertificateVerdict.AnotherUse, "extended key usage")]
    [InlineData(ByToken, CertificateVerdict.NotAsked, "before certificates were asked for")]
    [InlineData(ByNetwork, CertificateVerdict.AnotherName, "is not for provider.test or 203.0.113.1")]
    public void Without_it_he_gets_the_answer_of_a_stranger_and_the_operator_is_told_why(string requestUri, CertificateVerdict verdict, string why)
    {
        var (rig, bob, carrier) = Rig();
        _verdict = verdict;
        Dial(carrier, requestUri);
        var answer = carrier.Expect("407");
        Assert.Equal(verdict == CertificateVerdict.NotAsked ? 1 : 0, _renewed);
        Dial(carrier, requestUri);
        carrier.Expect("407");

        // The very answer of somebody whom no profile knows.
        rig.Profiles.Save(rig.Profiles.Find(new ProfileId("p1"))! with { Prefixes = [], Token = "other" });
        Dial(carrier, requestUri);
        Assert.Equal(Without(answer), Without(carrier.Expect("407")));
        bob.ExpectNothing(1);

        var unproven = rig.Exchange.Trunks.UsageOf(new ProfileId("p1")).Unproven!;
        Assert.Equal((2, 2L), (unproven.Count, rig.Exchange.Trunks.Unproven));
        Assert.Contains(why, unproven.Text, StringComparison.Ordinal);
        Assert.Equal("udp:203.0.113.1:5060", unproven.From);

        // One line for both: they came within a minute.
        Assert.Contains(why, Assert.Single(_told).Text, StringComparison.Ordinal);
        Finish(rig);
    }

    [Fact]
    public void It_is_told_of_again_after_a_minute()
    {
        var usage = new ProfileUsage();
        var start = DateTimeOffset.UnixEpoch;
        var minute = TimeSpan.FromMinutes(1);
        Assert.Equal(
            [true, false, true, false],
            new[] { 0, 59, 60, 119 }.Select(second => usage.NoteUnproven("tls:1", "why", start.AddSeconds(second), minute)));
        Assert.Equal((4L, start.AddSeconds(119)), (usage.Unproven!.Count, usage.Unproven.At));
    }

    // Neither another profile in the same network nor a phone behind the same address has to do with it.
    [Fact]
    public void Others_at_the_same_address_are_left_alone()
    {
        var (rig, bob, carrier) = Rig();
        _verdict = CertificateVerdict.NoTls;
        Dial(carrier, ByNetwork, "<sip:101@198.51.100.1>");
        carrier.Expect("407");
        Assert.Equal(0, rig.Exchange.Trunks.Unproven);

        rig.Profiles.Save(ProfileSamples.Profile("p2") with { Registers = false, Prefixes = [Network], Numbers = new NumberPlan("49") });
        var c = Dial(carrier, ByNetwork);
        var invite = bob.Expect("INVITE");
        Assert.Equal("p2", rig.Calls[0].ProfileId);
        bob.Take(invite).Reply(invite, 486);
        bob.Expect("ACK");
        c.AckRefusal(carrier.Expect("486"));
        Assert.Equal(0, rig.Exchange.Trunks.Unproven);
        Finish(rig);
    }

    [Fact]
    public void In_its_call_a_request_without_it_does_nothing()
    {
        var (rig, bob, carrier) = Rig();
        var (b, c) = Talk(bob, carrier);
        _verdict = CertificateVerdict.NoTls;
        c.Send("BYE");
        carrier.Expect("403 BYE");
        bob.ExpectNothing(1);
        Assert.Single(rig.Calls);
        _verdict = CertificateVerdict.Proven;
        HangUp(b, c, bob, carrier);
        Finish(rig);
    }

    // It changed its authority while the call went on.
    [Fact]
    public void In_its_call_the_profile_judges_as_it_is_now()
    {
        var (rig, bob, carrier) = Rig();
        var (b, c) = Talk(bob, carrier);
        var before = _asked.Identity;
        var changed = rig.Profiles.Save(rig.Profiles.Find(new ProfileId("p1"))! with { TrustedCertificates = "other roots", OutboundProxy = "sip:edge.provider.test" });
        rig.Run(0.1);
        c.Send("OPTIONS");
        carrier.Expect("200 OPTIONS");
        Assert.Contains("edge.provider.test", _asked.Names);
        Assert.NotEqual(before, _asked.Identity);
        Assert.Equal(rig.Exchange.Trunks.Identities.Of(changed), _asked.Identity);
        _verdict = CertificateVerdict.NotAsked;
        c.Send("BYE");
        carrier.Expect("403 BYE");
        Assert.Equal(1, _renewed);
        _verdict = CertificateVerdict.Proven;
        HangUp(b, c, bob, carrier);
        Finish(rig);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void A_call_that_began_without_the_demand_or_outlives_it_ends_without_it(bool wasRequired, bool isGone)
    {
        var (rig, bob, carrier) = Rig(p => wasRequired ? p : p with { InboundCertificate = InboundCertificate.None });
        var (b, c) = Talk(bob, carrier);
        var profile = rig.Profiles.Find(new ProfileId("p1"))!;
        if (isGone)
            rig.Profiles.Remove(profile.Id);
        else
            rig.Profiles.Save(profile with { InboundCertificate = wasRequired ? InboundCertificate.None : InboundCertificate.Required });
        rig.Run(0.1);
        _verdict = CertificateVerdict.NotTrusted;
        HangUp(b, c, bob, carrier);
        Assert.Equal(-1, isGone ? rig.Exchange.Trunks.Identities.Of(profile) : -1);
        Finish(rig);
    }

    private static (PhoneDialog Bob, PhoneDialog Carrier) Talk(ScriptedPhone bob, ScriptedPhone carrier)
    {
        var c = Dial(carrier, ByNetwork);
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 200, Sdp.Audio(port: 40000));
        bob.Expect("ACK");
        c.Ack(carrier.Expect("200 INVITE"));
        return (b, c);
    }

    private static void HangUp(PhoneDialog b, PhoneDialog c, ScriptedPhone bob, ScriptedPhone carrier)
    {
        c.Send("BYE");
        carrier.Expect("200 BYE");
        b.Reply(bob.Expect("BYE"), 200);
    }

    private static NetPrefix Network => NetPrefix.TryParse("203.0.113.0/24", out var prefix) ? prefix : default;

    // All that does not differ from answer to answer.
    private static string Without(WireMessage answer) =>
        $"{answer.StartLine} {answer["Server"]} {Regex.Replace(answer["Proxy-Authenticate"], "nonce=\"[^\"]*\"", "")}";

    private static PhoneDialog Dial(ScriptedPhone carrier, string requestUri, string from = "<sip:0301111111@provider.test>")
    {
        var dialog = carrier.Dial("x");
        dialog.RemoteTarget = "sip:" + requestUri;
        dialog.RemoteUri = $"<sip:{Did}@provider.test>";
        dialog.LocalUri = from;
        dialog.Invite(Sdp.Audio(port: 30000));
        return dialog;
    }

    private static void Finish(ExchangeRig rig)
    {
        rig.Run(1);
        ProfileEnd.AssertOver(rig);
    }

    private (ExchangeRig Rig, ScriptedPhone Bob, ScriptedPhone Carrier) Rig(Func<SipProfile, SipProfile>? change = null)
    {
        var rig = new ExchangeRig(credentials: true);
        rig.Exchange.Trunks.Judge = (_, names, identity) =>
        {
            _asked = (names, identity);
            return _verdict;
        };
        rig.Exchange.Trunks.Renew = _ => _renewed++;
        rig.Exchange.Trunks.ClaimedInVain = (_, claim) => _told.Add(claim);
        var carrier = new ScriptedPhone(rig.Network, "carrier", ProfileSamples.ProviderAddress, ExchangeRig.ServerAddress);
        rig.Profiles.Save((change ?? (p => p))(ProfileSamples.Profile() with
        {
            Registers = false,
            Numbers = new NumberPlan("49"),
            Prefixes = [Network],
            Transport = SipTransportKind.Tls,
            TrustedCertificates = "roots",
            InboundCertificate = InboundCertificate.Required,
        }));
        rig.Profiles.Numbers.Add(new ProfileNumber(TenantId.Default, Did, null, "101"));
        rig.Exchange.StartProfiles();
        var bob = rig.Phone("101");
        rig.Run(0.1);
        return (rig, bob, carrier);
    }
}
