using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Events;
using Tandem.Calls.Routing;
using Tandem.Calls.Routing.Rules;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>A call comes to <c>api:desk</c>, at 500, behind which stands the phone 101: what the caller sees, what a program may do, and what happens without one.</summary>
public class A_program_deals_with_a_call
{
    private readonly ExchangeRig _rig = new();
    private readonly ScriptedPhone _ada;
    private readonly ScriptedPhone _bob;

    public A_program_deals_with_a_call()
    {
        _ada = _rig.Phone("100");
        _bob = _rig.Phone("101");
        _rig.Set(new RoutingDocument { Rules = [new RuleBody { Id = "desk", Numbers = ["500"], Actions = [new ActionBody { To = "api:desk", RingSeconds = 10 }, new ActionBody { To = "extension:101" }] }] }.Normalized());
    }

    [Fact]
    public async Task It_rings_answers_plays_and_reads_keys()
    {
        var a = Dial("Subject: order 4711", "X-Customer: 12", "X-Auth-Token: hidden", "Authorization: Digest x=\"y\"");
        _rig.Run(1);
        var waiting = Assert.Single(_rig.Events.All.OfType<CallWaiting>());
        Assert.Equal(("desk", TimeSpan.FromSeconds(10), "100", "500", CallState.Initiated), (waiting.Name, waiting.Limit, waiting.Call.CallerNumber, waiting.Call.CalleeNumber, waiting.Call.State));
        Assert.Equal(["Subject=order 4711", "X-Customer=12"], waiting.Headers.Select(header => $"{header.Key}={header.Value}").Order());

        var ring = await _rig.CommandAsync(new RingCommand());
        Assert.Equal((CommandResult.Done, CallState.Ringing, "desk"), (ring.Result, ring.State.Call.State, ring.State.Program));
        _ada.Expect("180");
        Assert.Equal(CommandResult.Refused, (await _rig.CommandAsync(new RingCommand())).Result);

        var answer = await _rig.CommandAsync(new AnswerCommand());
        Assert.Equal(CommandResult.Begun, answer.Result);
        a.Ack(_ada.Expect("200 INVITE"));
        _rig.Run(1);
        Assert.Equal((CommandOutcome.Done, 200), (_rig.OutcomeOf(answer)!.Outcome, _rig.OutcomeOf(answer)!.SipStatus));
        foreach (var late in new CallCommand[] { new AnswerCommand(), new RingCommand() })
        {
            var refused = await _rig.CommandAsync(late);
            Assert.Equal((CommandResult.Refused, CallState.Established), (refused.Result, refused.State.Call.State));
        }

        var play = await _rig.CommandAsync(new PlayCommand(null, Prompt.Beep, false, ""));
        var collect = await _rig.CommandAsync(new CollectCommand(CallSide.Caller, 4, '#', TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(2)));
        foreach (var key in "42#")
        {
            _rig.Media.Last!.Hear(CallSide.Caller, key);
            _rig.Run(0.2);
        }

        Assert.Equal(CommandOutcome.Done, _rig.OutcomeOf(play)!.Outcome);
        Assert.Equal("42", _rig.OutcomeOf(collect)!.Digits);
        Assert.Equal(CommandResult.Refused, (await _rig.CommandAsync(new CollectCommand(CallSide.Callee, 4, '#', TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(2)))).Result);
        Assert.Equal(CommandResult.Done, (await _rig.CommandAsync(new SendDigitsCommand(CallSide.Caller, "1", 100))).Result);
        Assert.Equal(CommandResult.Done, (await _rig.CommandAsync(new MuteCommand(CallSide.Caller, true))).Result);
        Assert.Equal(CallRecordingState.Recording, (await _rig.CommandAsync(new RecordCommand(RecordingAction.Start))).State.Call.Recording);
        Assert.Equal(CommandResult.Done, (await _rig.CommandAsync(new HangUpCommand())).Result);
        a.Reply(_ada.Expect("BYE"), 200);
        AssertOver();
    }

