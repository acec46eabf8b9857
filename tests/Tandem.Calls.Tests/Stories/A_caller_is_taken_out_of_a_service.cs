using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Calls.Origination;
using Tandem.Calls.Events;
using Tandem.Calls.Ivr;
using Tandem.Calls.Queues;
using Tandem.Calls.Routing;
using Tandem.Calls.Routing.Rules;
using Tandem.Calls.Tenants;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>
/// Commands to a call in which the exchange itself serves the caller: he stays in the service until the target has answered, goes there by a re-INVITE (RFC 5589 §6.1 without a REFER),
/// and the service ends as it does when he leaves.
/// </summary>
public class A_caller_is_taken_out_of_a_service
{
    private static readonly TenantId Tenant = TenantId.Default;

    private readonly ExchangeRig _rig = new();

    public A_caller_is_taken_out_of_a_service()
    {
        _rig.Flows.Add("main", """{ "name": "Main", "start": "menu", "steps": { "menu": { "do": "menu", "prompt": "enter-extension", "tries": 2, "wait": 60, "keys": { "9": "bye" } }, "bye": { "do": "hangup" } } }""");
        _rig.Set(new RoutingDocument
        {
            Rules =
            [
                new RuleBody { Id = "menu", Numbers = ["500"], Actions = [new ActionBody { To = "ivr:main" }] },
                new RuleBody { Id = "closed", Numbers = ["501"], Actions = [new ActionBody { To = "play:closed" }] },
                new RuleBody { Id = "box", Numbers = ["502"], Actions = [new ActionBody { To = "voicemail:103" }] },
                new RuleBody { Id = "slot", Numbers = ["503"], Actions = [new ActionBody { To = "park:705" }] },
            ],
        }.Normalized());
        _rig.Exchange.Queues.Configure(new StoredQueue(Tenant, new QueueSettings { Name = "sales", Number = "700", JoinWithoutAgents = true }, [new("101")]), _rig.Network.Now);
        _rig.Exchange.Queues.Configure(new StoredQueue(Tenant, new QueueSettings { Name = "other", Number = "760", JoinWithoutAgents = true }, []), _rig.Network.Now);
        _rig.Media.PlaysEnd = false;
    }

    [Theory]
    [InlineData("*43", 0)]
    [InlineData("*6800", 1)]
    [InlineData("700", 0)]
    [InlineData("700", 1)]
    [InlineData("500", 0)]
    [InlineData("501", 1)]
    [InlineData("502", 0)]
    [InlineData("503", 1)]
    public async Task He_stays_until_the_target_has_answered_and_then_talks_to_it(string service, int shard)
    {
        var ada = ServedPhone.Dial(_rig, _rig.Phone("100"), service, shard);
        var cleo = _rig.Phone("102");
        var before = _rig.Calls.Single().Id;
        var heard = ada.Hears;
        var begun = await _rig.CommandAsync(new TransferCommand(CallSide.Caller, "102"));
        Assert.Equal(CommandResult.Begun, begun.Result);
        var invite = cleo.Expect("INVITE");
        Assert.Contains("sip:100@", invite["From"], StringComparison.Ordinal);
        var c = cleo.Take(invite);
        c.Reply(invite, 180);
        _rig.Run(3);
        Assert.Equal((heard, 2), (ada.Hears, _rig.Calls.Count));
        Assert.Empty(ada.Phone.Unread);
        var again = await _rig.CommandAsync(new TransferCommand(CallSide.Caller, "103"), before);
        Assert.Equal((CommandResult.Refused, "The call is being transferred already, or one of its phones is not settled"), (again.Result, again.Text));

        c.Reply(invite, 200, Sdp.Audio(port: 50000));
        cleo.Expect("ACK");
        ada.Phone.TakeReinvite(ada.Dialog, 30000);
        _rig.Run(1);
        Assert.Equal((CommandOutcome.Done, 200), (_rig.OutcomeOf(begun)!.Outcome, _rig.OutcomeOf(begun)!.SipStatus));
        Assert.Equal("30000-50000", _rig.Connected());
        var now = Assert.Single(_rig.Calls);
        Assert.Equal(("100", "102", CallState.Established), (now.CallerNumber, now.CalleeNumber, now.State));
        Assert.Equal((before, now.Id), Assert.Single(_rig.Events.All.OfType<CallTransferred>().Select(told => (told.Call.Id, told.NewCall))));
        Assert.Equal((EndReason.Transferred, (CallId?)now.Id), (_rig.Events.Record.Verdict.Reason, _rig.Events.Record.TransferredTo));
        Assert.Empty(_rig.Exchange.Parked(Tenant));

        ada.Phone.HangUp(ada.Dialog, cleo, c);
        Assert.Equal([EndReason.Transferred, EndReason.Completed], _rig.Events.Records.Select(record => record.Verdict.Reason));
        Assert.Equal("", _rig.Leftovers());
    }

