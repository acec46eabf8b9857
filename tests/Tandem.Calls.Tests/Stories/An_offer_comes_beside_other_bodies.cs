using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

// RFC 5621: gateways send ISUP beside the offer (RFC 3204), phones a location (RFC 6442).
public class An_offer_comes_beside_other_bodies
{
    private const string Mixed = "Content-Type: multipart/mixed;boundary=\"unique-1\"";

    [Fact]
    public void In_every_message_that_brings_one()
    {
        var rig = new ExchangeRig();
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        var a = ada.Dial("101");
        a.Invite(Parts(Sdp.Audio(port: 30000), Isup), Mixed);
        var invite = bob.Expect("INVITE");
        Assert.Equal("application/sdp", invite["Content-Type"]);
        Assert.NotEqual(30000, Sdp.PortOf(invite.Body));
        var b = bob.Take(invite);
        b.Reply(invite, 200, Parts(Isup, Sdp.Audio(port: 40000)), Mixed, "Allow: INVITE, ACK, BYE, CANCEL, UPDATE");
        bob.Expect("ACK");
        var ok = ada.Expect("200 INVITE");
        Assert.Equal("application/sdp", ok["Content-Type"]);
        a.Ack(ok);
        rig.Run(1);

        a.Invite(Parts(Sdp.Audio(port: 30000, direction: "sendonly", version: 2), Isup), Mixed);
        var hold = bob.Expect("INVITE");
        Assert.Equal("sendonly", Sdp.DirectionOf(hold.Body));
        b.Reply(hold, 200, Parts(Sdp.Audio(port: 40000, direction: "recvonly", version: 2), Isup), Mixed);
        bob.Expect("ACK");
        ok = ada.Expect("200 INVITE");
        Assert.Equal("recvonly", Sdp.DirectionOf(ok.Body));
        a.Ack(ok);
        Assert.True(Assert.Single(rig.Calls).HeldByCaller);

        a.Send("UPDATE", Parts(Isup, Sdp.Audio(port: 30000, version: 3)), Mixed);
        var update = bob.Expect("UPDATE");
        Assert.Equal("sendrecv", Sdp.DirectionOf(update.Body));
        b.Reply(update, 200, Parts(Sdp.Audio(port: 40000, version: 3), Isup), Mixed);
        Assert.Equal("sendrecv", Sdp.DirectionOf(ada.Expect("200 UPDATE").Body));

        // Nothing of it is an offer: a request for one, and a refresh.
        a.Invite(Parts(Isup), Mixed);
        var asked = bob.Expect("INVITE");
        Assert.Equal("", asked.Body);
        b.Reply(asked, 200, Parts(Sdp.Audio(port: 40000, version: 4), Isup), Mixed);
        ok = ada.Expect("200 INVITE");
        a.Ack(ok, Sdp.Audio(port: 30000, version: 4));
        Assert.NotEqual("", bob.Expect("ACK").Body);
        a.Send("UPDATE", "hi", "Content-Type: text/plain", "Content-Disposition: render;handling=optional");
        ada.Expect("200 UPDATE");

        a.Send("BYE");
        ada.Expect("200 BYE");
        b.Reply(bob.Expect("BYE"), 200);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public void What_must_be_understood_and_is_not_is_refused_before_and_during_the_call()
    {
        var call = new TalkingCall(answerHeaders: ["Allow: INVITE, ACK, BYE, CANCEL, UPDATE"]);
        var required = Parts(Sdp.Audio(port: 30000, version: 2), "Content-Type: application/x\r\nContent-Disposition: signal;handling=required\r\n\r\nx");
        foreach (var method in new[] { "INVITE", "UPDATE" })
        {
            call.A.Send(method, required, Mixed);
            var refused = call.Ada.Expect($"415 {method}");
            Assert.Equal("application/sdp, multipart/mixed, multipart/alternative", refused["Accept"]);
            if (method == "INVITE")
                call.A.AckRefusal(refused);
        }

        call.A.Send("UPDATE", "hi", "Content-Type: text/plain");
        call.Ada.Expect("415 UPDATE");
        call.Bob.ExpectNothing();

        var other = call.Ada.Dial("101");
        other.Invite(required, Mixed);
        other.AckRefusal(call.Ada.Expect("415"));
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    private static string Isup => "Content-Type: application/ISUP;version=itu-t92+;base=itu-t92+\r\nContent-Disposition: signal;handling=optional\r\n\r\n\u0001\u0000I\r\nx";

    // What is no SDP comes with its own headers.
    private static string Parts(params string[] parts) =>
        string.Concat(parts.Select(part => "--unique-1\r\n" + (part.StartsWith("v=0", StringComparison.Ordinal) ? "Content-Type: application/sdp\r\n\r\n" : "") + part + "\r\n"))
        + "--unique-1--\r\n";
}
