using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;
using Tandem.Media.Srtp;
using Tandem.Sip.Engine;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>One number, two kinds of phone: each gets an offer of its own kind, and the session is that of the one that answers.</summary>
public class A_browser_and_a_desk_phone_ring_together
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Whoever_answers_talks(bool browserAnswers)
    {
        var rig = new ExchangeRig();
        var (ada, desk) = (rig.Phone("100"), rig.Phone("101"));
        var browser = rig.Phone("101", registered: false);
        rig.Node.Transports[browser.Address] = SipTransportKind.Wss;
        browser.Register();
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio());
        var (toDesk, toBrowser) = (desk.Expect("INVITE"), browser.Expect("INVITE"));

        // The newest binding is the first: its kind has the offer, the other kind gets one made for it.
        Assert.NotEqual(toDesk.Body, toBrowser.Body);
        Assert.Single(rig.Media.Last!.Others);
        Assert.Equal(1, new[] { toDesk, toBrowser }.Count(i => i.Body.Contains("a=x-other", StringComparison.Ordinal)));

        var (winner, invite) = browserAnswers ? (browser, toBrowser) : (desk, toDesk);
        var (loser, lost) = browserAnswers ? (desk, toDesk) : (browser, toBrowser);
        var l = loser.Take(lost);
        l.Reply(lost, 180);
        ada.Expect("180");
        var b = winner.Take(invite);
        b.Reply(invite, 200, Sdp.Audio());
        a.Ack(ada.Expect("200 INVITE"));
        winner.Expect("ACK");
        Assert.Equal(browserAnswers, rig.Media.Last.Expected[CallSide.Callee].IsBrowser);
        l.Reply(loser.Expect("CANCEL"), 200);
        l.Reply(lost, 487);
        a.Send("BYE");
        ada.Expect("200 BYE");
        b.Reply(winner.Expect("BYE"), 200);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void What_the_extension_wants_reaches_the_media()
    {
        var rig = new ExchangeRig();
        rig.Extensions.Change("101", e => e with { Srtp = SrtpPolicy.Required, Codecs = "opus" });
        var (ada, bob) = (rig.Phone("100"), rig.SecurePhone("101", isSips: false, registered: false));
        bob.Register();
        ada.Dial("101").Invite(Sdp.Audio());
        bob.Expect("INVITE");
        var (caller, callee) = (rig.Media.Last!.Expected[CallSide.Caller], rig.Media.Last.Expected[CallSide.Callee]);
        Assert.Equal((null, false, ""), (caller.Srtp, caller.HasSecureSignalling, caller.Codecs));
        Assert.Equal((SrtpPolicy.Required, true, "opus", false), (callee.Srtp!.Value, callee.HasSecureSignalling, callee.Codecs, callee.IsBrowser));
        Assert.Equal("101", Assert.Single(rig.Exchange.Registrar.Lookup(TenantId.Default, "101")).Number);
    }
}
