using System.Text;
using Tandem.Sip.Transport;
using Tandem.Testing.Phones;

namespace Tandem.Testing.Exchange;

/// <summary>Calls between scripted phones that are answered already.</summary>
public static class Talks
{
    /// <summary>A dialog toward <paramref name="number"/> whose Call-ID belongs to a shard of the rig; -1 for any.</summary>
    public static PhoneDialog DialOn(this ScriptedPhone phone, string number, int shard)
    {
        while (true)
        {
            var dialog = phone.Dial(number);
            if (shard < 0 || ShardSelector.PickForCallId(Encoding.UTF8.GetBytes(dialog.CallId), 2) == shard)
                return dialog;
        }
    }

    /// <summary>Dials a number at which the exchange answers before anybody else does. The port tells whose media it is.</summary>
    public static PhoneDialog Reach(this ScriptedPhone phone, string number, int port, int shard = -1)
    {
        var dialog = phone.DialOn(number, shard);
        dialog.Invite(Sdp.Audio(port: port));
        dialog.Ack(phone.Expect("200 INVITE"));
        return dialog;
    }

    /// <summary>Hangs up before the re-INVITE is answered that would have brought the phone to another one, and refuses that.</summary>
    public static void HangUpDuring(this ScriptedPhone phone, PhoneDialog dialog, WireMessage reinvite)
    {
        dialog.Send("BYE");
        phone.Expect("200 BYE");
        dialog.Reply(reinvite, 481);
        phone.Expect("ACK");
    }

    /// <summary>Takes a call with SDP of that port.</summary>
    public static PhoneDialog Answer(this ScriptedPhone phone, WireMessage invite, int port)
    {
        var dialog = phone.Take(invite);
        dialog.Reply(invite, 200, Sdp.Audio(port: port));
        phone.Expect("ACK");
        return dialog;
    }

    /// <summary>Lets <paramref name="from"/> call <paramref name="to"/>, who answers. The ports tell whose media is whose.</summary>
    public static (PhoneDialog From, PhoneDialog To) Connect(this ExchangeRig rig, ScriptedPhone from, ScriptedPhone to, int fromPort, int toPort, int shard = -1)
    {
        var a = from.DialOn(to.Number, shard);
        a.Invite(Sdp.Audio(port: fromPort));
        var invite = to.Expect("INVITE");
        var b = to.Take(invite);
        b.Reply(invite, 200, Sdp.Audio(port: toPort));
        to.Expect("ACK");
        a.Ack(from.Expect("200 INVITE"));
        rig.Run(1);
        return (a, b);
    }

    /// <summary>Takes the next re-INVITE, answers it with SDP of that port and takes the ACK.</summary>
    public static WireMessage TakeReinvite(this ScriptedPhone phone, PhoneDialog dialog, int port, int version = 2)
    {
        var reinvite = phone.Expect("INVITE", 40);
        if (reinvite.CallId != dialog.CallId)
            throw new InvalidOperationException("not a re-INVITE: " + reinvite);
        dialog.Reply(reinvite, 200, Sdp.Audio(port: port, version: version));
        phone.Expect("ACK");
        return reinvite;
    }

    /// <summary>Hangs up and checks that <paramref name="other"/> hears of it.</summary>
    public static void HangUp(this ScriptedPhone phone, PhoneDialog dialog, ScriptedPhone other, PhoneDialog otherDialog)
    {
        dialog.Send("BYE");
        phone.Expect("200 BYE");
        otherDialog.Reply(other.Expect("BYE"), 200);
    }

    /// <summary>Takes the CANCEL of an INVITE that rings, and ends it with 487 (RFC 3261 §9.2).</summary>
    public static void TakeCancel(this ScriptedPhone phone, PhoneDialog dialog, WireMessage invite, double seconds = 5)
    {
        dialog.Reply(phone.Expect("CANCEL", seconds), 200);
        dialog.Reply(invite, 487);
        phone.Expect("ACK");
    }

    /// <summary>The next call of <paramref name="callee"/> is the one that <paramref name="caller"/> began: it rings if it is to, is answered, and the caller hangs up.</summary>
    public static void Converse(this ScriptedPhone callee, ScriptedPhone caller, PhoneDialog call, bool rings = false)
    {
        var invite = callee.Expect("INVITE");
        var taken = callee.Take(invite);
        if (rings)
        {
            taken.Reply(invite, 180);
            caller.Expect("180");
        }

        taken.Reply(invite, 200, Sdp.Audio(port: 40000));
        callee.Expect("ACK");
        call.Ack(caller.Expect("200 INVITE"));
        caller.HangUp(call, callee, taken);
    }

    /// <summary>The Replaces value that names the phone's dialog with the exchange, as it stands in a Refer-To or in an INVITE of another phone (RFC 3891 §4).</summary>
    public static string Replaces(this PhoneDialog dialog, bool earlyOnly = false) =>
        $"{dialog.CallId};to-tag={dialog.RemoteTag};from-tag={dialog.LocalTag}{(earlyOnly ? ";early-only" : "")}";

    /// <summary>The Refer-To of an attended transfer: the target of the dialog with an escaped Replaces (RFC 5589 §7).</summary>
    public static string ReferTo(this PhoneDialog dialog) =>
        $"<{dialog.RemoteTarget}?Replaces={Uri.EscapeDataString(dialog.Replaces())}>";

    /// <summary>The media ports that the calls of the exchange connect, for example <c>30000-40000</c>.</summary>
    public static string Connected(this ExchangeRig rig) => string.Join(
        ' ',
        rig.Media.Open
            .Where(m => m.InForce(Tandem.Calls.Calls.CallSide.Callee).Length > 0)
            .Select(m => $"{Sdp.PortOf(m.InForce(Tandem.Calls.Calls.CallSide.Caller))}-{Sdp.PortOf(m.InForce(Tandem.Calls.Calls.CallSide.Callee))}")
            .Order(StringComparer.Ordinal));
}
