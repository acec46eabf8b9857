using System.Xml.Linq;
using Tandem.Calls.Subscriptions;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

public class A_lamp_follows_a_call
{
    private static readonly XNamespace Ns = "urn:ietf:params:xml:ns:dialog-info";

    // RFC 4235 §3.7.2: what a third party sees is one virtual dialog, without parties.
    [Fact]
    public void From_dark_to_flashing_to_lit_to_dark()
    {
        var rig = new ExchangeRig();
        var (ada, bob, watcher) = (rig.Phone("100"), rig.Phone("101"), rig.Phone("102"));
        var lamp = watcher.Watch("101", "dialog", out var first);
        Assert.Equal(("dialog", "application/dialog-info+xml", "active;expires=3600"), (first["Event"], first["Content-Type"], first["Subscription-State"]));
        Assert.Equal("0 full sip:101@198.51.100.1 ", Read(first));

        var call = ada.Dial("101");
        call.Invite(Sdp.Audio());
        var invite = bob.Expect("INVITE");
        var leg = bob.Take(invite);
        leg.Reply(invite, 180);
        Assert.Equal("1 full sip:101@198.51.100.1 line recipient early", Read(watcher.Notified(lamp)));

        leg.Reply(invite, 200, Sdp.Audio());
        bob.Expect("ACK");
        ada.Expect("180");
        call.Ack(ada.Expect("200 INVITE"));
        Assert.Equal("2 full sip:101@198.51.100.1 line recipient confirmed", Read(watcher.Notified(lamp)));

        call.Send("BYE");
        leg.Reply(bob.Expect("BYE"), 200);
        ada.Expect("200 BYE");
        var last = watcher.Notified(lamp);
        Assert.Equal("3 full sip:101@198.51.100.1 line recipient terminated", Read(last));
        Assert.DoesNotContain("100@", last.Body, StringComparison.Ordinal);

        End(watcher, lamp);
        Assert.Equal("", rig.Leftovers());
    }

    // RFC 4235 §3.6: whoever authenticates as the watched extension gets complete information.
    [Fact]
    public void An_extension_sees_who_talks_with_it()
    {
        var rig = new ExchangeRig();
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        var lamp = bob.Watch("101", "dialog", out _);
        var call = ada.Dial("101");
        call.Invite(Sdp.Audio());
        var invite = bob.Expect("INVITE");
        bob.Take(invite).Reply(invite, 180);
        var document = XDocument.Parse(bob.Notified(lamp).Body).Root!;
        var dialog = document.Element(Ns + "dialog")!;
        Assert.Equal("sip:101@198.51.100.1", dialog.Element(Ns + "local")!.Element(Ns + "identity")!.Value);
        Assert.Equal("sip:100@198.51.100.1", dialog.Element(Ns + "remote")!.Element(Ns + "identity")!.Value);
        Assert.Equal("Ada", dialog.Element(Ns + "remote")!.Element(Ns + "identity")!.Attribute("display")!.Value);
        ada.Expect("180");
        call.Cancel();
        ada.Expect("200 CANCEL");
        call.AckRefusal(ada.Expect("487"));
        bob.Take(invite).Reply(bob.Expect("CANCEL"), 200);
        bob.Take(invite).Reply(invite, 487);
        bob.Expect("ACK");
        bob.Notified(lamp);
        End(bob, lamp);
        Assert.Equal("", rig.Leftovers());
    }

    // RFC 3325 §7: a caller who wants privacy is not named by the lamp either.
    [Fact]
    public void A_caller_who_wants_privacy_is_not_named()
    {
        var rig = new ExchangeRig(options: o => o with { Subscriptions = new SubscriptionOptions { ShowParties = true } });
        var (ada, bob, watcher) = (rig.Phone("100"), rig.Phone("101"), rig.Phone("102"));
        var lamp = watcher.Watch("101", "dialog", out _);
        var call = ada.Dial("101");
        call.Invite(Sdp.Audio(), "Privacy: id");
        var invite = bob.Expect("INVITE");
        bob.Take(invite).Reply(invite, 180);
        var notify = watcher.Notified(lamp);
        Assert.Contains("<local>", notify.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("100@", notify.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("Ada", notify.Body, StringComparison.Ordinal);
    }

    // RFC 4235 §3.10: no faster than once a second; what happened in between is told together, and not at all when it is undone.
    [Fact]
    public void Calls_that_come_and_go_within_a_second_are_told_in_two_steps()
    {
        var rig = new ExchangeRig();
        var (ada, bob, watcher) = (rig.Phone("100"), rig.Phone("101"), rig.Phone("102"));
        var lamp = watcher.Watch("100", "dialog", out _);
        rig.Run(2);
        for (var i = 0; i < 5; i++)
        {
            var call = ada.Dial("101");
            call.Invite(Sdp.Audio());
            var invite = bob.Expect("INVITE");
            bob.Take(invite).Reply(invite, 486);
            bob.Expect("ACK");
            call.AckRefusal(ada.Expect("486"));
        }

        Assert.EndsWith("proceeding", Read(watcher.Notified(lamp)), StringComparison.Ordinal);
        var before = rig.Network.Now;
        Assert.EndsWith("terminated", Read(watcher.Notified(lamp)), StringComparison.Ordinal);
        Assert.InRange((rig.Network.Now - before).TotalSeconds, 0.5, 1.1);
        watcher.ExpectNothing(3);
        End(watcher, lamp);
        Assert.Equal("", rig.Leftovers());
    }

    internal static void End(ScriptedPhone phone, PhoneDialog dialog, string package = "dialog")
    {
        dialog.Subscribe(package, 0);
        Assert.Equal("0", phone.Expect("200 SUBSCRIBE")["Expires"]);
        Assert.Equal("terminated;reason=timeout", phone.Notified(dialog)["Subscription-State"]);
    }

    private static string Read(WireMessage notify)
    {
        var root = XDocument.Parse(notify.Body).Root!;
        var dialogs = root.Elements(Ns + "dialog")
            .Select(d => $"{d.Attribute("id")!.Value} {d.Attribute("direction")!.Value} {d.Element(Ns + "state")!.Value}");
        return $"{root.Attribute("version")!.Value} {root.Attribute("state")!.Value} {root.Attribute("entity")!.Value} {string.Join(" | ", dialogs)}";
    }
}
