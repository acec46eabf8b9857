using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Queues;
using Tandem.Calls.Tenants;
using Tandem.Core.Time;
using Tandem.Testing.Exchange;
using Tandem.Testing.Media;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>A waiting caller presses a key, confirms his number and hangs up; in his turn an agent is rung first, and then he.</summary>
public class A_caller_of_a_queue_is_called_back
{
    private static readonly TenantId Tenant = TenantId.Default;

    private readonly ExchangeRig _rig = new();
    private readonly List<(string Id, QueueCallback? Callback)> _stored = [];
    private readonly QueueSettings _sales = new()
    {
        Name = "sales",
        Number = "700",
        JoinWithoutAgents = true,
        CallbackKey = "1",
        CallbackTries = 2,
        CallbackPause = TimeSpan.FromSeconds(60),
        WrapUp = TimeSpan.FromSeconds(5),
    };

    public A_caller_of_a_queue_is_called_back() => Queues.CallbackChanged = (_, id, callback) => _stored.Add((id, callback));

    [Fact]
    public void The_agent_is_rung_first_and_then_the_caller_and_the_two_talk()
    {
        var (ada, bob) = (_rig.Phone("100"), _rig.Phone("101"));
        Configure(_sales);
        var asked = Ask(ada);
        Assert.Equal(("100", "100", 0), (Callback.Number, Callback.Entry.Number, Callback.Tries));
        Queues.LogIn(Tenant, "101", Now);
        _rig.Run(5);
        var a = Answer(bob, bob.Expect("INVITE"), 40_000);
        Assert.Equal((AgentState.Talking, "101"), (StateOf("101"), Callback.Agent));
        Assert.True(IsBusy("101"));
        var c = Answer(ada, ada.Expect("INVITE"), 30_000);
        Assert.Equal((40_000, 30_000), (Sdp.PortOf(_rig.Media.Last!.InForce(CallSide.Caller)), Sdp.PortOf(_rig.Media.Last!.InForce(CallSide.Callee))));
        var call = Assert.Single(_rig.Calls);
        Assert.Equal(("101", "100"), (call.CallerNumber, call.CalleeNumber));
        _rig.Run(10);
        c.Send("BYE");
        ada.Expect("200 BYE");
        a.Reply(bob.Expect("BYE"), 200);
        _rig.Run(0.5);

        Assert.Equal(AgentState.WrapUp, StateOf("101"));
        Assert.False(IsBusy("101"));
        Assert.Equal(
            [CallerStep.Joined, CallerStep.Left, CallerStep.CallbackAsked, CallerStep.Offered, CallerStep.CallbackCalling, CallerStep.CallbackReached, CallerStep.Answered, CallerStep.Ended], Steps);
        Assert.Empty(Queues.Callbacks(Tenant, "sales", Now)!);
        Assert.All(_stored, s => Assert.Equal(asked.Value, s.Id));
        Assert.Equal([0, 1, null], _stored.Select(s => s.Callback?.Tries));
        Assert.DoesNotContain(_rig.Events.All, e => e is CallCommandEnded); // nobody gave an order
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void Who_is_not_reached_is_called_again_after_a_pause_and_not_for_ever()
    {
        var (ada, bob) = (_rig.Phone("100"), _rig.Phone("101"));
        Configure(_sales);
        Ask(ada);
        Queues.LogIn(Tenant, "101", Now);
        _rig.Run(5);
        Miss();
        Assert.Equal((1, AgentState.Free), (Callback.Tries, StateOf("101")));
        _rig.Run(55);
        Assert.Empty(bob.Unread);
        _rig.Run(10);
        Miss();
        Assert.Empty(Queues.Callbacks(Tenant, "sales", Now)!);
        Assert.Equal((CallerStep.CallbackFailed, LeaveReason.NotReached), (Told.Last().Kind, Told.Last().Reason!.Value));
        Assert.Equal(AgentState.Free, StateOf("101"));
        Assert.Null(_stored.Last().Callback);
        Assert.Equal("", _rig.Leftovers());

        void Miss()
        {
            var agent = Answer(bob, bob.Expect("INVITE"), 40_000);
            var invite = ada.Expect("INVITE");
            ada.Take(invite).Reply(invite, 486);
            ada.Expect("ACK");
            agent.Reply(bob.Expect("BYE"), 200);
            _rig.Run(0.5);
        }
    }

    [Fact]
    public void An_agent_who_hangs_up_meanwhile_costs_the_caller_no_try()
    {
        var (ada, bob, eve) = (_rig.Phone("100"), _rig.Phone("101"), _rig.Phone("102"));
        Configure(_sales, "101", "102");
        Ask(ada);
        Queues.LogIn(Tenant, "101", Now);
        _rig.Run(5);
        var b = Answer(bob, bob.Expect("INVITE"), 40_000);
        var invite = ada.Expect("INVITE");
        var c = ada.Take(invite);
        c.Reply(invite, 180);
        _rig.Run(1);
        Queues.LogIn(Tenant, "102", Now);
        b.Send("BYE");
        bob.Expect("200 BYE");
        ada.TakeCancel(c, invite);
        Assert.Equal((0, AgentState.WrapUp), (Callback.Tries, StateOf("101")));
        var e = Answer(eve, eve.Expect("INVITE"), 41_000);
        TalkAndEnd(eve, e, ada);
    }

    [Fact]
    public void Agents_who_do_not_answer_are_followed_by_the_next()
    {
        var (ada, bob, eve) = (_rig.Phone("100"), _rig.Phone("101"), _rig.Phone("102"));
        Configure(_sales, "101", "102");
        Ask(ada);
        Queues.LogIn(Tenant, "101", Now);
        Queues.LogIn(Tenant, "102", Now);
        _rig.Run(5);
        var refused = bob.Expect("INVITE");
        bob.Take(refused).Reply(refused, 486);
        bob.Expect("ACK");
        _rig.Run(5);
        var e = Answer(eve, eve.Expect("INVITE"), 41_000);
        Assert.Equal((AgentState.WrapUp, 1), (StateOf("101"), Callback.Tries));
        TalkAndEnd(eve, e, ada);
    }

    [Fact]
    public void Where_all_ring_the_first_has_it()
    {
        var (ada, bob, eve) = (_rig.Phone("100"), _rig.Phone("101"), _rig.Phone("102"));
        Configure(_sales with { Strategy = QueueStrategy.RingAll }, "101", "102");
        Ask(ada);
        Queues.LogIn(Tenant, "101", Now);
        Queues.LogIn(Tenant, "102", Now);
        _rig.Run(5);
        var lost = bob.Expect("INVITE");
        var b = bob.Take(lost);
        b.Reply(lost, 180);
        Assert.True(IsBusy("101"));
        var e = Answer(eve, eve.Expect("INVITE"), 41_000);
        bob.TakeCancel(b, lost);
        Assert.Equal((AgentState.Free, AgentState.Talking), (StateOf("101"), StateOf("102")));
        Assert.Equal((false, true), (IsBusy("101"), IsBusy("102")));
        var reached = Answer(ada, ada.Expect("INVITE"), 30_000);
        Assert.Equal("102", Assert.Single(_rig.Calls).CallerNumber);
        e.Send("BYE");
        eve.Expect("200 BYE");
        reached.Reply(ada.Expect("BYE"), 200);
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void Who_does_not_confirm_keeps_waiting()
    {
        var ada = _rig.Phone("100");
        Configure(_sales);
        var caller = ServedPhone.Dial(_rig, ada, "700");
        caller.Press("19");
        Assert.Equal("music:default", caller.Hears);
        Assert.False(Assert.Single(Queues.Waiting(Tenant, "sales", Now)).IsCallback);
        caller.HangUp();
        Assert.Equal([CallerStep.Joined, CallerStep.Left], Steps);
        Assert.Equal("", _rig.Leftovers());
    }

    // The queue calls the number that was presented, or what its setting lets callers type; nobody has the tenant call whom he likes.
    [Theory]
    [InlineData("", "2102#", "")]
    [InlineData("_10X", "2102#", "102")]
    [InlineData("_10X", "2*43#", "")]
    [InlineData("_20X", "2102#", "")]
    public void Another_number_is_called_only_where_the_queue_allows_it(string allowed, string keys, string called)
    {
        var ada = _rig.Phone("100");
        Configure(_sales with { CallbackTo = allowed, CallbackExpiry = TimeSpan.Zero });
        var caller = ServedPhone.Dial(_rig, ada, "700");
        caller.Press("1" + keys);
        _rig.Run(0.5);
        if (called.Length > 0)
            caller.ExpectBye();
        else
            caller.HangUp();
        _rig.Run(10);
        Assert.Equal(called.Length > 0 ? [called] : [], Queues.Callbacks(Tenant, "sales", Now)!.Select(c => c.Number));
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void A_callback_is_given_up_by_order_and_what_is_left_of_another_run_goes_on()
    {
        var (ada, bob) = (_rig.Phone("100"), _rig.Phone("101"));
        Configure(_sales);
        Ask(ada);
        Assert.True(Queues.CancelCallback(Tenant, Callback.Ticket, Now));
        Assert.Equal((CallerStep.CallbackCancelled, LeaveReason.Cancelled), (Told.Last().Kind, Told.Last().Reason!.Value));
        Assert.Null(_stored.Last().Callback);

        var at = _rig.Events.All.Last().At;
        Queues.Restore(Tenant, new QueueCallback("01BEFORE", "sales", "100", "100", 7, at - TimeSpan.FromMinutes(10), 1), Now);
        Queues.Restore(Tenant, new QueueCallback("01GONE", "support", "100", "100", 0, at, 0), Now);
        Assert.Equal((CallerStep.CallbackFailed, "01GONE"), (Told.Last().Kind, Told.Last().Call.Value));
        Assert.Equal(("01GONE", null), _stored.Last());
        Assert.Equal((7, 1, "01BEFORE"), (Callback.Entry.Priority, Callback.Tries, Callback.Entry.Call.Value));
        Assert.InRange(Callback.Waited, TimeSpan.FromMinutes(9.9), TimeSpan.FromMinutes(10.1));
        Queues.LogIn(Tenant, "101", Now);
        _rig.Run(0.5);
        var b = Answer(bob, bob.Expect("INVITE"), 40_000);
        Assert.False(Queues.CancelCallback(Tenant, Callback.Ticket, Now)); // an agent is on the line for it
        var c = Answer(ada, ada.Expect("INVITE"), 30_000);
        c.Send("BYE");
        ada.Expect("200 BYE");
        b.Reply(bob.Expect("BYE"), 200);
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void Who_waits_to_be_called_for_too_long_has_failed_and_that_is_told()
    {
        Configure(_sales with { CallbackExpiry = TimeSpan.FromMinutes(1) });
        Ask(_rig.Phone("100"));
        _rig.Run(61);
        Assert.Equal((CallerStep.CallbackFailed, LeaveReason.Expired), (Told.Last().Kind, Told.Last().Reason!.Value));
        Assert.Empty(Queues.Callbacks(Tenant, "sales", Now)!);
        Assert.Equal("", _rig.Leftovers());
    }

    private QueueDesk Queues => _rig.Exchange.Queues;

    private Moment Now => _rig.Network.Now;

    private CallbackView Callback => Assert.Single(Queues.Callbacks(Tenant, "sales", Now)!);

    private IEnumerable<QueueNotice.Caller> Told => _rig.Events.All.OfType<QueueCallerEvent>().Select(told => told.Step);

    private IEnumerable<CallerStep> Steps => Told.Select(told => told.Kind);

    private AgentState StateOf(string agent) => Queues.Agent(Tenant, agent, Now)!.State;

    private bool IsBusy(string number) => _rig.Exchange.LiveCalls.Any(call => call.Environment.Calls.IsInCall(Tenant, number));

    private void Configure(QueueSettings settings, params string[] agents) =>
        Queues.Configure(new StoredQueue(Tenant, settings, [.. (agents.Length > 0 ? agents : ["101"]).Select(number => new QueueMember(number))]), Now);

    // Presses the key, confirms his own number, and is let go. His call.
    private CallId Ask(ScriptedPhone phone)
    {
        var caller = ServedPhone.Dial(_rig, phone, "700");
        var id = Assert.Single(_rig.Calls).Id;
        caller.Press("11");
        caller.ExpectBye();
        Assert.Contains("queue-callback-confirmed, goodbye", caller.Heard);
        Assert.Contains(caller.Heard, heard => heard.StartsWith("queue-callback-number, spell:", StringComparison.Ordinal));
        return id;
    }

    // The caller is rung, the two talk, and the agent hangs up.
    private void TalkAndEnd(ScriptedPhone agent, PhoneDialog dialog, ScriptedPhone caller)
    {
        var reached = Answer(caller, caller.Expect("INVITE"), 30_000);
        agent.HangUp(dialog, caller, reached);
        Assert.Equal("", _rig.Leftovers());
    }

    private PhoneDialog Answer(ScriptedPhone phone, WireMessage invite, int port)
    {
        var dialog = Talks.Answer(phone, invite, port);
        _rig.Run(0.5);
        return dialog;
    }
}
