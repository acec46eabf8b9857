using Tandem.Calls.Calls;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>RFC 5589 §7.6: who asks does not wait for the consultation partner to answer.</summary>
public class A_semi_attended_transfer_rings_the_target_again
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void For_the_transferred_phone(int firstShard, int secondShard)
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var cleo = rig.Phone("102");
        var (a, b) = rig.Connect(ada, bob, 30000, 40000, firstShard);
        var a2 = ada.DialOn("102", secondShard);
        a2.Invite(Sdp.Audio(port: 30010));
        var ringing = cleo.Expect("INVITE");
        var c = cleo.Take(ringing);
        c.Reply(ringing, 180);
        a2.Learn(ada.Expect("180"));

        a.Send("REFER", "", "Refer-To: " + a2.ReferTo());
        // The consultation ends for who asked, and rings for the transferred phone instead.
        var heard = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            rig.Network.RunUntil(() => ada.Unread.Any(m => m.Status != 100), TimeSpan.FromSeconds(5));
            var message = ada.Unread.First(m => m.Status != 100);
            if (message.Method == "NOTIFY")
                heard.Add("NOTIFY " + ada.ExpectNotify(a));
            else
                heard.Add(ada.Expect(message.Status.ToString(System.Globalization.CultureInfo.InvariantCulture)).Method + " " + message.Status);
            if (message.Method == "INVITE")
                a2.AckRefusal(message);
        }

        Assert.Equal(["INVITE 487", "NOTIFY 100 active", "REFER 202"], heard.Order(StringComparer.Ordinal));
        WireMessage? again = null;
        for (var i = 0; i < 2; i++)
        {
            rig.Network.RunUntil(() => cleo.Unread.Count > 0, TimeSpan.FromSeconds(5));
            if (cleo.Unread[0].Method == "CANCEL")
            {
                c.Reply(cleo.Expect("CANCEL"), 200);
                c.Reply(ringing, 487);
            }
            else
            {
                again = cleo.Expect("INVITE");
            }
        }

        cleo.Expect("ACK");
        Assert.Contains("sip:101@", again!["From"], StringComparison.Ordinal);
        Assert.False(again.Has("Replaces"));
        var c2 = cleo.Take(again);
        c2.Reply(again, 200, Sdp.Audio(port: 50000));
        cleo.Expect("ACK");
        bob.TakeReinvite(b, 40000);
        Assert.Equal("200 terminated", ada.ExpectNotify(a));
        a.Reply(ada.Expect("BYE"), 200);
        Assert.Equal("40000-50000", rig.Connected());
        cleo.HangUp(c2, bob, b);
        Assert.Equal("", rig.Leftovers());
        Assert.Equal(2, rig.Events.Records.Count(r => r.Verdict.Reason == EndReason.Transferred));
    }
}
