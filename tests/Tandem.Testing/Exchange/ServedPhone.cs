using Tandem.Calls.Calls;
using Tandem.Testing.Media;
using Tandem.Testing.Phones;

namespace Tandem.Testing.Exchange;

/// <summary>A phone in a call with the exchange itself, and the media session of that call.</summary>
public sealed class ServedPhone
{
    private readonly ExchangeRig _rig;

    private ServedPhone(ExchangeRig rig, ScriptedPhone phone, PhoneDialog dialog, FakeMediaSession session)
    {
        _rig = rig;
        Phone = phone;
        Dialog = dialog;
        Session = session;
    }

    public ScriptedPhone Phone { get; }

    public PhoneDialog Dialog { get; }

    public FakeMediaSession Session { get; }

    /// <summary>What the phone was played, in order.</summary>
    public IEnumerable<string> Heard => Session.Sound.Plays.Where(play => play.Side == CallSide.Caller).Select(play => play.Prompt);

    /// <summary>What it hears of ours now; null for nothing.</summary>
    public string? Hears => Session.Sound.Playing(CallSide.Caller)?.Prompt;

    /// <summary>Dials a number at which the exchange answers.</summary>
    public static ServedPhone Dial(ExchangeRig rig, ScriptedPhone phone, string number, int shard = -1)
    {
        var dialog = phone.DialOn(number, shard);
        dialog.Invite(Sdp.Audio());
        dialog.Ack(phone.Expect("200 INVITE"));
        var served = new ServedPhone(rig, phone, dialog, rig.Media.Last!);
        rig.Run(0.1);
        return served;
    }

    /// <summary>Presses keys, one after the other.</summary>
    public void Press(string keys)
    {
        foreach (var key in keys)
        {
            Session.Hear(CallSide.Caller, key);
            _rig.Run(0.1);
        }
    }

    public void HangUp()
    {
        Dialog.Send("BYE");
        Phone.Expect("200 BYE");
        _rig.Run(0.1);
    }

    /// <summary>Takes the BYE of the exchange.</summary>
    public void ExpectBye()
    {
        Dialog.Reply(Phone.Expect("BYE"), 200);
        _rig.Run(0.1);
    }
}
