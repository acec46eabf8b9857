using System.Runtime.CompilerServices;
using Tandem.Core.Buffers;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Calls;

/// <summary>A call that phones were moved out of is over: the calls that they are in now, one after the other, must not keep it.</summary>
[Collection(MemoryTestsAlone.Name)]
public class TransferMemoryTests
{
    [Theory]
    [InlineData("blind")]
    [InlineData("replaced")]
    [InlineData("replaced, no offer")]
    public void The_old_call_is_kept_by_nothing_while_the_new_one_lives(string how)
    {
        var rig = new ExchangeRig();
        var call = Play(rig, how);
        Assert.Single(rig.Calls);
        rig.Run(100);
        Collect();
        Assert.False(call.IsAlive);
        Assert.Single(rig.Calls);
    }

    // Refused or accepted, on the shard of the call or on the other one.
    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    public void A_refer_outside_the_call_gives_back_its_buffer(int own, bool accepted)
    {
        var returned = 0;
        var rig = new ExchangeRig();
        rig.Node.Pool = new BufferPool(2_048, 0, _ => returned++);
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var cleo = rig.Phone("102");
        var (a, b) = rig.Connect(ada, bob, 30000, 40000, shard: 0);
        for (var i = 0; i < 3; i++)
        {
            var r = ada.DialOn("101", own);
            var localTag = accepted ? a.RemoteTag : "x";
            r.Send(
                "REFER", "", "Refer-To: <sip:102@198.51.100.1>", $"Target-Dialog: {a.CallId};local-tag={localTag};remote-tag={a.LocalTag}", "Refer-Sub: false",
                $"Contact: <{ada.ContactUri}>");
            ada.Expect(accepted ? "202 REFER" : "403 REFER");
            if (!accepted)
                continue;

            var invite = cleo.Expect("INVITE");
            cleo.Take(invite).Reply(invite, 486);
            cleo.Expect("ACK");
        }

        ada.HangUp(a, bob, b);
        Assert.Equal("", rig.Leftovers());
        Assert.Equal(rig.Node.Received, returned);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Play(ExchangeRig rig, string how)
    {
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var cleo = rig.Phone("102");
        var (a, b) = rig.Connect(ada, bob, 30000, 40000, shard: 0);
        var call = new WeakReference(rig.Exchange.LiveCalls.Single());
        if (how == "blind")
        {
            ada.Refer(a, "<sip:102@198.51.100.1>");
            var invite = cleo.Expect("INVITE");
            cleo.Take(invite).Reply(invite, 200, Sdp.Audio(port: 50000));
            cleo.Expect("ACK");
            bob.TakeReinvite(b, 40000);
            Assert.Equal("200 terminated", ada.ExpectNotify(a));
        }
        else
        {
            var hasOffer = how == "replaced";
            var c = cleo.DialOn("101", 0);
            c.Invite(hasOffer ? Sdp.Audio(port: 50000) : "", "Replaces: " + a.Replaces());
            var reinvite = bob.Expect("INVITE");
            b.Reply(reinvite, 200, Sdp.Audio(port: 40000, version: 2));
            if (hasOffer)
                bob.Expect("ACK");
            c.Ack(cleo.Expect("200 INVITE"), hasOffer ? "" : Sdp.Audio(port: 50000));
            if (!hasOffer)
                bob.Expect("ACK");
        }

        a.Reply(ada.Expect("BYE"), 200);
        rig.Run(1);
        return call;
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}
