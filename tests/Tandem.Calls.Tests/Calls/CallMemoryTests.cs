using System.Runtime.CompilerServices;
using Tandem.Core.Buffers;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Calls;

/// <summary>
/// Transactions live for 32 s after the last word of a call (RFC 3261 timers D, H and J, RFC 6026 timers L and M). They must not keep
/// the call: at 100 calls a second that would be 3,200 calls that are over.
/// </summary>
[Collection(MemoryTestsAlone.Name)]
public class CallMemoryTests
{
    // What signalling may allocate for a call, from INVITE to BYE, media and storage apart. Set from measurement; lower it when it falls.
    private const int BytesPerCall = 21_500;

    [Theory]
    [InlineData("hung up by the caller")]
    [InlineData("hung up by the callee")]
    [InlineData("BYE not answered")]
    [InlineData("BYE before the ACK")]
    [InlineData("held")]
    [InlineData("re-INVITE not answered")]
    [InlineData("INFO not answered")]
    [InlineData("no offer")]
    [InlineData("refused")]
    [InlineData("cancelled")]
    [InlineData("cancelled, CANCEL not answered")]
    [InlineData("forked")]
    [InlineData("cleared")]
    [InlineData("interval too small")]
    public void A_call_that_is_over_is_kept_by_nothing(string how)
    {
        var rig = new ExchangeRig();
        var call = Play(rig, how);
        Assert.Equal(0, rig.Exchange.CallCount);
        Assert.NotEqual(0, rig.Exchange.Statistics().ServerTransactions);
        Collect();
        Assert.False(call.IsAlive);
        rig.Run(100);
        Assert.Equal("", rig.Leftovers());
    }

    // The least of some rounds: a thread of the pool that ends between two looks gives back the buffers that it had at hand, 67 KB, as if calls had kept them.
    [Fact]
    public void A_finished_call_keeps_less_than_4_KB_until_its_transactions_end()
    {
        const int calls = 1_000;
        var rounds = Enumerable.Range(0, 3).Select(_ => Keep(calls)).ToList();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", rounds.Select(round => $"{round.Kept} bytes a finished call, {round.Allocated} bytes allocated for one")));
        Assert.InRange(rounds.Min(round => round.Kept), 1, 4_096);
        Assert.All(rounds, round => Assert.InRange(round.Allocated, 1, BytesPerCall));
    }

    private static (long Kept, long Allocated) Keep(int calls)
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        rig.Node.Pool = new BufferPool();
        Talk(calls / 4);
        rig.Run(70);
        var allocated = -rig.Node.Allocated;
        Talk(calls);
        allocated += rig.Node.Allocated;

        // Two INVITEs and the BYE that came; the BYE that went ends after timer K, 5 s.
        var s = rig.Exchange.Statistics();
        Assert.InRange(s.ServerTransactions + s.ClientTransactions, calls * 3, calls * 4);
        var during = Collect();
        Assert.Equal("", rig.Leftovers());
        var after = Collect();
        return ((during - after) / calls, allocated / calls);

