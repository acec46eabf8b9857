using Tandem.Calls.Mailboxes;
using Tandem.Calls.Tenants;
using Tandem.Core.Net;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

public class A_subscription_survives_a_new_port
{
    // RFC 6665 §4.4.1: SUBSCRIBE is a target refresh; NOTIFYs follow the flow of the last one that was accepted.
    [Fact]
    public void A_refresh_from_there_moves_it()
    {
        var rig = new ExchangeRig();
        var old = rig.Phone("100");
        var summary = old.Watch("100", "message-summary", out _);
        var phone = new ScriptedPhone(rig.Network, "100", old.Address.WithPort(5099), ExchangeRig.ServerAddress);
        rig.Network.Detach(old.Address);
        var moved = summary.MoveTo(phone);
        moved.Subscribe("message-summary");
        phone.Expect("200 SUBSCRIBE");
        Assert.Equal(phone.ContactUri, phone.Notified(moved).RequestUri);
        rig.Run(2);
        rig.Mailboxes.Set(TenantId.Default, "100", new MailboxCounts(1, 0));
        phone.Notified(moved);
        A_lamp_follows_a_call.End(phone, moved, "message-summary");
        Assert.Equal("", rig.Leftovers());
    }

    // A NOTIFY to the old port that nobody answers must not end what the new port has refreshed.
    [Fact]
    public void Even_while_a_notify_looks_for_it_at_the_old_one()
    {
        var rig = new ExchangeRig();
        var old = rig.Phone("100");
        var summary = old.Watch("100", "message-summary", out _);
        rig.Run(2);
        rig.Network.Detach(old.Address);
        rig.Mailboxes.Set(TenantId.Default, "100", new MailboxCounts(1, 0));
        rig.Run(5);
        var phone = new ScriptedPhone(rig.Network, "100", old.Address.WithPort(5099), ExchangeRig.ServerAddress);
        var moved = summary.MoveTo(phone);
        moved.Subscribe("message-summary");
        phone.Expect("200 SUBSCRIBE");
        Assert.Contains("1/0", phone.Notified(moved).Body, StringComparison.Ordinal);
        phone.ExpectNothing(60);
        A_lamp_follows_a_call.End(phone, moved, "message-summary");
        Assert.Equal("", rig.Leftovers());
    }

    // Whoever saw the dialog on the wire knows its tags, but not the secret: from another address he is asked for it.
    [Fact]
    public void But_nobody_else_can_move_it()
    {
        var rig = new ExchangeRig(credentials: true);
        var phone = rig.Phone("100");
        var dialog = phone.Dial("100");
        dialog.Subscribe("message-summary");
        var challenge = phone.Expect("401 SUBSCRIBE");
        dialog.Subscribe("message-summary", 3600, DigestAnswer.Header(challenge, "SUBSCRIBE", dialog.RemoteTarget, "100"));
        dialog.Learn(phone.Expect("200 SUBSCRIBE"));
        phone.Notified(dialog);

        var thief = new ScriptedPhone(rig.Network, "100", NetAddress.FromV4(0x0A0A0A0A, 5060), ExchangeRig.ServerAddress);
        var stolen = dialog.MoveTo(thief);
        stolen.Subscribe("message-summary");
        thief.Expect("401 SUBSCRIBE");
        rig.Run(2);
        rig.Mailboxes.Set(TenantId.Default, "100", new MailboxCounts(1, 0));
        phone.Notified(dialog);
        thief.ExpectNothing();

        // The owner, with his secret, may.
        var elsewhere = new ScriptedPhone(rig.Network, "100", NetAddress.FromV4(0x0A0A0A0B, 5060), ExchangeRig.ServerAddress);
        var moved = stolen.MoveTo(elsewhere);
        moved.Subscribe("message-summary");
        challenge = elsewhere.Expect("401 SUBSCRIBE");
        moved.Subscribe("message-summary", 3600, DigestAnswer.Header(challenge, "SUBSCRIBE", moved.RemoteTarget, "100"));
        elsewhere.Expect("200 SUBSCRIBE");
        elsewhere.Notified(moved);
        moved.Subscribe("message-summary", 0);
        elsewhere.Expect("200 SUBSCRIBE");
        elsewhere.Notified(moved);
        Assert.Equal("", rig.Leftovers());
    }
}
