using Tandem.Calls.Calls;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>RFC 6228 on the contact's leg. The caller has one dialog with us for all contacts, and that one goes on.</summary>
public class A_contact_takes_its_early_dialog_back
{
    // §5: the dialog is over, the INVITE is not; another phone behind the contact answers.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void And_another_phone_behind_it_answers(bool reliably)
    {
        var rig = new ExchangeRig();
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio(port: 30000), "Supported: 100rel, 199");
        var invite = bob.Expect("INVITE");
        Assert.True(invite.Lists("Supported", "199"));
        var (first, second) = (bob.Take(invite), bob.Take(invite));
        first.Reply(invite, 183, Sdp.Audio(port: 41000), "Require: 100rel", "RSeq: 5");
        first.Reply(bob.Expect("PRACK"), 200);
        a.Prack(ada.Expect("183"));
        ada.Expect("200 PRACK");
        first.Reply(invite, 199, "", reliably ? ["Require: 100rel", "RSeq: 6", "Reason: SIP;cause=486"] : ["Reason: SIP;cause=486"]);
        if (reliably)
            first.Reply(bob.Expect("PRACK"), 200);
        ada.ExpectNothing(1);

        // §5: whatever the phone still sends in that dialog is for nobody.
        first.Send("UPDATE", Sdp.Audio(port: 41002, version: 2));
        bob.Expect("481 UPDATE");
        second.Reply(invite, 200, Sdp.Audio(port: 42000));
        Assert.Equal(second.LocalTag, bob.Expect("ACK").ToTag);
        a.Ack(ada.Expect("200 INVITE"));
        Assert.Equal(42000, Sdp.PortOf(rig.Media.Last!.InForce(CallSide.Callee)));
        rig.Run(1);
        a.Send("BYE");
        second.Reply(bob.Expect("BYE"), 200);
        Assert.Equal("", rig.Leftovers());
    }

    // A 2xx without SDP from another phone has no answer: the one of the ended dialog does not stand in for it.
    [Fact]
    public void Its_answer_goes_with_it()
    {
        var rig = new ExchangeRig();
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio(port: 30000));
        var invite = bob.Expect("INVITE");
        var (first, second) = (bob.Take(invite), bob.Take(invite));
        first.Reply(invite, 183, Sdp.Audio(port: 41000), "Require: 100rel", "RSeq: 5");
        first.Reply(bob.Expect("PRACK"), 200);
        ada.Expect("183");
        first.Reply(invite, 199);
        second.Reply(invite, 200);
        bob.Expect("ACK");
        second.Reply(bob.Expect("BYE"), 200);
        a.AckRefusal(ada.Expect("400"));
        Assert.Equal("", rig.Leftovers());
    }
}
