using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Events;
using Tandem.Calls.Routing;
using Tandem.Calls.Tests.Calls.Programs;
using Tandem.Testing.Exchange;
using Tandem.Testing.Media;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>A caller who is answered already is connected to somebody: their phone hears of nothing but the sound.</summary>
public class A_program_connects_a_caller_onward
{
    private readonly ExchangeRig _rig = new();
    private readonly List<ConnectOutcome> _outcomes = [];
    private Func<CallPlan>? _plan;

    [Fact]
    public void Who_answers_talks_with_the_caller_and_either_hangs_up()
    {
        var (ada, bob, a) = Serve(new ConnectOrder { Number = "101" });
        var invite = bob.Expect("INVITE");
        Assert.Contains("m=audio", invite.Body, StringComparison.Ordinal);
        Assert.Contains("100", invite["From"], StringComparison.Ordinal);
        Assert.Contains("sip:101@", invite["To"], StringComparison.Ordinal);
        Assert.Equal("tone:ringback", Sound.Playing(CallSide.Caller)!.Prompt);
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        _rig.Run(1);
        b.Reply(invite, 200, Sdp.Audio(port: 40_000));
        bob.Expect("ACK");
        _rig.Run(0.5);
        Assert.Equal(ConnectEnd.Connected, Assert.Single(_outcomes).End);
        Assert.Null(Sound.Playing(CallSide.Caller));
        Assert.Contains("40000", _rig.Media.Last!.InForce(CallSide.Callee), StringComparison.Ordinal);
        Assert.Empty(ada.Unread);

        b.Send("BYE");
        bob.Expect("200 BYE");
        a.Reply(ada.Expect("BYE"), 200);
        Assert.Equal((EndReason.Completed, CallSide.Callee), (Verdict.Reason, Verdict.EndedBy));
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void What_the_two_ask_for_in_their_talk_passes_between_them()
    {
        var (ada, bob, a) = Serve(new ConnectOrder { Number = "101" });
        var b = Answer(bob);
        b.Send("INVITE", Sdp.Audio(port: 40_000, direction: "sendonly"), "Content-Type: application/sdp");
        var hold = ada.Expect("INVITE");
        Assert.Equal("sendonly", Sdp.DirectionOf(hold.Body));
        a.Reply(hold, 200, Sdp.Audio(direction: "recvonly"));
        ada.Expect("ACK");
        b.Ack(bob.Expect("200 INVITE"));
        _rig.Run(0.2);
        Assert.True(_rig.Calls.Single().HeldByCallee);
        a.Send("BYE");
        ada.Expect("200 BYE");
        b.Reply(bob.Expect("BYE"), 200);
        Assert.Equal(CallSide.Caller, Verdict.EndedBy);
        Assert.Equal("", _rig.Leftovers());
    }

    [Theory]
    [InlineData(486, "Busy")]
    [InlineData(603, "Refused")]
    [InlineData(480, "NoAnswer")]
    public void Who_refuses_leaves_the_caller_with_the_program(int status, string end)
    {
        var (ada, bob, a) = Serve(new ConnectOrder { Number = "101" });
        var invite = bob.Expect("INVITE");
        bob.Take(invite).Reply(invite, status);
        bob.Expect("ACK");
        _rig.Run(0.2);
        Assert.Equal((end, status), (_outcomes.Single().End.ToString(), _outcomes.Single().Status));
        StillServed(ada, a);
    }

    [Theory]
    [InlineData(false, "NoAnswer")]
    [InlineData(true, "Key")]
    public void Who_does_not_answer_is_rung_no_more(bool byKey, string end)
    {
        var (ada, bob, a) = Serve(new ConnectOrder { Number = "101", Timeout = TimeSpan.FromSeconds(8), StopKeys = "*" });
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        _rig.Run(2);
        if (byKey)
            _rig.Media.Last!.Hear(CallSide.Caller, '*');
        bob.TakeCancel(b, invite, byKey ? 1 : 7);
        _rig.Run(0.2);
        Assert.Equal((end, byKey ? '*' : null), (_outcomes.Single().End.ToString(), _outcomes.Single().Key));
        StillServed(ada, a);
    }

    [Fact]
    public void A_caller_who_hangs_up_while_it_rings_is_gone()
    {
        var (ada, bob, a) = Serve(new ConnectOrder { Number = "101" });
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        _rig.Run(1);
        a.Send("BYE");
        ada.Expect("200 BYE");
        bob.TakeCancel(b, invite);
        Assert.Equal(ConnectEnd.Gone, _outcomes.Single().End);
        Assert.Equal((EndReason.Completed, CallSide.Caller), (Verdict.Reason, Verdict.EndedBy));
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void Nobody_there_is_told_without_ringing()
    {
        var (ada, _, a) = Serve(new ConnectOrder { Number = "109" });
        Assert.Equal((ConnectEnd.Refused, 404), (_outcomes.Single().End, _outcomes.Single().Status));
        StillServed(ada, a);
    }

    // Each step of a plan has its own time, and the last resort is the exchange itself.
    [Fact]
    public void A_plan_is_tried_step_by_step_to_the_service_at_its_end()
    {
        var cleo = _rig.Phone("102");
        _plan = () => CallPlan.Of(
        [
            new PlanStep(Decide("101")) { RingTime = TimeSpan.FromSeconds(4) },
            new PlanStep(Decide("102")) { RingTime = TimeSpan.FromSeconds(6), Numbers = ["102"] },
            new PlanStep(new DialDecision.Serve(new ExchangeService.Echo())),
        ]);
        var (ada, bob, a) = Serve(new ConnectOrder { Number = "101" });
        GiveUp(bob, 5);
        GiveUp(cleo, 7);
        _rig.Run(0.2);
        Assert.Equal(new ExchangeService.Echo(), _outcomes.Single().Service);
        Assert.Equal(ConnectEnd.Service, _outcomes.Single().End);
        StillServed(ada, a);
    }

    // A queue rings one after the other: nothing of the earlier ones stays.
    [Fact]
    public void Many_are_rung_in_turn_for_one_caller()
    {
        var (ada, bob, a) = Serve(new ConnectOrder { Number = "101" }, times: 20);
        for (var i = 0; i < 20; i++)
        {
            var invite = bob.Expect("INVITE");
            bob.Take(invite).Reply(invite, 486);
            bob.Expect("ACK");
        }

        _rig.Run(0.2);
        Assert.Equal(20, _outcomes.Count);
        StillServed(ada, a);
    }

    [Fact]
    public void What_the_callers_phone_asks_for_while_it_rings_is_answered_here()
    {
        var (ada, bob, a) = Serve(new ConnectOrder { Number = "101" });
        var invite = bob.Expect("INVITE");
        a.Send("INFO", "Signal=5", "Content-Type: application/dtmf-relay");
        ada.Expect("200 INFO");
        a.Send("UPDATE");
        ada.Expect("200 UPDATE");
        var b = bob.Take(invite);
        b.Reply(invite, 200, Sdp.Audio(port: 40_000));
        bob.Expect("ACK");
        _rig.Run(0.2);
        b.Send("BYE");
        bob.Expect("200 BYE");
        a.Reply(ada.Expect("BYE"), 200);
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void An_answer_without_sound_counts_as_a_refusal()
    {
        var (ada, bob, a) = Serve(new ConnectOrder { Number = "101" });
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 200, "v=0\r\nnothing\r\n");
        bob.Expect("ACK");
        b.Reply(bob.Expect("BYE"), 200);
        Assert.Equal(ConnectEnd.Refused, _outcomes.Single().End);
        StillServed(ada, a);
    }

    private static void GiveUp(ScriptedPhone phone, double seconds)
    {
        var invite = phone.Expect("INVITE");
        var dialog = phone.Take(invite);
        dialog.Reply(invite, 180);
        phone.TakeCancel(dialog, invite, seconds);
    }

    private FakeMediaSound Sound => _rig.Media.Last!.Sound;

    private Verdict Verdict => _rig.Events.All.OfType<CallEnded>().Single().Record.Verdict;

    private PhoneDialog Answer(ScriptedPhone bob)
    {
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 200, Sdp.Audio(port: 40_000));
        bob.Expect("ACK");
        _rig.Run(0.5);
        return b;
    }

    // The program plays on, waits for a key, and hangs up after it.
    private void StillServed(ScriptedPhone ada, PhoneDialog a)
    {
        Assert.Equal("sorry", Sound.Plays[^1].Prompt);
        _rig.Media.Last!.Hear(CallSide.Caller, '1');
        a.Reply(ada.Expect("BYE"), 200);
        Assert.Equal(EndReason.Completed, Verdict.Reason);
        Assert.Equal("", _rig.Leftovers());
    }

    private (ScriptedPhone Ada, ScriptedPhone Bob, PhoneDialog A) Serve(ConnectOrder order, int times = 1)
    {
        TestProgram.Install(_rig, async person =>
        {
            for (var i = 0; i < times; i++)
            {
                var outcome = await person.ConnectAsync(_plan?.Invoke() ?? CallPlan.Of(Decide(order.Number)), order);
                _outcomes.Add(outcome);
                if (outcome.IsConnected)
                    return await person.TalkAsync();
            }

            await person.PlayAsync(Prompt.Sounds("sorry"));
            await person.KeyAsync(TimeSpan.FromMinutes(1));
            return null;
        });
        var (ada, bob) = (_rig.Phone("100"), _rig.Phone("101"));
        return (ada, bob, TestProgram.Call(_rig, ada));
    }

    private DialDecision Decide(string number) => _rig.Exchange.Registrar.Lookup(Tenants.TenantId.Default, number) is { Count: > 0 } contacts
        ? new DialDecision.Ring(contacts)
        : new DialDecision.Reject(404, EndReason.NotFound, "No such extension");
}
