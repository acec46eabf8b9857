using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Routing.Rules;
using Tandem.Calls.Tenants;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>Commands hold a caller whom only the exchange serves: 500 is a program of the tenant (<c>api:desk</c>), *6800 a room, *43 an echo.</summary>
public class A_caller_alone_is_held
{
    private readonly ExchangeRig _rig = new();
    private readonly ScriptedPhone _ada;

    public A_caller_alone_is_held()
    {
        _ada = _rig.Phone("100");
        _rig.Set(new RoutingDocument { Rules = [new RuleBody { Id = "desk", Numbers = ["500"], Actions = [new ActionBody { To = "api:desk", RingSeconds = 10 }] }] }.Normalized());
    }

    // RFC 3264 §8.4: who is held is offered sendonly, so that there may be music.
    [Theory]
    [InlineData("500")]
    [InlineData("*6800")]
    public async Task The_phone_is_told_and_the_rest_waits(string number)
    {
        var a = await AnsweredAsync(number);
        var hold = await _rig.CommandAsync(new HoldCommand(CallSide.Caller, true));
        Assert.Equal(CommandResult.Begun, hold.Result);
        Agree(a, "sendonly", "recvonly");
        Assert.Equal((CommandOutcome.Done, 200), (_rig.OutcomeOf(hold)!.Outcome, _rig.OutcomeOf(hold)!.SipStatus));
        var twice = await _rig.CommandAsync(new HoldCommand(CallSide.Caller, true));
        Assert.Equal((CommandResult.Refused, true, false), (twice.Result, twice.State.Call.HeldByCallee, twice.State.Call.HeldByCaller));

        // A refresh of the phone leaves it on hold: it says nothing new, and gets no more than it has.
        a.Send("INVITE", Sdp.Audio(port: 30000));
        var answer = _ada.Expect("200 INVITE");
        Assert.Equal("sendonly", Sdp.DirectionOf(answer.Body));
        a.Ack(answer);
        _rig.Run(0.1);
        Assert.True(_rig.Calls.Single().HeldByCallee);

        var back = await _rig.CommandAsync(new HoldCommand(CallSide.Caller, false));
        Agree(a, "sendrecv", "sendrecv");
        Assert.Equal(CommandOutcome.Done, _rig.OutcomeOf(back)!.Outcome);
        Assert.Equal((CommandResult.Refused, false), ((await _rig.CommandAsync(new HoldCommand(CallSide.Caller, false))) is var late ? late.Result : default, late.State.Call.HeldByCallee));
        HangUp(a);
    }

    [Fact]
    public async Task What_plays_ends_and_nothing_more_begins()
    {
        var a = await AnsweredAsync("500");
        var play = await _rig.CommandAsync(new PlayCommand(CallSide.Caller, Prompt.Music(), true, ""));
        var hold = await _rig.CommandAsync(new HoldCommand(CallSide.Caller, true));
        Assert.Equal(CommandOutcome.Cancelled, _rig.OutcomeOf(play)!.Outcome);
        Agree(a, "sendonly", "recvonly");
        Assert.Equal(CommandOutcome.Done, _rig.OutcomeOf(hold)!.Outcome);
        Assert.Equal(CommandResult.Refused, (await _rig.CommandAsync(new PlayCommand(CallSide.Caller, Prompt.Beep, false, ""))).Result);
        HangUp(a);
    }

    [Fact]
    public async Task A_phone_that_does_not_agree_is_where_it_was()
    {
        var a = await AnsweredAsync("500");
        var hold = await _rig.CommandAsync(new HoldCommand(CallSide.Caller, true));
        a.Reply(_ada.Expect("INVITE"), 488);
        _ada.Expect("ACK");
        _rig.Run(0.1);
        Assert.Equal((CommandOutcome.Failed, 488), (_rig.OutcomeOf(hold)!.Outcome, _rig.OutcomeOf(hold)!.SipStatus));
        Assert.False(_rig.Calls.Single().HeldByCallee);
        Assert.Equal(CommandResult.Begun, (await _rig.CommandAsync(new PlayCommand(CallSide.Caller, Prompt.Beep, false, ""))).Result);
        HangUp(a);
    }