    // RFC 3960 §3.2: sound before the answer is in a 183 with our description, and the 200 has the same one (RFC 3261 §13.2.1).
    [Fact]
    public async Task What_is_played_before_the_answer_is_early()
    {
        var a = Dial();
        var play = await _rig.CommandAsync(new PlayCommand(CallSide.Caller, Prompt.Beep, false, ""));
        var early = _ada.Expect("183");
        Assert.Contains("m=audio", early.Body, StringComparison.Ordinal);
        _rig.Run(0.1);
        Assert.Equal(CommandOutcome.Done, _rig.OutcomeOf(play)!.Outcome);
        Assert.Null(_rig.Calls.Single().AnsweredAt);
        await _rig.CommandAsync(new AnswerCommand());
        var ok = _ada.Expect("200 INVITE");
        Assert.Equal(early.Body, ok.Body);
        a.Ack(ok);
        HangUp(a);
        AssertOver();
    }

    [Fact]
    public void Without_a_program_the_next_step_comes()
    {
        var a = Dial();
        _bob.ExpectNothing(9);
        _bob.Converse(_ada, a, rings: true);
        AssertOver();
    }

    // Each command begins the time anew.
    [Fact]
    public async Task A_program_that_only_rings_has_as_long_again()
    {
        Dial();
        _rig.Run(8);
        await _rig.CommandAsync(new RingCommand());
        _ada.Expect("180");
        _bob.ExpectNothing(9);
        var invite = _bob.Expect("INVITE");
        _bob.Take(invite).Reply(invite, 486);
        _bob.Expect("ACK");
        _ada.Expect("486");
    }

    // Who has heard us has our answer to his offer: he is answered, and the next phone gets an offer of ours.
    [Fact]
    public async Task Who_has_heard_something_is_answered_before_he_goes_on()
    {
        var a = Dial();
        await _rig.CommandAsync(new PlayCommand(CallSide.Caller, Prompt.Beep, false, ""));
        _ada.Expect("183");
        a.Ack(_ada.Expect("200 INVITE", 15));
        var invite = _bob.Expect("INVITE");
        var b = _bob.Take(invite);
        b.Reply(invite, 200, Sdp.Audio(port: 40000));
        _bob.Expect("ACK");
        _rig.Run(1);
        _ada.HangUp(a, _bob, b);
        AssertOver();
    }