    /// <summary>A menu says so in its trace, a queue counts nobody as having given up, a room sees a member leave.</summary>
    [Fact]
    public async Task The_service_says_why_he_left()
    {
        await GoAsync("500");
        var step = Assert.Single(_rig.Events.All.OfType<IvrStepped>()).Report;
        Assert.Equal(("menu", IvrStepResult.Gone, "transferred by a command"), (step.Step, step.Result, step.Detail));

        await GoAsync("700");
        var left = _rig.Events.All.OfType<QueueCallerEvent>().Select(told => told.Step).Single(told => told.Kind == CallerStep.Left);
        Assert.Equal(LeaveReason.Transferred, left.Reason);
        var figures = _rig.Exchange.Queues.Figures(Tenant, "sales", _rig.Network.Now)!;
        Assert.Equal((1, 0, 0, 0, 0), (figures.Joined, figures.Abandoned, figures.Overflowed, figures.Answered, figures.Waiting));
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public async Task When_the_target_refuses_he_stays_where_he_is()
    {
        var ada = ServedPhone.Dial(_rig, _rig.Phone("100"), "700");
        var cleo = _rig.Phone("102");
        var begun = await _rig.CommandAsync(new TransferCommand(CallSide.Caller, "102"));
        var invite = cleo.Expect("INVITE");
        cleo.Take(invite).Reply(invite, 486);
        cleo.Expect("ACK");
        _rig.Run(1);
        Assert.Equal((CommandOutcome.Failed, 486), (_rig.OutcomeOf(begun)!.Outcome, _rig.OutcomeOf(begun)!.SipStatus));
        Assert.Equal(("music:default", 1), (ada.Hears, _rig.Exchange.Queues.Figures(Tenant, "sales", _rig.Network.Now)!.Waiting));
        Assert.Empty(ada.Phone.Unread);

        // And may be sent somewhere else.
        Assert.Equal(CommandResult.Begun, (await _rig.CommandAsync(new TransferCommand(CallSide.Caller, "echo"))).Result);
        ada.Phone.TakeReinvite(ada.Dialog, 30000);
        _rig.Run(1);
        Assert.Equal("echo", Assert.Single(_rig.Calls).CalleeNumber);
        ada.HangUp();
        Assert.Equal("", _rig.Leftovers());
    }

    [Theory]
    [InlineData("echo", true)]
    [InlineData("room:800", true)]
    [InlineData("queue:other", true)]
    [InlineData("ivr:main", true)]
    [InlineData("voicemail:103", true)]
    [InlineData("park:701", true)]
    [InlineData("play:closed", true)]
    [InlineData("api:desk", true)]
    [InlineData("reject:486", false)]
    [InlineData("107", false)]
    public async Task Every_kind_of_destination_takes_him(string to, bool isTaken)
    {
        var ada = ServedPhone.Dial(_rig, _rig.Phone("100"), "700");
        var begun = await _rig.CommandAsync(new TransferCommand(CallSide.Caller, to));
        if (isTaken)
            ada.Phone.TakeReinvite(ada.Dialog, 30000);
        _rig.Run(1);
        Assert.Equal(isTaken ? CommandOutcome.Done : CommandOutcome.Failed, _rig.OutcomeOf(begun)!.Outcome);
        Assert.Equal(isTaken ? 0 : 1, _rig.Exchange.Queues.Figures(Tenant, "sales", _rig.Network.Now)!.Waiting);
        ada.HangUp();
        Assert.Equal("", _rig.Leftovers());
    }

    [Theory]
    [InlineData("700", "")]
    [InlineData("500", "703")]
    [InlineData("*6800", "")]
    public async Task He_is_parked_and_retrieved(string service, string slot)
    {
        var ada = ServedPhone.Dial(_rig, _rig.Phone("100"), service);
        var begun = await _rig.CommandAsync(new ParkCommand(CallSide.Caller, slot));
        ada.Phone.TakeReinvite(ada.Dialog, 30000);
        _rig.Run(1);
        var at = slot.Length > 0 ? slot : "701";
        Assert.Equal((CommandOutcome.Done, at), (_rig.OutcomeOf(begun)!.Outcome, _rig.OutcomeOf(begun)!.Detail));
        Assert.Equal((at, "100", ""), Assert.Single(_rig.Exchange.Parked(Tenant).Select(parked => (parked.Slot, parked.Number, parked.ParkedBy))));

        var dan = _rig.Phone("103");
        var d = dan.Reach(at, 60000);
        dan.TakeReinvite(d, 61000);
        _rig.Run(1);
        ada.Phone.HangUp(ada.Dialog, dan, d);
        _rig.Run(1);
        Assert.Equal("", _rig.Leftovers());
    }

    /// <summary>A waiting caller and a party of another call are connected, whichever of the two calls is commanded; the other party gets BYE.</summary>
    [Theory]
    [InlineData(true, 0)]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    [InlineData(false, 1)]
    public async Task He_is_bridged_with_a_party_of_another_call(bool isHisCall, int shard)
    {
        var ada = ServedPhone.Dial(_rig, _rig.Phone("100"), "700", shard);
        var waiting = _rig.Calls.Single().Id;
        var (bob, cleo) = (_rig.Phone("101"), _rig.Phone("102"));
        var (b, c) = _rig.Connect(bob, cleo, 40000, 50000, 0);
        var talking = _rig.Calls.Single(call => call.Id != waiting).Id;
        var begun = isHisCall
            ? await _rig.CommandAsync(new BridgeCommand(CallSide.Caller, talking, CallSide.Callee), waiting)
            : await _rig.CommandAsync(new BridgeCommand(CallSide.Callee, waiting, CallSide.Caller), talking);
        Assert.Equal(CommandResult.Begun, begun.Result);
        var (first, second) = isHisCall ? ((cleo, c), (ada.Phone, ada.Dialog)) : ((ada.Phone, ada.Dialog), (cleo, c));
        first.Item1.TakeReinvite(first.Item2, 51000);
        second.Item1.TakeReinvite(second.Item2, 52000);
        b.Reply(bob.Expect("BYE"), 200);
        _rig.Run(1);
        Assert.Equal(CommandOutcome.Done, _rig.OutcomeOf(begun)!.Outcome);
        var now = Assert.Single(_rig.Calls);
        Assert.Equal(isHisCall ? ("100", "102") : ("102", "100"), (now.CallerNumber, now.CalleeNumber));
        Assert.Equal(LeaveReason.Transferred, _rig.Events.All.OfType<QueueCallerEvent>().Single(told => told.Step.Kind == CallerStep.Left).Step.Reason);
        Assert.All(_rig.Events.All.OfType<CallTransferred>(), told => Assert.True(told.NewCall == now.Id || told.Call.Id == talking));
        ada.Phone.HangUp(ada.Dialog, cleo, c);
        Assert.Equal("", _rig.Leftovers());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Two_who_wait_are_bridged(int shard)
    {
        var ada = ServedPhone.Dial(_rig, _rig.Phone("100"), "700", 0);
        var first = _rig.Calls.Single().Id;
        var dan = ServedPhone.Dial(_rig, _rig.Phone("103"), "*6800", shard);
        var second = _rig.Calls.Single(call => call.Id != first).Id;
        var begun = await _rig.CommandAsync(new BridgeCommand(CallSide.Caller, second, CallSide.Caller), first);
        var third = await _rig.CommandAsync(new BridgeCommand(CallSide.Caller, second, CallSide.Caller), first);
        Assert.Equal((CommandResult.Begun, CommandResult.Refused), (begun.Result, third.Result));
        dan.Phone.TakeReinvite(dan.Dialog, 51000);
        ada.Phone.TakeReinvite(ada.Dialog, 52000);
        _rig.Run(1);
        Assert.Equal(CommandOutcome.Done, _rig.OutcomeOf(begun)!.Outcome);
        ada.Phone.HangUp(ada.Dialog, dan.Phone, dan.Dialog);
        _rig.Run(1);
        Assert.Equal("", _rig.Leftovers());
    }

    /// <summary>Attended, without a partner who could consult: the target is called to the echo, and bridged with him when it has answered.</summary>
    [Fact]
    public async Task A_target_that_was_called_first_is_bridged_with_him()
    {
        var ada = ServedPhone.Dial(_rig, _rig.Phone("100"), "700");
        var waiting = _rig.Calls.Single().Id;
        var cleo = _rig.Phone("102");
        var order = new OriginationOrder { From = new Destination.Number("102"), To = new Destination.Echo(), FromNumber = "102", ToNumber = "*43" };
        var task = _rig.Exchange.OriginateAsync(Tenant, order);
        Assert.True(_rig.Network.RunUntil(() => task.IsCompleted, TimeSpan.FromSeconds(5)));
        var c = cleo.Answer(cleo.Expect("INVITE"), 50000);
        _rig.Run(1);
        var begun = await _rig.CommandAsync(new BridgeCommand(CallSide.Caller, waiting, CallSide.Caller), (await task).Call!.Id);
        ada.Phone.TakeReinvite(ada.Dialog, 31000);
        cleo.TakeReinvite(c, 51000);
        _rig.Run(1);
        Assert.Equal(CommandOutcome.Done, _rig.OutcomeOf(begun)!.Outcome);
        Assert.Equal(("102", "100"), (Assert.Single(_rig.Calls).CallerNumber, _rig.Calls[0].CalleeNumber));
        ada.Phone.HangUp(ada.Dialog, cleo, c);
        Assert.Equal("", _rig.Leftovers());
    }

    /// <summary>An agent whose phone rings for him is called off; one who was quicker than the target talks to him until the target has answered.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_agent_who_rings_is_called_off_and_one_who_talks_gets_BYE(bool agentAnswers)
    {
        var bob = _rig.Phone("101");
        _rig.Exchange.Queues.LogIn(Tenant, "101", _rig.Network.Now);
        var ada = ServedPhone.Dial(_rig, _rig.Phone("100"), "700");
        var rung = bob.Expect("INVITE");
        var b = bob.Take(rung);
        b.Reply(rung, 180);
        var cleo = _rig.Phone("102");
        var begun = await _rig.CommandAsync(new TransferCommand(CallSide.Caller, "102"));
        var invite = cleo.Expect("INVITE");
        var c = cleo.Take(invite);
        if (agentAnswers)
        {
            b.Reply(rung, 200, Sdp.Audio(port: 40000));
            bob.Expect("ACK");
            _rig.Run(1);
        }

        c.Reply(invite, 200, Sdp.Audio(port: 50000));
        cleo.Expect("ACK");
        ada.Phone.TakeReinvite(ada.Dialog, 30000);
        if (agentAnswers)
            b.Reply(bob.Expect("BYE"), 200);
        else
            bob.TakeCancel(b, rung);
        _rig.Run(1);
        Assert.Equal(CommandOutcome.Done, _rig.OutcomeOf(begun)!.Outcome);
        var figures = _rig.Exchange.Queues.Figures(Tenant, "sales", _rig.Network.Now)!;
        Assert.Equal((agentAnswers ? 1 : 0, 0), (figures.Answered, figures.Abandoned));
        ada.Phone.HangUp(ada.Dialog, cleo, c);
        Assert.Equal("", _rig.Leftovers());
    }

    /// <summary>Who may command calls may not act as the extension: what a phone sets by a code is not set for a caller who was sent to the code.</summary>
    [Theory]
    [InlineData("*43")]
    [InlineData("700")]
    public async Task A_code_does_nothing_for_who_did_not_dial_it(string service)
    {
        var ada = ServedPhone.Dial(_rig, _rig.Phone("100"), service);
        var begun = await _rig.CommandAsync(new TransferCommand(CallSide.Caller, "*72102"));
        Assert.Equal(CommandResult.Begun, begun.Result);
        ada.Phone.TakeReinvite(ada.Dialog, 30000);
        _rig.Run(1);
        Assert.Null(_rig.Routing.FeaturesOf(Tenant, "100"));
        ada.HangUp();
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public async Task When_he_hangs_up_meanwhile_the_target_rings_no_longer()
    {
        var ada = ServedPhone.Dial(_rig, _rig.Phone("100"), "500");
        var cleo = _rig.Phone("102");
        var begun = await _rig.CommandAsync(new TransferCommand(CallSide.Caller, "102"));
        var invite = cleo.Expect("INVITE");
        var c = cleo.Take(invite);
        c.Reply(invite, 180);
        ada.HangUp();
        cleo.TakeCancel(c, invite);
        _rig.Run(1);
        Assert.NotEqual(CommandOutcome.Done, _rig.OutcomeOf(begun)!.Outcome);
        Assert.Equal("", _rig.Leftovers());
    }

    private async Task GoAsync(string service)
    {
        var ada = ServedPhone.Dial(_rig, _rig.Phone("100"), service);
        await _rig.CommandAsync(new TransferCommand(CallSide.Caller, "echo"));
        ada.Phone.TakeReinvite(ada.Dialog, 30000);
        _rig.Run(1);
        ada.HangUp();
    }
}