    // Who goes on is taken back first: the next phone is not offered a silent line.
    [Fact]
    public async Task Who_is_sent_on_is_taken_back_first()
    {
        var bob = _rig.Phone("101");
        var a = await AnsweredAsync("500");
        await _rig.CommandAsync(new HoldCommand(CallSide.Caller, true));
        Agree(a, "sendonly", "recvonly");
        var transfer = await _rig.CommandAsync(new TransferCommand(CallSide.Caller, "101"));
        Assert.Equal(CommandResult.Refused, (await _rig.CommandAsync(new HoldCommand(CallSide.Caller, true))).Result);
        bob.ExpectNothing(0.3);
        Agree(a, "sendrecv", "sendrecv");
        var invite = bob.Expect("INVITE");
        Assert.Equal("sendrecv", Sdp.DirectionOf(invite.Body));
        var b = bob.Take(invite);
        b.Reply(invite, 200, Sdp.Audio(port: 40000));
        bob.Expect("ACK");
        _rig.Run(0.5);
        Assert.Equal(CommandOutcome.Done, _rig.OutcomeOf(transfer)!.Outcome);
        Assert.False(_rig.Calls.Single().HeldByCallee);
        _ada.HangUp(a, bob, b);
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public async Task Who_does_not_come_back_stays_with_the_program()
    {
        var bob = _rig.Phone("101");
        var a = await AnsweredAsync("500");
        await _rig.CommandAsync(new HoldCommand(CallSide.Caller, true));
        Agree(a, "sendonly", "recvonly");
        var transfer = await _rig.CommandAsync(new TransferCommand(CallSide.Caller, "101"));
        a.Reply(_ada.Expect("INVITE"), 488);
        _ada.Expect("ACK");
        bob.ExpectNothing(1);
        Assert.Equal(CommandOutcome.Failed, _rig.OutcomeOf(transfer)!.Outcome);
        var again = await _rig.CommandAsync(new HoldCommand(CallSide.Caller, true));
        Assert.Equal((CommandResult.Refused, "desk", true), (again.Result, again.State.Program, again.State.Call.HeldByCallee));
        HangUp(a);
    }

    // A service that goes on by its own time would talk to nobody: it says so, with the state that it has.
    [Theory]
    [InlineData("*43")]
    public async Task A_service_that_does_not_wait_refuses(string number)
    {
        var a = await AnsweredAsync(number);
        foreach (var command in new CallCommand[] { new HoldCommand(CallSide.Caller, true), new HoldCommand(CallSide.Callee, true), new PartCommand(true) })
        {
            var refused = await _rig.CommandAsync(command);
            Assert.Equal((CommandResult.Refused, CallState.Established, false), (refused.Result, refused.State.Call.State, refused.State.Call.HeldByCallee));
            Assert.NotEqual("", refused.Text);
        }

        Assert.Equal(CommandResult.Done, (await _rig.CommandAsync(new MuteCommand(CallSide.Caller, true))).Result);
        Assert.Equal(CommandResult.Refused, (await _rig.CommandAsync(new MuteCommand(CallSide.Callee, true))).Result);
        HangUp(a);
    }

    // As in any call: both hear music, and the program goes on with either.
    [Fact]
    public async Task Two_whom_a_program_connected_are_parted_and_go_on()
    {
        var (bob, cleo) = (_rig.Phone("101"), _rig.Phone("102"));
        var a = await AnsweredAsync("500");
        await _rig.CommandAsync(new TransferCommand(CallSide.Caller, "101"));
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 200, Sdp.Audio(port: 40000));
        bob.Expect("ACK");
        _rig.Run(0.5);
        var session = _rig.Media.Last!;
        var parted = await _rig.CommandAsync(new PartCommand(true));
        Assert.Equal((CommandResult.Done, true), (parted.Result, parted.State.IsParted));
        Assert.Equal((Prompt.Music().ToString(), Prompt.Music().ToString()), (session.Sound.Playing(CallSide.Caller)?.Prompt, session.Sound.Playing(CallSide.Callee)?.Prompt));
        Assert.False((await _rig.CommandAsync(new PartCommand(false))).State.IsParted);
        Assert.Equal((null, null), (session.Sound.Playing(CallSide.Caller), session.Sound.Playing(CallSide.Callee)));

        Assert.Equal(CommandResult.Done, (await _rig.CommandAsync(new PartCommand(true))).Result);
        var on = await _rig.CommandAsync(new TransferCommand(CallSide.Caller, "102"));
        var next = cleo.Expect("INVITE");
        var c = cleo.Take(next);
        c.Reply(next, 200, Sdp.Audio(port: 50000));
        cleo.Expect("ACK");
        _ada.TakeReinvite(a, 30000);
        b.Reply(bob.Expect("BYE"), 200);
        _rig.Run(0.5);
        Assert.Equal(CommandOutcome.Done, _rig.OutcomeOf(on)!.Outcome);
        _ada.HangUp(a, cleo, c);
        Assert.Equal("", _rig.Leftovers());
    }

    // Who may command calls may not act as the extension.
    [Fact]
    public async Task A_code_does_nothing_for_who_was_sent_to_it()
    {
        var a = await AnsweredAsync("500");
        var begun = await _rig.CommandAsync(new TransferCommand(CallSide.Caller, "*72102"));
        _rig.Run(0.5);
        Assert.Equal(CommandOutcome.Done, _rig.OutcomeOf(begun)!.Outcome);
        Assert.Null(_rig.Routing.FeaturesOf(TenantId.Default, "100"));
        a.Reply(_ada.Expect("BYE"), 200);
        _rig.Run(0.1);
        Assert.Equal("", _rig.Leftovers());
    }

    private async Task<PhoneDialog> AnsweredAsync(string number)
    {
        var a = _ada.Dial(number);
        a.Invite(Sdp.Audio(port: 30000));
        _rig.Run(0.1);
        if (number == "500")
            await _rig.CommandAsync(new AnswerCommand());
        a.Ack(_ada.Expect("200 INVITE"));
        _rig.Run(0.1);
        return a;
    }

    private void Agree(PhoneDialog a, string offered, string answered)
    {
        var invite = _ada.Expect("INVITE");
        Assert.Equal(offered, Sdp.DirectionOf(invite.Body));
        a.Reply(invite, 200, Sdp.Audio(port: 30000, direction: answered));
        _ada.Expect("ACK");
        _rig.Run(0.2);
    }

    private void HangUp(PhoneDialog a)
    {
        a.Send("BYE");
        _ada.Expect("200 BYE");
        Assert.Equal("", _rig.Leftovers());
    }
}