    [Theory]
    [InlineData(Cause.UserBusy, 486)]
    [InlineData(Cause.CallRejected, 403)]
    [InlineData(Cause.UnallocatedNumber, 404)]
    public async Task It_refuses_with_a_cause(int cause, int status)
    {
        var a = Dial();
        Assert.Equal(CommandResult.Done, (await _rig.CommandAsync(new HangUpCommand(cause))).Result);
        a.AckRefusal(_ada.Expect(status.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal((EndReason.ClearedByOperator, cause), (_rig.Events.Record.Verdict.Reason, _rig.Events.Record.Verdict.Cause));
        AssertOver();
    }

    // Before the answer it is as if the plan had said so; when nobody takes it, what stands behind in the plan is tried.
    [Theory]
    [InlineData(200, CommandOutcome.Done)]
    [InlineData(486, CommandOutcome.Failed)]
    public async Task It_sends_a_caller_on_who_is_not_answered(int status, CommandOutcome outcome)
    {
        var cleo = _rig.Phone("102");
        var a = Dial();
        var transfer = await _rig.CommandAsync(new TransferCommand(CallSide.Caller, "extension:102"));
        Assert.Equal(CommandResult.Begun, transfer.Result);
        var invite = cleo.Expect("INVITE");
        var c = cleo.Take(invite);
        if (status == 200)
        {
            c.Reply(invite, 200, Sdp.Audio(port: 50000));
            cleo.Expect("ACK");
            a.Ack(_ada.Expect("200 INVITE"));
            _rig.Run(1);
            _ada.HangUp(a, cleo, c);
        }
        else
        {
            c.Reply(invite, status);
            cleo.Expect("ACK");
            _bob.Converse(_ada, a);
        }

        Assert.Equal((outcome, status), (_rig.OutcomeOf(transfer)!.Outcome, _rig.OutcomeOf(transfer)!.SipStatus));
        AssertOver();
    }

    [Theory]
    [InlineData("extension:102")]
    [InlineData("102")]
    public async Task It_sends_an_answered_caller_on(string to)
    {
        var cleo = _rig.Phone("102");
        var a = await AnsweredAsync();
        var transfer = await _rig.CommandAsync(new TransferCommand(CallSide.Caller, to));
        var invite = cleo.Expect("INVITE");
        var c = cleo.Take(invite);
        Assert.Equal(CommandResult.Refused, (await _rig.CommandAsync(new TransferCommand(CallSide.Caller, to))).Result);
        c.Reply(invite, 200, Sdp.Audio(port: 50000));
        cleo.Expect("ACK");
        _rig.Run(1);
        Assert.Equal(CommandOutcome.Done, _rig.OutcomeOf(transfer)!.Outcome);
        Assert.Equal((null, CommandResult.Begun), ((await _rig.CommandAsync(new PlayCommand(null, Prompt.Beep, false, ""))) is var both ? both.State.Program : "", both.Result));
        _ada.HangUp(a, cleo, c);
        AssertOver();
    }

    [Fact]
    public async Task A_caller_whom_nobody_takes_stays_with_the_program()
    {
        var a = await AnsweredAsync();
        var transfer = await _rig.CommandAsync(new TransferCommand(CallSide.Caller, "109"));
        _rig.Run(1);
        Assert.Equal(CommandOutcome.Failed, _rig.OutcomeOf(transfer)!.Outcome);
        Assert.Equal("desk", (await _rig.CommandAsync(new PlayCommand(null, Prompt.Beep, false, ""))).State.Program);
        var echo = await _rig.CommandAsync(new TransferCommand(CallSide.Caller, "echo"));
        _rig.Run(1);
        Assert.Equal(CommandOutcome.Done, _rig.OutcomeOf(echo)!.Outcome);
        Assert.Equal([CallSide.Caller], _rig.Media.Last!.Sound.Echoes);
        HangUp(a);
        AssertOver();
    }

    // RFC 3891: the caller takes the place of one of two others.
    [Fact]
    public async Task It_connects_a_caller_with_a_party_of_another_call()
    {
        var a = await AnsweredAsync();
        var first = _rig.Calls.Single().Id;
        var (cleo, dora) = (_rig.Phone("102"), _rig.Phone("103"));
        var (c, d) = _rig.Connect(cleo, dora, 50000, 60000);
        var bridge = await _rig.CommandAsync(new BridgeCommand(CallSide.Caller, _rig.Calls.Single(x => x.CallerNumber == "102").Id, CallSide.Callee), first);
        Assert.Equal(CommandResult.Begun, bridge.Result);
        dora.TakeReinvite(d, 60000);
        c.Reply(cleo.Expect("BYE"), 200);
        _rig.Run(1);
        Assert.Equal(CommandOutcome.Done, _rig.OutcomeOf(bridge)!.Outcome);
        _ada.HangUp(a, dora, d);
        AssertOver();
    }

    [Fact]
    public void A_caller_who_gives_up_leaves_nothing()
    {
        var a = Dial();
        _rig.Run(1);
        a.Cancel();
        _ada.Expect("200 CANCEL");
        a.AckRefusal(_ada.Expect("487"));
        AssertOver();
    }

    [Fact]
    public async Task A_call_that_waits_for_nobody_cannot_be_answered()
    {
        Dial("101");
        _bob.Expect("INVITE");
        foreach (var command in new CallCommand[] { new RingCommand(), new AnswerCommand() })
            Assert.Equal((CommandResult.Refused, CallState.Initiated), ((await _rig.CommandAsync(command)) is var reply ? reply.Result : default, reply.State.Call.State));
    }

    private PhoneDialog Dial(params string[] headers)
    {
        var number = headers is [var only] && !only.Contains(':', StringComparison.Ordinal) ? only : "500";
        var dialog = _ada.Dial(number);
        dialog.Invite(Sdp.Audio(port: 30000), number == "500" ? headers : []);
        _rig.Run(0.1);
        return dialog;
    }

    private async Task<PhoneDialog> AnsweredAsync()
    {
        var a = Dial();
        await _rig.CommandAsync(new AnswerCommand());
        a.Ack(_ada.Expect("200 INVITE"));
        _rig.Run(0.1);
        return a;
    }

    private void HangUp(PhoneDialog dialog)
    {
        dialog.Send("BYE");
        _ada.Expect("200 BYE");
    }

    private void AssertOver() => Assert.Equal("", _rig.Leftovers());
}
