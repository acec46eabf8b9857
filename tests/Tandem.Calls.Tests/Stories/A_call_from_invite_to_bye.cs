using Tandem.Calls.Calls;
using Tandem.Testing.Exchange;
using Tandem.Testing.Media;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

public class A_call_from_invite_to_bye
{
    // RFC 3261 §13, §15; RFC 3665 §3.1.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Rings_is_answered_and_ends_with_the_bye_of_either_side(bool callerHangsUp)
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");

        var a = ada.Dial("101");
        a.Invite(Sdp.Audio(port: 30000));
        ada.Expect("100");
        var invite = bob.Expect("INVITE");
        Assert.Equal(bob.ContactUri, invite.RequestUri);
        Assert.Equal(FakeMediaService.Host, SdpHost(invite.Body));
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        ada.Expect("180");
        Assert.Equal(CallState.Ringing, Assert.Single(rig.Calls).State);
        rig.Run(3);

        b.Reply(invite, 200, Sdp.Audio(port: 40000));
        bob.Expect("ACK");
        var ok = ada.Expect("200 INVITE");
        Assert.Equal(FakeMediaService.Host, SdpHost(ok.Body));
        a.Ack(ok);
        rig.Run(10);
        Assert.Equal(CallState.Established, Assert.Single(rig.Calls).State);

        var (first, second, phone, other) = callerHangsUp ? (a, b, ada, bob) : (b, a, bob, ada);
        first.Send("BYE");
        phone.Expect("200 BYE");
        var bye = other.Expect("BYE");
        second.Reply(bye, 200);

        Assert.Equal("", rig.Leftovers());
        Assert.Equal("Created Ringing Answered Ended", rig.Events.Story);
        var record = rig.Events.Record;
        Assert.Equal(
            new Verdict(ResultClass.Success, EndReason.Completed, 200, callerHangsUp ? CallSide.Caller : CallSide.Callee, Cause.NormalClearing),
            record.Verdict);
        Assert.Equal(("100", "101"), (record.CallerNumber, record.CalleeNumber));
        Assert.Equal(10, record.Duration.TotalSeconds, 0.1);
        Assert.Equal((ada.Address.ToString(), bob.Address.ToString()), (record.CallerAddress, record.CalleeAddress));
        Assert.Equal((a.CallId, b.CallId), (record.CallerSipCallId, record.CalleeSipCallId));
        Assert.Equal((50, 40), (record.FromCaller.Packets, record.FromCallee.Packets));
        Assert.Equal(32, record.TraceId.Length);
    }

    private static string SdpHost(string sdp) => sdp.Split("\r\n").First(l => l.StartsWith("c=", StringComparison.Ordinal))[9..];
}
