using Tandem.Calls.Calls;
using Tandem.Testing.Phones;

namespace Tandem.Testing.Exchange;

/// <summary>A rig in which 100 talks to 101 already.</summary>
public sealed class TalkingCall
{
    public TalkingCall(CallOptions? options = null, string[]? inviteHeaders = null, string[]? answerHeaders = null, Calls.Tracing.TraceOptions? traces = null)
    {
        Rig = new ExchangeRig(options, traces: traces);
        Ada = Rig.Phone("100");
        Bob = Rig.Phone("101");
        A = Ada.Dial("101");
        A.Invite(Sdp.Audio(port: 30000), inviteHeaders ?? []);
        Invite = Bob.Expect("INVITE");
        B = Bob.Take(Invite);
        B.Reply(Invite, 200, Sdp.Audio(port: 40000), answerHeaders ?? []);
        Bob.Expect("ACK");
        Ok = Ada.Expect("200 INVITE");
        A.Ack(Ok);
        Rig.Run(1);
    }

    public ExchangeRig Rig { get; }

    public ScriptedPhone Ada { get; }

    public ScriptedPhone Bob { get; }

    /// <summary>Ada's dialog.</summary>
    public PhoneDialog A { get; }

    /// <summary>Bob's dialog.</summary>
    public PhoneDialog B { get; }

    /// <summary>The INVITE that Bob got.</summary>
    public WireMessage Invite { get; }

    /// <summary>The 200 that Ada got.</summary>
    public WireMessage Ok { get; }

    /// <summary>Ada hangs up, Bob agrees.</summary>
    public void HangUp()
    {
        A.Send("BYE");
        Ada.Expect("200 BYE");
        B.Reply(Bob.Expect("BYE"), 200);
    }
}
