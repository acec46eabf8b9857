using Tandem.Testing.Phones;

namespace Tandem.Testing.Exchange;

/// <summary>What the phone that sent a REFER does and hears (RFC 3515).</summary>
public static class ReferProgress
{
    /// <summary>Takes the next NOTIFY, checks what every one of them must have, answers it, and returns its status line and state: <c>180 active</c>.</summary>
    public static string ExpectNotify(this ScriptedPhone phone, PhoneDialog dialog, int answer = 200)
    {
        var notify = phone.Expect("NOTIFY", 40);
        Check(notify.CallId == dialog.CallId && notify.ToTag == dialog.LocalTag, "in the dialog of the REFER", notify);
        Check(notify["Event"].StartsWith("refer", StringComparison.Ordinal), "Event: refer", notify);
        Check(notify["Content-Type"] == "message/sipfrag;version=2.0", "a sipfrag", notify);
        Check(notify.Has("Contact"), "Contact", notify);
        var lines = notify.Body.Split("\r\n");
        Check(lines[0].StartsWith("SIP/2.0 ", StringComparison.Ordinal) && lines[^1].Length == 0, "a status line", notify);
        dialog.Reply(notify, answer);
        var state = notify["Subscription-State"];
        Check(state.StartsWith("active;expires=", StringComparison.Ordinal) || state == "terminated;reason=noresource" || state == "terminated;reason=timeout", "a state", notify);
        return lines[0].Split(' ')[1] + " " + state.Split(';')[0];
    }

    /// <summary>Sends a REFER and takes the 202 and the first NOTIFY.</summary>
    public static void Refer(this ScriptedPhone phone, PhoneDialog dialog, string referTo, params string[] headers)
    {
        dialog.Send("REFER", "", ["Refer-To: " + referTo, $"Contact: <{phone.ContactUri}>", .. headers]);
        var accepted = phone.Expect("202 REFER");
        Check(accepted.Has("Contact"), "Contact", accepted);
        var first = phone.ExpectNotify(dialog);
        if (first != "100 active")
            throw new InvalidOperationException("the first NOTIFY says " + first);
    }

    private static void Check(bool holds, string what, WireMessage message)
    {
        if (!holds)
            throw new InvalidOperationException($"expected {what} in {message}");
    }
}
