using System.Globalization;

namespace Tandem.Testing.Phones;

/// <summary>What a scripted phone does with subscriptions.</summary>
public static class Watching
{
    /// <summary>Subscribes, takes the 200 and the first NOTIFY, and answers that.</summary>
    public static PhoneDialog Watch(this ScriptedPhone phone, string number, string package, out WireMessage notify, int expires = 3600)
    {
        var dialog = phone.Dial(number);
        dialog.Subscribe(package, expires);
        dialog.Learn(phone.Expect("200 SUBSCRIBE"));
        notify = phone.Notified(dialog);
        return dialog;
    }

    /// <summary>Sends a SUBSCRIBE, a first one or a refresh.</summary>
    public static void Subscribe(this PhoneDialog dialog, string package, int expires = 3600, params string[] headers) =>
        dialog.Send("SUBSCRIBE", "", [$"Event: {package}", string.Create(CultureInfo.InvariantCulture, $"Expires: {expires}"), .. headers]);

    /// <summary>Waits for a NOTIFY of the dialog and answers it.</summary>
    public static WireMessage Notified(this ScriptedPhone phone, PhoneDialog dialog, int status = 200, double seconds = 10)
    {
        var notify = phone.Expect("NOTIFY", seconds);
        if (notify.CallId != dialog.CallId || notify.ToTag != dialog.LocalTag || notify.FromTag != dialog.RemoteTag)
            throw new InvalidOperationException("a NOTIFY of another dialog: " + notify);

        dialog.Reply(notify, status);
        return notify;
    }
}