        void Talk(int count)
        {
            for (var i = 0; i < count; i++)
                Converse(ada, bob);
            rig.Events.All.Clear();
        }
    }

    [Fact]
    public void A_call_gives_back_the_buffer_of_every_message()
    {
        var returned = 0;
        var rig = new ExchangeRig();
        rig.Node.Pool = new BufferPool(2_048, 0, _ => returned++);
        Converse(rig.Phone("100"), rig.Phone("101"));
        Assert.Equal("", rig.Leftovers());
        Assert.Equal((6, 6), (rig.Node.Received, returned));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Play(ExchangeRig rig, string how)
    {
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var desk = how == "forked" ? rig.Phone("101") : null;
        var a = ada.Dial("101");
        var offer = how == "no offer" ? "" : Sdp.Audio(port: 30000);
        a.Invite(offer, how == "interval too small" ? [] : ["Supported: timer"]);
        var invite = bob.Expect("INVITE");
        var call = new WeakReference(rig.Exchange.LiveCalls.Single());
        var b = bob.Take(invite);
        if (how == "interval too small")
        {
            b.Reply(invite, 422, "", "Min-SE: 3600");
            bob.Expect("ACK");
            invite = bob.Expect("INVITE");
            b = bob.Take(invite);
        }

        b.Reply(invite, 180);
        ada.Expect("180");
        switch (how)
        {
            case "refused":
                b.Reply(invite, 486);
                bob.Expect("ACK");
                a.AckRefusal(ada.Expect("486"));
                return call;
            case "cancelled":
            case "cancelled, CANCEL not answered":
                a.Cancel();
                ada.Expect("200 CANCEL");
                a.AckRefusal(ada.Expect("487"));
                var cancel = bob.Expect("CANCEL");
                if (how == "cancelled")
                {
                    b.Reply(cancel, 200);
                    b.Reply(invite, 487);
                    bob.Expect("ACK");
                }

                return call;
            default:
                break;
        }

        b.Reply(invite, 200, Sdp.Audio(port: 40000));
        if (how != "no offer")
            bob.Expect("ACK");
        var ok = ada.Expect("200 INVITE");
        if (how == "BYE before the ACK")
        {
            b.Send("BYE");
            bob.Expect("200 BYE");
            rig.Run(1);
            a.Ack(ok);
            a.Reply(ada.Expect("BYE"), 200);
            rig.Run(0.1);
            return call;
        }

        a.Ack(ok, how == "no offer" ? Sdp.Audio(port: 30000) : "");
        if (how == "no offer")
            bob.Expect("ACK");
        if (desk is not null)
        {
            var late = desk.Expect("INVITE");
            var d = desk.Take(late);
            d.Reply(late, 180);
            desk.Expect("CANCEL");
            d.Reply(late, 200, Sdp.Audio(port: 50000));
            desk.Expect("ACK");
            d.Reply(desk.Expect("BYE"), 200);
        }

        rig.Run(1);
        switch (how)
        {
            case "held":
                a.Invite(Sdp.Audio(port: 30000, direction: "sendonly", version: 2));
                var hold = bob.Expect("INVITE");
                b.Reply(hold, 200, Sdp.Audio(port: 40000, direction: "recvonly", version: 2));
                bob.Expect("ACK");
                a.Ack(ada.Expect("200 INVITE"));
                break;
            case "re-INVITE not answered":
                a.Invite(Sdp.Audio(port: 30000, direction: "sendonly", version: 2));
                b.Reply(bob.Expect("INVITE"), 180);
                break;
            case "INFO not answered":
                a.Send("INFO", "x", "Content-Type: text/plain");
                bob.Expect("INFO");
                break;
            case "cleared":
                rig.Exchange.ClearCalls(Tenants.TenantId.Default);
                a.Reply(ada.Expect("BYE"), 200);
                b.Reply(bob.Expect("BYE"), 200);
                rig.Run(0.1);
                return call;
            default:
                break;
        }

        var (first, second, other) = how == "hung up by the callee" ? (b, a, ada) : (a, b, bob);
        first.Send("BYE");
        rig.Run(0.1);
        if (how is not ("BYE not answered" or "re-INVITE not answered"))
            second.Reply(other.Expect("BYE"), 200);
        rig.Run(0.1);
        return call;
    }

    private static void Converse(ScriptedPhone ada, ScriptedPhone bob)
    {
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio(port: 30000));
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        ada.Expect("180");
        b.Reply(invite, 200, Sdp.Audio(port: 40000));
        bob.Expect("ACK");
        a.Ack(ada.Expect("200 INVITE"));
        a.Send("BYE");
        ada.Expect("200 BYE");
        b.Reply(bob.Expect("BYE"), 200);
    }

    private static long Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
