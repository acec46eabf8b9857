using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Events;
using Tandem.Calls.Tenants;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>Commands from outside to a call between two phones: what each is answered, what the phones see, what the world is told.</summary>
public class Programs_command_a_call
{
    // RFC 3264 §8.4: the held phone is offered sendonly, by a re-INVITE that the other phone knows nothing of.
    [Theory]
    [InlineData(CallSide.Callee)]
    [InlineData(CallSide.Caller)]
    public async Task A_side_is_held_and_taken_back(CallSide held)
    {
        var call = new TalkingCall();
        var (phone, dialog, port, other) = held == CallSide.Callee ? (call.Bob, call.B, 40000, call.Ada) : (call.Ada, call.A, 30000, call.Bob);
        var begun = await CommandAsync(call.Rig, new HoldCommand(held, true));
        Assert.Equal(CommandResult.Begun, begun.Result);
        var reinvite = phone.Expect("INVITE");
        Assert.Equal("sendonly", Sdp.DirectionOf(reinvite.Body));
        dialog.Reply(reinvite, 200, Sdp.Audio(port: port, direction: "recvonly", version: 2));
        phone.Expect("ACK");
        call.Rig.Run(1);
        var now = Assert.Single(call.Rig.Calls);
        Assert.Equal(held == CallSide.Callee, now.HeldByCaller);
        Assert.Equal(held == CallSide.Caller, now.HeldByCallee);
        AssertEnded(call.Rig, begun, "hold", CommandOutcome.Done, 200);
        Assert.Equal(CommandResult.Refused, (await CommandAsync(call.Rig, new HoldCommand(held, true))).Result);

        // A refresh of the other phone by re-INVITE does not take the hold back.
        var (asker, askerPort) = held == CallSide.Callee ? (call.A, 30000) : (call.B, 40000);
        asker.Invite(Sdp.Audio(port: askerPort, version: 2));
        reinvite = phone.Expect("INVITE");
        Assert.Equal("sendonly", Sdp.DirectionOf(reinvite.Body));
        dialog.Reply(reinvite, 200, Sdp.Audio(port: port, direction: "recvonly", version: 3));
        phone.Expect("ACK");
        asker.Ack(other.Expect("200 INVITE"));

        var back = await CommandAsync(call.Rig, new HoldCommand(held, false));
        Assert.Equal("sendrecv", Sdp.DirectionOf(phone.TakeReinvite(dialog, port, version: 4).Body));
        call.Rig.Run(1);
        now = Assert.Single(call.Rig.Calls);
        Assert.False(now.HeldByCaller || now.HeldByCallee);
        AssertEnded(call.Rig, back, "unhold", CommandOutcome.Done, 200);
        Assert.Equal(CommandResult.Refused, (await CommandAsync(call.Rig, new HoldCommand(held, false))).Result);
        Assert.Empty(other.Unread);
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    // RFC 3261 §14.1: a refused re-INVITE leaves the session as it was, and so does the command.
    [Fact]
    public async Task A_phone_that_refuses_stays_as_it_was()
    {
        var call = new TalkingCall();
        var begun = await CommandAsync(call.Rig, new HoldCommand(CallSide.Callee, true));
        var reinvite = call.Bob.Expect("INVITE");
        call.B.Reply(reinvite, 488);
        call.Bob.Expect("ACK");
        call.Rig.Run(1);
        AssertEnded(call.Rig, begun, "hold", CommandOutcome.Failed, 488);
        Assert.False(Assert.Single(call.Rig.Calls).HeldByCaller);
        Assert.Empty(call.Rig.Media.Last!.Holding);
        Assert.False(call.Rig.Media.Last!.HasOpenOffer);
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    // Two commands cross: the last one counts, the other hears that it was overtaken.
    [Fact]
    public async Task Unhold_overtakes_a_hold_that_the_phone_has_not_answered()
    {
        var call = new TalkingCall();
        var hold = await CommandAsync(call.Rig, new HoldCommand(CallSide.Callee, true));
        var reinvite = call.Bob.Expect("INVITE");
        var unhold = await CommandAsync(call.Rig, new HoldCommand(CallSide.Callee, false));
        AssertEnded(call.Rig, hold, "hold", CommandOutcome.Cancelled, 0);
        call.B.Reply(reinvite, 200, Sdp.Audio(port: 40000, direction: "recvonly", version: 2));
        call.Bob.Expect("ACK");
        Assert.Equal("sendrecv", Sdp.DirectionOf(call.Bob.TakeReinvite(call.B, 40000, version: 3).Body));
        call.Rig.Run(1);
        AssertEnded(call.Rig, unhold, "unhold", CommandOutcome.Done, 200);
        Assert.False(Assert.Single(call.Rig.Calls).HeldByCaller);
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    [Fact]
    public async Task A_call_that_ends_meanwhile_ends_the_command_first()
    {
        var call = new TalkingCall();
        var hold = await CommandAsync(call.Rig, new HoldCommand(CallSide.Callee, true));
        var reinvite = call.Bob.Expect("INVITE");
        call.A.Send("BYE");
        call.Ada.Expect("200 BYE");
        AssertEnded(call.Rig, hold, "hold", CommandOutcome.Cancelled, 0);
        Assert.True(IndexOf<CallCommandEnded>(call.Rig) < IndexOf<CallEnded>(call.Rig));
        call.Bob.Expect("BYE");
        Assert.Equal("INVITE", reinvite.Method);
        Assert.Null(await TryCommandAsync(call.Rig, call.Rig.Events.Record.Id, new HangUpCommand()));
    }

    [Fact]
    public async Task A_mute_is_heard_at_once_and_shown()
    {
        var call = new TalkingCall();
        var reply = await CommandAsync(call.Rig, new MuteCommand(CallSide.Caller, true));
        Assert.Equal((CommandResult.Done, true, false), (reply.Result, reply.State.CallerMuted, reply.State.CalleeMuted));
        Assert.Equal([CallSide.Caller], call.Rig.Media.Last!.Sound.Muted);
        Assert.Equal(CommandResult.Refused, (await CommandAsync(call.Rig, new MuteCommand(CallSide.Caller, true))).Result);
        reply = await CommandAsync(call.Rig, new MuteCommand(CallSide.Caller, false));
        Assert.Equal((CommandResult.Done, false), (reply.Result, reply.State.CallerMuted));
        Assert.Empty(call.Rig.Media.Last!.Sound.Muted);
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    [Theory]
    [InlineData("12#", 100, CommandResult.Done)]
    [InlineData("", 100, CommandResult.Invalid)]
    [InlineData("1x", 100, CommandResult.Invalid)]
    [InlineData("123456789012345678901234567890123", 100, CommandResult.Invalid)]
    [InlineData("1", 39, CommandResult.Invalid)]
    [InlineData("1", 5001, CommandResult.Invalid)]
    public async Task Keys_are_sent_when_they_are_keys(string digits, int milliseconds, CommandResult result)
    {
        var call = new TalkingCall();
        Assert.Equal(result, (await CommandAsync(call.Rig, new SendDigitsCommand(CallSide.Callee, digits, milliseconds))).Result);
        Assert.Equal(result == CommandResult.Done ? [(CallSide.Callee, digits)] : [], call.Rig.Media.Last!.Sound.Sent);
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    // RFC 5589 §6.1 without a REFER: the target rings with the SDP of who is moved, who gets a re-INVITE; the other one BYE.
    [Theory]
    [InlineData(CallSide.Caller)]
    [InlineData(CallSide.Callee)]
    public async Task A_side_is_transferred(CallSide moved)
    {
        var call = new TalkingCall();
        var cleo = call.Rig.Phone("102");
        var (phone, dialog, port, left, leftDialog) = moved == CallSide.Caller ? (call.Ada, call.A, 30000, call.Bob, call.B) : (call.Bob, call.B, 40000, call.Ada, call.A);
        var begun = await CommandAsync(call.Rig, new TransferCommand(moved, "102"));
        Assert.Equal(CommandResult.Begun, begun.Result);
        var invite = cleo.Expect("INVITE");
        var c = cleo.Take(invite);
        Assert.Equal(CommandResult.Refused, (await CommandAsync(call.Rig, new TransferCommand(moved, "102"), begun.State.Call.Id)).Result);
        Assert.Equal(CommandResult.Refused, (await CommandAsync(call.Rig, new HoldCommand(moved, true), begun.State.Call.Id)).Result);
        c.Reply(invite, 200, Sdp.Audio(port: 50000));
        cleo.Expect("ACK");
        phone.TakeReinvite(dialog, port);
        leftDialog.Reply(left.Expect("BYE"), 200);
        call.Rig.Run(1);
        AssertEnded(call.Rig, begun, "transfer", CommandOutcome.Done, 200);
        var now = Assert.Single(call.Rig.Calls);
        Assert.Equal((phone.Number, "102", left.Number), (now.CallerNumber, now.CalleeNumber, now.TransferredBy));
        phone.HangUp(dialog, cleo, c);
        Assert.Equal("", call.Rig.Leftovers());
    }

    [Fact]
    public async Task A_transfer_to_nobody_leaves_the_call_as_it_was()
    {
        var call = new TalkingCall();
        var begun = await CommandAsync(call.Rig, new TransferCommand(CallSide.Caller, "109"));
        call.Rig.Run(1);
        AssertEnded(call.Rig, begun, "transfer", CommandOutcome.Failed, 480);
        Assert.Equal(CallState.Established, Assert.Single(call.Rig.Calls).State);
        Assert.Equal(CommandResult.Invalid, (await CommandAsync(call.Rig, new TransferCommand(CallSide.Caller, ""))).Result);
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    // RFC 3891: one of each call, on the same shard and on different ones; the two others get BYE.
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    public async Task Two_calls_become_one(int shard, int otherShard)
    {
        var rig = new ExchangeRig();
        var (ada, bob, cleo, dora) = (rig.Phone("100"), rig.Phone("101"), rig.Phone("102"), rig.Phone("103"));
        var (a, b) = rig.Connect(ada, bob, 30000, 40000, shard);
        var (c, d) = rig.Connect(cleo, dora, 50000, 60000, otherShard);
        var (first, second) = (rig.Calls.Single(x => x.CallerNumber == "100"), rig.Calls.Single(x => x.CallerNumber == "102"));
        Assert.Equal(CommandResult.Invalid, (await CommandAsync(rig, new BridgeCommand(CallSide.Caller, first.Id, CallSide.Callee), first.Id)).Result);

        var begun = await CommandAsync(rig, new BridgeCommand(CallSide.Caller, second.Id, CallSide.Callee), first.Id);
        Assert.Equal(CommandResult.Begun, begun.Result);
        dora.TakeReinvite(d, 60000);
        ada.TakeReinvite(a, 30000);
        b.Reply(bob.Expect("BYE"), 200);
        c.Reply(cleo.Expect("BYE"), 200);
        rig.Run(1);
        AssertEnded(rig, begun, "bridge", CommandOutcome.Done, 200);
        var now = Assert.Single(rig.Calls);
        Assert.Equal(("100", "103"), (now.CallerNumber, now.CalleeNumber));
        ada.HangUp(a, dora, d);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public async Task A_bridge_with_a_call_that_is_not_there_is_refused()
    {
        var call = new TalkingCall();
        var reply = await CommandAsync(call.Rig, new BridgeCommand(CallSide.Caller, new CallId("01NOBODY"), CallSide.Callee));
        Assert.Equal((CommandResult.Refused, CallState.Established), (reply.Result, reply.State.Call.State));
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    // RFC 3326: the cause goes to both phones, and into the verdict.
    [Fact]
    public async Task A_call_is_hung_up_with_a_cause()
    {
        var call = new TalkingCall();
        Assert.Equal(CommandResult.Invalid, (await CommandAsync(call.Rig, new HangUpCommand(128))).Result);
        var reply = await CommandAsync(call.Rig, new HangUpCommand(Cause.UserBusy));
        Assert.Equal((CommandResult.Done, CallState.Terminated), (reply.Result, reply.State.Call.State));
        foreach (var (phone, dialog) in new[] { (call.Ada, call.A), (call.Bob, call.B) })
        {
            var bye = phone.Expect("BYE");
            Assert.Equal("Q.850;cause=17", bye["Reason"]);
            dialog.Reply(bye, 200);
        }

        Assert.Equal((EndReason.ClearedByOperator, 17, CallSide.Exchange), (call.Rig.Events.Record.Verdict.Reason, call.Rig.Events.Record.Verdict.Cause, call.Rig.Events.Record.Verdict.EndedBy));
        Assert.Equal("", call.Rig.Leftovers());
    }

    [Theory]
    [InlineData(Cause.UserBusy, 486)]
    [InlineData(Cause.UnallocatedNumber, 404)]
    [InlineData(Cause.NormalClearing, 480)]
    public async Task A_call_that_rings_ends_with_the_status_of_the_cause(int cause, int status)
    {
        var rig = new ExchangeRig();
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        var a = ada.Dial("101");
        a.Invite(Sdp.Audio(port: 30000));
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        ada.Expect("180");
        Assert.Equal(CommandResult.Refused, (await CommandAsync(rig, new HoldCommand(CallSide.Callee, true))).Result);
        Assert.Equal(CommandResult.Refused, (await CommandAsync(rig, new TransferCommand(CallSide.Caller, "102"))).Result);
        Assert.Equal(CommandResult.Refused, (await CommandAsync(rig, new MuteCommand(CallSide.Caller, true))).Result);
        Assert.Equal(CommandResult.Refused, (await CommandAsync(rig, new RecordCommand(RecordingAction.Start))).Result);
        Assert.Equal(CommandResult.Done, (await CommandAsync(rig, new HangUpCommand(cause))).Result);
        var refused = ada.Expect(status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        a.AckRefusal(refused);
        bob.TakeCancel(b, invite);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public async Task A_recording_is_begun_paused_and_ended()
    {
        var call = new TalkingCall();
        Assert.Equal(CallRecordingState.Recording, (await CommandAsync(call.Rig, new RecordCommand(RecordingAction.Start))).State.Call.Recording);
        var again = await CommandAsync(call.Rig, new RecordCommand(RecordingAction.Start));
        Assert.Equal((CommandResult.Refused, "start does not fit a recording that is recording"), (again.Result, again.Text));
        Assert.Equal(CallRecordingState.Paused, (await CommandAsync(call.Rig, new RecordCommand(RecordingAction.Pause))).State.Call.Recording);
        Assert.Equal(CallRecordingState.None, (await CommandAsync(call.Rig, new RecordCommand(RecordingAction.Stop))).State.Call.Recording);
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    [Fact]
    public async Task Another_tenant_has_no_such_call()
    {
        var call = new TalkingCall();
        var id = Assert.Single(call.Rig.Calls).Id;
        var task = call.Rig.Exchange.CommandAsync(new TenantId("other"), id, new HangUpCommand());
        call.Rig.Run(1);
        Assert.Null(await task);
        Assert.Equal(CallState.Established, Assert.Single(call.Rig.Calls).State);
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    private static int IndexOf<T>(ExchangeRig rig) => rig.Events.All.FindIndex(e => e is T);

    private static void AssertEnded(ExchangeRig rig, CommandReply reply, string command, CommandOutcome outcome, int status)
    {
        var told = Assert.Single(rig.Events.All.OfType<CallCommandEnded>(), e => e.CommandId == reply.CommandId);
        Assert.Equal((command, outcome, status), (told.Command, told.Outcome, told.SipStatus));
    }

    private static async Task<CommandReply> CommandAsync(ExchangeRig rig, CallCommand command, CallId? id = null) =>
        (await TryCommandAsync(rig, id ?? Assert.Single(rig.Calls).Id, command))!;

    private static Task<CommandReply?> TryCommandAsync(ExchangeRig rig, CallId id, CallCommand command)
    {
        var task = rig.Exchange.CommandAsync(TenantId.Default, id, command);
        Assert.True(rig.Network.RunUntil(() => task.IsCompleted, TimeSpan.FromSeconds(5)));
        return task;
    }
}
