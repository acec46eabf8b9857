using Tandem.Calls.Calls;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

// RFC 3261 §26.2.2 and RFC 5630.
public class A_sips_call_stays_on_TLS
{
    private const string Sips101 = "sips:101@198.51.100.1";

    // RFC 5630 §5.3, RFC 3261 §12.1.1: the contact that registered as sips rings, and each Contact of the call is sips.
    [Fact]
    public void From_invite_to_bye()
    {
        var rig = new ExchangeRig();
        var ada = rig.SecurePhone("100", isSips: true);
        var bob = rig.SecurePhone("101", isSips: true);
        rig.Register("101", "sip:101@10.9.9.9", Tandem.Core.Net.NetAddress.FromV4(0x0A090909, 5060));
        var a = ada.Dial("101");
        a.RemoteTarget = Sips101;
        a.Invite(Sdp.Audio());

        var invite = bob.Expect("INVITE");
        Assert.Equal(bob.ContactUri, invite.RequestUri);
        Assert.StartsWith("sips:100@198.51.100.1:5061", invite.ContactUri, StringComparison.Ordinal);
        Assert.StartsWith("SIP/2.0/TLS ", invite["Via"], StringComparison.Ordinal);
        Assert.Single(rig.Exchange.LiveCalls.Single().Forks);
        var b = bob.Take(invite);
        b.Reply(invite, 200, Sdp.Audio());
        var ok = ada.Expect("200 INVITE");
        Assert.StartsWith("sips:101@198.51.100.1:5061", ok.ContactUri, StringComparison.Ordinal);
        a.Ack(ok);
        bob.Expect("ACK");
        b.Send("BYE");
        bob.Expect("200 BYE");
        var bye = ada.Expect("BYE");
        Assert.Equal(ada.ContactUri, bye.RequestUri);
        a.Reply(bye, 200);
        Assert.Equal("", rig.Leftovers());
    }

    // §5.3: no last-hop exception; the caller is told why.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_callee_that_sips_does_not_reach_is_not_rung(bool isTls)
    {
        var rig = new ExchangeRig();
        var ada = rig.SecurePhone("100", isSips: true);
        var bob = isTls ? rig.SecurePhone("101", isSips: false) : rig.Phone("101");
        var a = ada.Dial("101");
        a.RemoteTarget = Sips101;
        a.Invite(Sdp.Audio());

        var refusal = ada.Expect("480");
        Assert.Equal("380 198.51.100.1:5061 \"SIPS Not Allowed\"", refusal["Warning"]);
        a.AckRefusal(refusal);
        bob.ExpectNothing();
        Assert.Equal("", rig.Leftovers());
    }

    // §5.3: what was no sips request does not become one, though it goes over TLS.
    [Fact]
    public void A_sip_call_to_a_sips_contact_goes_over_tls_as_sip()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.SecurePhone("101", isSips: true);
        ada.Dial("101").Invite(Sdp.Audio());

        var invite = bob.Expect("INVITE");
        Assert.Equal("sip:" + bob.ContactUri[5..], invite.RequestUri);
        Assert.StartsWith("SIP/2.0/TLS ", invite["Via"], StringComparison.Ordinal);
        Assert.StartsWith("sip:100@198.51.100.1:5061", invite.ContactUri, StringComparison.Ordinal);
    }

    // RFC 5630 §5.1.1.3: a transfer out of a sips call rings sips contacts only, whatever Refer-To says, and its call stays when there is none.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_comes_out_of_it_by_a_transfer_is_sips(bool isTargetSips)
    {
        var rig = new ExchangeRig();
        var ada = rig.SecurePhone("100", isSips: true);
        var bob = rig.SecurePhone("101", isSips: true);
        var cleo = isTargetSips ? rig.SecurePhone("102", isSips: true) : rig.Phone("102");
        var a = ada.Dial("101");
        a.RemoteTarget = Sips101;
        a.Invite(Sdp.Audio(port: 30000));
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 200, Sdp.Audio(port: 40000));
        a.Ack(ada.Expect("200 INVITE"));
        bob.Expect("ACK");
        rig.Run(1);

        ada.Refer(a, "<sip:102@198.51.100.1>");
        if (!isTargetSips)
        {
            Assert.Equal("480 terminated", ada.ExpectNotify(a));
            cleo.ExpectNothing();
            Assert.Equal(CallState.Established, Assert.Single(rig.Calls).State);
            a.Send("BYE");
            ada.Expect("200 BYE");
            b.Reply(bob.Expect("BYE"), 200);
            Assert.Equal("", rig.Leftovers());
            return;
        }

        var third = cleo.Expect("INVITE");
        Assert.Equal(cleo.ContactUri, third.RequestUri);
        Assert.StartsWith("SIP/2.0/TLS ", third["Via"], StringComparison.Ordinal);
        Assert.StartsWith("sips:101@198.51.100.1:5061", third.ContactUri, StringComparison.Ordinal);
        cleo.Take(third).Reply(third, 486);
        cleo.Expect("ACK");
        Assert.Equal("486 terminated", ada.ExpectNotify(a));
        a.Send("BYE");
        ada.Expect("200 BYE");
        b.Reply(bob.Expect("BYE"), 200);
        Assert.Equal("", rig.Leftovers());
    }

    // §5.1.2: a sips URI beside an insecure hop, or beside a Contact that is none, is inconsistent.
    [Theory]
    [InlineData(false, "SIPS Over Insecure Transport")]
    [InlineData(true, "SIPS Needs SIPS Contact")]
    public void A_request_that_breaks_the_promise_is_refused(bool isTls, string reason)
    {
        var rig = new ExchangeRig();
        var ada = isTls ? rig.SecurePhone("100", isSips: false) : rig.Phone("100");
        var a = ada.Dial("101");
        a.RemoteTarget = Sips101;
        a.Invite(Sdp.Audio());

        Assert.Equal("SIP/2.0 400 " + reason, ada.Expect("400").StartLine);
        Assert.Equal("", rig.Leftovers());
    }

    // RFC 3261 §26.2.2: whoever knows the tags cannot lead the dialog out of TLS.
    [Fact]
    public void The_dialog_cannot_be_led_out_of_tls()
    {
        var rig = new ExchangeRig();
        var ada = rig.SecurePhone("100", isSips: true);
        var bob = rig.SecurePhone("101", isSips: true);
        var thief = rig.Phone("102", registered: false);
        var a = ada.Dial("101");
        a.RemoteTarget = Sips101;
        a.Invite(Sdp.Audio());
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 200, Sdp.Audio());
        var ok = ada.Expect("200 INVITE");
        a.Ack(ok);
        bob.Expect("ACK");

        thief.Send(
            $"INFO sip:101@198.51.100.1 SIP/2.0\r\nVia: SIP/2.0/UDP {thief.Address};branch={thief.NewBranch()}\r\nMax-Forwards: 70\r\n"
            + $"From: {a.LocalUri};tag={a.LocalTag}\r\nTo: {a.RemoteUri};tag={a.RemoteTag}\r\nCall-ID: {a.CallId}\r\nCSeq: {a.LastCSeq + 1} INFO\r\n"
            + $"Contact: <{thief.ContactUri}>\r\nUser-Agent: a thief with a long name, so that the answer is no amplification of what was asked\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal("SIP/2.0 400 SIPS Over Insecure Transport", thief.Expect("400").StartLine);

        b.Send("BYE");
        bob.Expect("200 BYE");
        a.Reply(ada.Expect("BYE"), 200);
        thief.ExpectNothing();
        Assert.Equal("", rig.Leftovers());
    }
}
