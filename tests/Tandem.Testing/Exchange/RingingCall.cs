using Tandem.Testing.Phones;

namespace Tandem.Testing.Exchange;

/// <summary>A call that rings at a phone and that nobody has answered.</summary>
public sealed class RingingCall
{
    private RingingCall(ScriptedPhone caller, ScriptedPhone callee, PhoneDialog a, WireMessage invite)
    {
        Caller = caller;
        Callee = callee;
        A = a;
        Invite = invite;
        B = callee.Take(invite);
    }

    public ScriptedPhone Caller { get; }

    /// <summary>The phone that rings.</summary>
    public ScriptedPhone Callee { get; }

    /// <summary>The caller's dialog.</summary>
    public PhoneDialog A { get; }

    /// <summary>The dialog of the phone that rings.</summary>
    public PhoneDialog B { get; }

    /// <summary>The INVITE of the phone that rings.</summary>
    public WireMessage Invite { get; }

    /// <summary>Lets <paramref name="caller"/> call; the call rings at <paramref name="callee"/>, whose number is dialled unless another is given.</summary>
    public static RingingCall Make(ScriptedPhone caller, ScriptedPhone callee, string? number = null, int shard = -1)
    {
        var a = caller.DialOn(number ?? callee.Number, shard);
        a.Invite(Sdp.Audio(port: 30000));
        var invite = callee.Expect("INVITE");
        var call = new RingingCall(caller, callee, a, invite);
        call.B.Reply(invite, 180);
        caller.Expect("180");
        return call;
    }

    /// <summary>The phone that rings answers.</summary>
    public void Answer()
    {
        B.Reply(Invite, 200, Sdp.Audio(port: 40000));
        Callee.Expect("ACK");
        A.Ack(Caller.Expect("200 INVITE"));
    }

    /// <summary>The caller hangs up on the phone that answered.</summary>
    public void HangUp() => Caller.HangUp(A, Callee, B);

    /// <summary>Another phone has it: the caller talks to that one, and this one rings no longer.</summary>
    public void IsTaken()
    {
        A.Ack(Caller.Expect("200 INVITE"));
        Callee.TakeCancel(B, Invite);
    }
}
