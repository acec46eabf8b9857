using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Queues;
using Tandem.Calls.Routing.Rules;
using Tandem.Calls.Tenants;
using Tandem.Core.Time;
using Tandem.Testing.Exchange;
using Tandem.Testing.Media;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>Music, place, agents one after the other, and what becomes of callers whom nobody takes.</summary>
public class A_caller_waits_in_a_queue
{
    private static readonly TenantId Tenant = TenantId.Default;

    private readonly ExchangeRig _rig = new();
    private readonly QueueSettings _sales = new() { Name = "sales", Number = "700", WrapUp = TimeSpan.FromSeconds(5) };

    [Fact]
    public void He_hears_music_and_the_agent_who_answers_has_wrap_up_after_the_call()
    {
        var bob = Agent("101");
        Configure(_sales);
        var (ada, a) = Dial();
        Assert.Equal("music:default", Sound.Playing(CallSide.Caller)!.Prompt);
        var invite = bob.Expect("INVITE");
        Assert.Contains("sip:700@", invite["To"], StringComparison.Ordinal);
        var b = Answer(bob, invite);
        Assert.Null(Sound.Playing(CallSide.Caller));
        Assert.Equal(AgentState.Talking, StateOf("101"));
        _rig.Run(20);
        a.Send("BYE");
        ada.Expect("200 BYE");
        b.Reply(bob.Expect("BYE"), 200);
        _rig.Run(0.5);

        Assert.Equal(AgentState.WrapUp, StateOf("101"));
        _rig.Run(5);
        Assert.Equal(AgentState.Free, StateOf("101"));
        Assert.Equal([CallerStep.Joined, CallerStep.Offered, CallerStep.Answered, CallerStep.Ended], Steps);
        var figures = Queues.Figures(Tenant, "sales", Now)!;
        Assert.Equal((1, 1, 0, 1.0), (figures.Joined, figures.Answered, figures.Abandoned, figures.ServiceLevel));
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void Who_does_not_answer_is_followed_by_the_next_and_the_music_goes_on()
    {
        var bob = Agent("101");
        var eve = Agent("102");
        Configure(_sales with { RingTime = TimeSpan.FromSeconds(10) });
        var (ada, a) = Dial();
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        _rig.Run(10);
        bob.TakeCancel(b, invite);
        Assert.Equal("music:default", Sound.Playing(CallSide.Caller)!.Prompt);
        Assert.Single(Sound.Plays);

        var e = Answer(eve, eve.Expect("INVITE"));
        Assert.Equal((AgentState.WrapUp, AgentState.Talking), (StateOf("101"), StateOf("102")));
        Assert.Equal(1, Queues.Agent(Tenant, "101", Now)!.Missed);
        e.Send("BYE");
        eve.Expect("200 BYE");
        a.Reply(ada.Expect("BYE"), 200);
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void An_agent_who_refuses_is_left_alone_and_the_next_one_rings_at_once()
    {
        var bob = Agent("101");
        var eve = Agent("102");
        Configure(_sales);
        var (ada, a) = Dial();
        var invite = bob.Expect("INVITE");
        bob.Take(invite).Reply(invite, 486);
        bob.Expect("ACK");
        var e = Answer(eve, eve.Expect("INVITE"));
        a.Send("BYE");
        ada.Expect("200 BYE");
        e.Reply(eve.Expect("BYE"), 200);
        Assert.Equal(AgentState.WrapUp, StateOf("101"));
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void Where_all_ring_the_first_has_the_call_and_the_others_are_free()
    {
        var bob = Agent("101");
        var eve = Agent("102");
        Configure(_sales with { Strategy = QueueStrategy.RingAll });
        var (ada, a) = Dial();
        var lost = bob.Expect("INVITE");
        var b = bob.Take(lost);
        b.Reply(lost, 180);
        var e = Answer(eve, eve.Expect("INVITE"));
        bob.TakeCancel(b, lost);
        Assert.Equal((AgentState.Free, AgentState.Talking), (StateOf("101"), StateOf("102")));
        a.Send("BYE");
        ada.Expect("200 BYE");
        e.Reply(eve.Expect("BYE"), 200);
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void Two_callers_have_one_agent_after_the_other_and_the_second_hears_his_place()
    {
        var bob = Agent("101");
        Configure(_sales);
        var (ada, a) = Dial();
        var b = Answer(bob, bob.Expect("INVITE"));
        var (eve, e) = Dial("103");
        _rig.Run(30.5);
        Assert.Contains(Sound.Plays, play => play.Prompt == "queue-next, queue-wait-time, number:4, minutes, queue-thank-you");
        Assert.Equal("music:default", Sound.Playing(CallSide.Caller)!.Prompt);

        a.Send("BYE");
        ada.Expect("200 BYE");
        b.Reply(bob.Expect("BYE"), 200);
        _rig.Run(4);
        Assert.Empty(bob.Unread);
        _rig.Run(1.5);
        var second = Answer(bob, bob.Expect("INVITE"));
        e.Send("BYE");
        eve.Expect("200 BYE");
        second.Reply(bob.Expect("BYE"), 200);
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void Who_hangs_up_while_an_agent_rings_has_abandoned_and_the_agent_is_free()
    {
        var bob = Agent("101");
        Configure(_sales);
        var (ada, a) = Dial();
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        _rig.Run(3);
        a.Send("BYE");
        ada.Expect("200 BYE");
        bob.TakeCancel(b, invite);
        _rig.Run(0.5);

        Assert.Equal(AgentState.Free, StateOf("101"));
        Assert.Equal(LeaveReason.Abandoned, _rig.Events.All.OfType<QueueCallerEvent>().Single(told => told.Step.Kind == CallerStep.Left).Step.Reason);
        Assert.Equal(1, Queues.Figures(Tenant, "sales", Now)!.Abandoned);
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void Who_has_waited_long_enough_goes_where_the_queue_says()
    {
        Agent("101");
        _rig.Phone("102", registered: false);
        Configure(_sales with { MaxWait = TimeSpan.FromSeconds(40), AnnounceEvery = TimeSpan.Zero, Overflow = "voicemail:102" });
        Queues.Pause(Tenant, "101", "", Now);
        var (ada, a) = Dial();
        _rig.Run(39);
        Assert.Equal(["music:default"], Sound.Plays.Select(play => play.Prompt));
        _rig.Run(1.5);
        Assert.Equal(["vm-greeting", "tone:beep"], Sound.Plays.Skip(1).Select(play => play.Prompt));
        a.Send("BYE");
        ada.Expect("200 BYE");

        Assert.Equal(1, Queues.Figures(Tenant, "sales", Now)!.Overflowed);
        Assert.Equal("", _rig.Leftovers());
    }

    /// <summary>Also when agents are rung one after the other all the time; who rang when it was over has missed nothing.</summary>
    [Fact]
    public void The_longest_wait_is_not_prolonged_by_phones_that_ring()
    {
        var bob = Agent("101");
        _rig.Phone("102", registered: false);
        Configure(_sales with
        {
            RingTime = TimeSpan.FromSeconds(15),
            NoAnswerPenalty = TimeSpan.FromSeconds(3),
            MaxWait = TimeSpan.FromSeconds(40),
            AnnounceEvery = TimeSpan.Zero,
            MissesBeforePause = 0,
            Overflow = "voicemail:102",
        });
        var (ada, a) = Dial();
        for (var i = 0; i < 3; i++)
        {
            var invite = bob.Expect("INVITE", 5);
            var b = bob.Take(invite);
            b.Reply(invite, 180);
            bob.TakeCancel(b, invite, 15.5);
        }

        _rig.Run(0.5);
        Assert.Equal("tone:beep", Sound.Plays[^1].Prompt);
        Assert.Empty(bob.Unread);
        Assert.Equal(2, Queues.Agent(Tenant, "101", Now)!.Missed);
        a.Send("BYE");
        ada.Expect("200 BYE");
        Assert.Equal("", _rig.Leftovers());
    }

    [Theory]
    [InlineData("", "queue-no-agents")]
    [InlineData("queue:sales", "cannot-complete")]
    public void A_queue_without_agents_takes_nobody_and_two_that_lead_to_each_other_end(string overflow, string heard)
    {
        Configure(_sales with { Overflow = overflow });
        var (ada, a) = Dial();
        a.Reply(ada.Expect("BYE"), 200);
        Assert.Equal([heard], Sound.Plays.Select(play => play.Prompt));
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void The_exit_key_sends_him_on_also_while_an_agent_rings()
    {
        var bob = Agent("101");
        _rig.Phone("102", registered: false);
        Configure(_sales with { ExitKey = "9", Overflow = "voicemail:102" });
        var (ada, a) = Dial();
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        _rig.Run(1);
        _rig.Media.Last!.Hear(CallSide.Caller, '9');
        _rig.Run(0.2);
        bob.TakeCancel(b, invite);
        _rig.Run(0.5);
        Assert.Equal("tone:beep", Sound.Plays[^1].Prompt);
        Assert.Equal(AgentState.Free, StateOf("101"));
        a.Send("BYE");
        ada.Expect("200 BYE");
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void Agents_log_in_pause_and_log_out_by_their_phones()
    {
        var bob = Agent("101", logsIn: false);
        Configure(_sales);
        Assert.Equal("agent-login", Code(bob, "*51"));
        Assert.Equal(AgentState.Free, StateOf("101"));
        Assert.Equal("agent-paused", Code(bob, "*53"));
        Assert.Equal("agent-resumed", Code(bob, "*53"));
        Assert.Equal("agent-paused", Code(bob, "*5312"));
        Assert.Equal("12", Queues.Agent(Tenant, "101", Now)!.PauseReason);
        Assert.Equal("agent-logout", Code(bob, "*52"));
        Assert.Equal(AgentState.LoggedOut, StateOf("101"));
        Assert.Equal("no-permission", Code(_rig.Phone("105"), "*51"));
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void An_agent_in_another_call_is_rung_when_that_is_over()
    {
        var bob = Agent("101");
        Configure(_sales);
        var other = _rig.Phone("104");
        var busy = bob.Dial("104");
        busy.Invite(Sdp.Audio());
        var o = Answer(other, other.Expect("INVITE"));
        busy.Ack(bob.Expect("200 INVITE"));
        var (ada, a) = Dial();
        _rig.Run(5);
        Assert.Empty(bob.Unread);

        busy.Send("BYE");
        bob.Expect("200 BYE");
        o.Reply(other.Expect("BYE"), 200);
        var b = Answer(bob, bob.Expect("INVITE"));
        a.Send("BYE");
        ada.Expect("200 BYE");
        b.Reply(bob.Expect("BYE"), 200);
        Assert.Equal("", _rig.Leftovers());
    }

    /// <summary>He rang in a group, and a colleague answered: no call of his has ended, and he is free.</summary>
    [Fact]
    public void An_agent_who_rings_elsewhere_is_rung_when_that_is_over()
    {
        var bob = Agent("101");
        Configure(_sales);
        var colleague = _rig.Phone("104");
        _rig.Set(new RoutingDocument
        {
            Groups = [new GroupBody { Name = "desk", Members = ["101", "104"] }],
            Rules = [new RuleBody { Id = "front", Numbers = ["500"], Actions = [new ActionBody { To = "group:desk" }] }],
        }.Normalized());
        var caller = _rig.Phone("103");
        var c = caller.Dial("500");
        c.Invite(Sdp.Audio());
        var rung = bob.Expect("INVITE");
        var b = bob.Take(rung);
        b.Reply(rung, 180);
        caller.Expect("180 INVITE");
        var (ada, a) = Dial();
        _rig.Run(5);
        Assert.Empty(bob.Unread);

        var d = Answer(colleague, colleague.Expect("INVITE"));
        c.Ack(caller.Expect("200 INVITE"));
        b.Reply(bob.Expect("CANCEL"), 200);
        var next = bob.Expect("INVITE");
        b.Reply(rung, 487);
        bob.Expect("ACK");
        var e = Answer(bob, next);
        a.Send("BYE");
        ada.Expect("200 BYE");
        e.Reply(bob.Expect("BYE"), 200);
        c.Send("BYE");
        caller.Expect("200 BYE");
        d.Reply(colleague.Expect("BYE"), 200);
        Assert.Equal("", _rig.Leftovers());
    }

    private QueueDesk Queues => _rig.Exchange.Queues;

    private Moment Now => _rig.Network.Now;

    private FakeMediaSound Sound => _rig.Media.Last!.Sound;

    private IEnumerable<CallerStep> Steps => _rig.Events.All.OfType<QueueCallerEvent>().Select(told => told.Step.Kind);

    private readonly List<string> _agents = [];
    private readonly List<string> _in = [];

    private ScriptedPhone Agent(string number, bool logsIn = true)
    {
        _agents.Add(number);
        if (logsIn)
            _in.Add(number);
        return _rig.Phone(number);
    }

    private void Configure(QueueSettings settings)
    {
        Queues.Configure(new StoredQueue(Tenant, settings, [.. _agents.Select(number => new QueueMember(number))]), Now);
        foreach (var agent in _in)
            Queues.LogIn(Tenant, agent, Now);
    }

    private AgentState StateOf(string agent) => Queues.Agent(Tenant, agent, Now)!.State;

    private (ScriptedPhone Phone, PhoneDialog Dialog) Dial(string from = "100")
    {
        var phone = _rig.Phone(from);
        var dialog = phone.Dial("700");
        dialog.Invite(Sdp.Audio());
        dialog.Ack(phone.Expect("200 INVITE"));
        _rig.Run(0.1);
        return (phone, dialog);
    }

    private PhoneDialog Answer(ScriptedPhone phone, WireMessage invite)
    {
        var dialog = phone.Take(invite);
        dialog.Reply(invite, 200, Sdp.Audio(port: 40_000));
        phone.Expect("ACK");
        _rig.Run(0.5);
        return dialog;
    }

    // What the phone hears when it dials a code.
    private string Code(ScriptedPhone phone, string code)
    {
        var dialog = phone.Dial(code);
        dialog.Invite(Sdp.Audio());
        dialog.Ack(phone.Expect("200 INVITE"));
        dialog.Reply(phone.Expect("BYE"), 200);
        return Sound.Plays.Single().Prompt;
    }
}
