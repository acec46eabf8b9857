using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Events;
using Tandem.Calls.Routing;
using Tandem.Calls.Tenants;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>Bob talks to Ada and consults Cleo: neither phone of the first call is asked for anything until Ada goes to Cleo.</summary>
public class A_program_steers_an_attended_transfer
{
    [Fact]
    public async Task The_partner_goes_to_the_third_party()
    {
        var (call, cleo, c, first) = await ConsultAsync();
        var rig = call.Rig;
        var sound = rig.Media.Open.First().Sound;
        Assert.Equal("music:default", sound.Playing(CallSide.Caller)?.Prompt);
        Assert.Equal(2, Assert.Single(rig.Media.Mixes).Members.Count);
        var complete = await CommandAsync(rig, first, new DecideCommand(ConsultStep.Complete));
        Assert.Equal(CommandResult.Begun, complete.Result);
        call.Ada.TakeReinvite(call.A, 30000);
        call.B.Reply(call.Bob.Expect("BYE"), 200);
        rig.Run(1);
        Assert.Equal(CommandOutcome.Done, Ended(rig, complete).Outcome);
        var now = Assert.Single(rig.Calls);
        Assert.Equal(("102", "100", "101", (CallId?)first), (now.CallerNumber, now.CalleeNumber, now.TransferredBy, now.TransferredFrom));
        Assert.Equal("50000-30000", rig.Connected());
        Assert.Empty(rig.Media.Mixes);
        Assert.Empty(cleo.Unread);
        Assert.Equal((EndReason.Transferred, (CallId?)now.Id), (rig.Events.Record.Verdict.Reason, rig.Events.Record.TransferredTo));
        call.Ada.HangUp(call.A, cleo, c);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public async Task The_third_party_is_let_go_and_the_two_talk_again()
    {
        var (call, cleo, c, first) = await ConsultAsync();
        Assert.Equal(CommandResult.Done, (await CommandAsync(call.Rig, first, new DecideCommand(ConsultStep.Cancel))).Result);
        c.Reply(cleo.Expect("BYE"), 200);
        call.Rig.Run(1);
        Assert.Equal(first, Assert.Single(call.Rig.Calls).Id);
        Assert.Null(call.Rig.Media.Open.Single().Sound.Playing(CallSide.Caller));
        Assert.Empty(call.Rig.Media.Mixes);
        Assert.Equal(CommandResult.Refused, (await CommandAsync(call.Rig, first, new DecideCommand(ConsultStep.Complete))).Result);
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    [Fact]
    public async Task Who_consults_goes_back_and_forth()
    {
        var (call, cleo, c, first) = await ConsultAsync();
        var (one, two) = (call.Rig.Media.Open.First().Sound, call.Rig.Media.Open.Last().Sound);
        await CommandAsync(call.Rig, first, new DecideCommand(ConsultStep.Swap));
        Assert.Equal((null, "music:default"), (one.Playing(CallSide.Caller)?.Prompt, two.Playing(CallSide.Caller)?.Prompt));
        Assert.Single(Assert.Single(call.Rig.Media.Mixes).Members);
        await CommandAsync(call.Rig, first, new DecideCommand(ConsultStep.Swap));
        Assert.Equal(("music:default", null), (one.Playing(CallSide.Caller)?.Prompt, two.Playing(CallSide.Caller)?.Prompt));
        Assert.Equal(2, Assert.Single(call.Rig.Media.Mixes).Members.Count);
        c.Send("BYE");
        cleo.Expect("200 BYE");
        call.Rig.Run(1);
        Assert.Empty(call.Rig.Media.Mixes);
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    [Fact]
    public async Task A_third_party_that_refuses_changes_nothing()
    {
        var call = new TalkingCall();
        var cleo = call.Rig.Phone("102");
        var first = Assert.Single(call.Rig.Calls).Id;
        var consult = await CommandAsync(call.Rig, first, Consult);
        var invite = cleo.Expect("INVITE");
        Assert.Equal(CommandResult.Refused, (await CommandAsync(call.Rig, first, new DecideCommand(ConsultStep.Complete))).Result);
        Assert.Equal(CommandResult.Refused, (await CommandAsync(call.Rig, first, Consult)).Result);
        cleo.Take(invite).Reply(invite, 486);
        cleo.Expect("ACK");
        call.Rig.Run(1);
        Assert.Equal((CommandOutcome.Failed, 486), (Ended(call.Rig, consult).Outcome, Ended(call.Rig, consult).SipStatus));
        Assert.Null(call.Rig.Media.Open.Single().Sound.Playing(CallSide.Caller));
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task When_one_of_the_first_two_goes_the_third_is_let_go(bool isConsulter)
    {
        var (call, cleo, c, _) = await ConsultAsync();
        if (isConsulter)
            call.Bob.HangUp(call.B, call.Ada, call.A);
        else
            call.HangUp();
        c.Reply(cleo.Expect("BYE"), 200);
        Assert.Equal("", call.Rig.Leftovers());
        Assert.Empty(call.Rig.Media.Mixes);
    }

    [Fact]
    public async Task A_partner_that_refuses_to_go_stays()
    {
        var (call, cleo, c, first) = await ConsultAsync();
        var complete = await CommandAsync(call.Rig, first, new DecideCommand(ConsultStep.Complete));
        var reinvite = call.Ada.Expect("INVITE");
        call.A.Reply(reinvite, 488);
        call.Ada.Expect("ACK");
        c.Reply(cleo.Expect("BYE"), 200);
        call.Rig.Run(1);
        Assert.Equal((CommandOutcome.Failed, 488), (Ended(call.Rig, complete).Outcome, Ended(call.Rig, complete).SipStatus));
        Assert.Equal(first, Assert.Single(call.Rig.Calls).Id);
        Assert.Null(call.Rig.Media.Open.Single().Sound.Playing(CallSide.Caller));
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    // The third party is the caller of the call that remains, and the partner its callee: who is kept talks to the party of the other call, nobody hears music, and the two others get BYE.
    [Theory]
    [InlineData(CallSide.Caller, 0)]
    [InlineData(CallSide.Caller, 1)]
    [InlineData(CallSide.Callee, 0)]
    [InlineData(CallSide.Callee, 1)]
    public async Task The_call_that_remains_is_bridged_with_another(CallSide kept, int shard)
    {
        var (call, cleo, c, first) = await ConsultAsync();
        var rig = call.Rig;
        await CommandAsync(rig, first, new DecideCommand(ConsultStep.Complete));
        call.Ada.TakeReinvite(call.A, 30000);
        call.B.Reply(call.Bob.Expect("BYE"), 200);
        rig.Run(1);
        var remaining = Assert.Single(rig.Calls);
        Assert.Equal(("102", "100"), (remaining.CallerNumber, remaining.CalleeNumber));

        var (dan, eve) = (rig.Phone("103"), rig.Phone("104"));
        var (d, e) = rig.Connect(dan, eve, 60000, 61000, shard);
        var other = rig.Calls.Single(one => one.Id != remaining.Id).Id;
        var bridge = await CommandAsync(rig, remaining.Id, new BridgeCommand(kept, other, CallSide.Callee));
        var (who, whose, leaves, leaving) = kept == CallSide.Caller ? (cleo, c, call.Ada, call.A) : (call.Ada, call.A, cleo, c);
        eve.TakeReinvite(e, 61000);
        who.TakeReinvite(whose, 51000);
        leaving.Reply(leaves.Expect("BYE"), 200);
        d.Reply(dan.Expect("BYE"), 200);
        rig.Run(1);

        Assert.Equal(CommandOutcome.Done, Ended(rig, bridge).Outcome);
        var now = Assert.Single(rig.Calls);
        Assert.Equal((kept == CallSide.Caller ? "102" : "100", "104"), (now.CallerNumber, now.CalleeNumber));
        Assert.All(rig.Media.Open, media => Assert.Null(media.Sound.Playing(CallSide.Caller) ?? media.Sound.Playing(CallSide.Callee)));
        Assert.Empty(rig.Media.Mixes);
        Assert.DoesNotContain("30000", kept == CallSide.Caller ? rig.Connected() : "", StringComparison.Ordinal);
        Assert.Contains("61000", rig.Connected(), StringComparison.Ordinal);
        Assert.Contains("51000", rig.Connected(), StringComparison.Ordinal);
        who.HangUp(whose, eve, e);
        Assert.Equal("", rig.Leftovers());
    }

    private static ConsultCommand Consult => new(CallSide.Callee, new Destination.Number("102"), "102");

    private static async Task<(TalkingCall Call, ScriptedPhone Cleo, PhoneDialog C, CallId First)> ConsultAsync()
    {
        var call = new TalkingCall();
        var cleo = call.Rig.Phone("102");
        var first = Assert.Single(call.Rig.Calls).Id;
        var consult = await CommandAsync(call.Rig, first, Consult);
        Assert.Equal(CommandResult.Begun, consult.Result);
        var invite = cleo.Expect("INVITE");
        Assert.Contains("sip:101@", invite["From"], StringComparison.Ordinal);
        var c = cleo.Take(invite);
        c.Reply(invite, 200, Sdp.Audio(port: 50000));
        cleo.Expect("ACK");
        call.Rig.Run(1);
        Assert.Equal(CommandOutcome.Done, Ended(call.Rig, consult).Outcome);
        Assert.Contains(call.Rig.Calls, other => other.Id.Value == Ended(call.Rig, consult).Detail);
        return (call, cleo, c, first);
    }

    private static CallCommandEnded Ended(ExchangeRig rig, CommandReply reply) => Assert.Single(rig.Events.All.OfType<CallCommandEnded>(), e => e.CommandId == reply.CommandId);

    private static async Task<CommandReply> CommandAsync(ExchangeRig rig, CallId id, CallCommand command)
    {
        var task = rig.Exchange.CommandAsync(TenantId.Default, id, command);
        Assert.True(rig.Network.RunUntil(() => task.IsCompleted, TimeSpan.FromSeconds(5)));
        return (await task)!;
    }
}
