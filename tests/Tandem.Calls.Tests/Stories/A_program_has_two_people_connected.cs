using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Calls.Origination;
using Tandem.Calls.Events;
using Tandem.Calls.Routing;
using Tandem.Calls.Tenants;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>Click-to-call: who is named first is rung first, hears the ring back, and is connected onward.</summary>
public class A_program_has_two_people_connected
{
    [Fact]
    public async Task The_first_is_rung_and_then_connected()
    {
        var rig = new ExchangeRig();
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        var begun = await OriginateAsync(rig, "100", "101");
        Assert.Equal((CommandResult.Begun, "100", "101"), (begun.Result, begun.Call!.CallerNumber, begun.Call.CalleeNumber));
        var invite = ada.Expect("INVITE");
        Assert.Contains("sip:101@", invite["From"], StringComparison.Ordinal);
        var a = ada.Take(invite);
        a.Reply(invite, 180);
        rig.Run(1);
        Assert.Equal(CallState.Ringing, Assert.Single(rig.Calls).State);
        Assert.Empty(bob.Unread);
        a.Reply(invite, 200, Sdp.Audio(port: 30000));
        ada.Expect("ACK");

        var onward = bob.Expect("INVITE");
        Assert.Contains("sip:100@", onward["From"], StringComparison.Ordinal);
        Assert.Equal("tone:ringback", rig.Media.Last!.Sound.Playing(CallSide.Caller)?.Prompt);
        var b = bob.Take(onward);
        b.Reply(onward, 180);
        b.Reply(onward, 200, Sdp.Audio(port: 40000));
        bob.Expect("ACK");
        rig.Run(1);
        Assert.Null(rig.Media.Last!.Sound.Playing(CallSide.Caller));
        Assert.Equal((30000, 40000), (Sdp.PortOf(rig.Media.Last!.InForce(CallSide.Caller)), Sdp.PortOf(rig.Media.Last!.InForce(CallSide.Callee))));
        AssertEnded(rig, begun, CommandOutcome.Done, 200);

        // It is a call like any other.
        var hold = rig.Exchange.CommandAsync(TenantId.Default, begun.Call.Id, new HoldCommand(CallSide.Callee, true));
        bob.TakeReinvite(b, 40000);
        Assert.Equal(CommandResult.Begun, (await hold)!.Result);
        ada.HangUp(a, bob, b);
        Assert.Equal("", rig.Leftovers());
        Assert.Equal(("100", "101", EndReason.Completed, CallSide.Caller), (rig.Events.Record.CallerNumber, rig.Events.Record.CalleeNumber, rig.Events.Record.Verdict.Reason, rig.Events.Record.Verdict.EndedBy));
    }

    [Fact]
    public async Task What_the_program_gave_along_is_in_the_event()
    {
        var rig = new ExchangeRig();
        var begun = await OriginateAsync(rig, "100", "101", o => o with { Variables = new Dictionary<string, string> { ["case"] = "4711" } });
        rig.Run(1);
        AssertEnded(rig, begun, CommandOutcome.Failed, 480);
        Assert.Equal("4711", rig.Events.All.OfType<CallCommandEnded>().Single().Variables!["case"]);
        Assert.Equal("", rig.Leftovers());
    }

    [Theory]
    [InlineData(486, 486, "tone:busy")]
    [InlineData(603, 603, "tone:congestion")]
    public async Task Whom_the_other_refuses_hears_why_and_is_let_go(int status, int told, string tone)
    {
        var rig = new ExchangeRig();
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        var begun = await OriginateAsync(rig, "100", "101");
        var a = Answer(ada, 30000);
        var invite = bob.Expect("INVITE");
        bob.Take(invite).Reply(invite, status);
        bob.Expect("ACK");
        a.Reply(ada.Expect("BYE"), 200);
        AssertEnded(rig, begun, CommandOutcome.Failed, told);
        Assert.Equal("", rig.Leftovers());
        Assert.Single(rig.Events.Records);
        Assert.Contains(rig.Events.All, e => e is CallEnded);
        Assert.Equal(tone, LastPlayed(rig));
    }

    [Fact]
    public async Task Who_does_not_answer_is_rung_for_as_long_as_was_asked()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var begun = await OriginateAsync(rig, "100", "101", o => o with { RingTimeout = TimeSpan.FromSeconds(7) });
        var invite = ada.Expect("INVITE");
        var a = ada.Take(invite);
        a.Reply(invite, 180);
        ada.TakeCancel(a, invite, 8);
        AssertEnded(rig, begun, CommandOutcome.Failed, 480);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public async Task Who_goes_while_the_other_rings_cancels_that()
    {
        var rig = new ExchangeRig();
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        var begun = await OriginateAsync(rig, "100", "101");
        var a = Answer(ada, 30000);
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 180);
        a.Send("BYE");
        ada.Expect("200 BYE");
        bob.TakeCancel(b, invite);
        AssertEnded(rig, begun, CommandOutcome.Cancelled, 0);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public async Task All_phones_of_the_first_ring_and_one_wins()
    {
        var rig = new ExchangeRig();
        var (desk, mobile) = (rig.Phone("100"), rig.Phone("100"));
        var begun = await OriginateAsync(rig, "100", "*43");
        var lost = desk.Expect("INVITE");
        var won = mobile.Expect("INVITE");
        var d = desk.Take(lost);
        d.Reply(lost, 180);
        var m = mobile.Take(won);
        m.Reply(won, 200, Sdp.Audio(port: 30000));
        mobile.Expect("ACK");
        desk.TakeCancel(d, lost);
        rig.Run(1);
        AssertEnded(rig, begun, CommandOutcome.Done, 200);
        Assert.Equal([CallSide.Caller], rig.Media.Last!.Sound.Echoes);
        m.Send("BYE");
        mobile.Expect("200 BYE");
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public async Task A_program_can_end_it_while_the_first_rings()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var begun = await OriginateAsync(rig, "100", "101");
        var invite = ada.Expect("INVITE");
        var a = ada.Take(invite);
        a.Reply(invite, 180);
        rig.Run(1);
        var hangUp = rig.Exchange.CommandAsync(TenantId.Default, begun.Call!.Id, new HangUpCommand());
        ada.TakeCancel(a, invite);
        Assert.Equal(CommandResult.Done, (await hangUp)!.Result);
        AssertEnded(rig, begun, CommandOutcome.Cancelled, 0);
        Assert.Equal("", rig.Leftovers());
    }

    [Fact]
    public async Task More_than_the_exchange_takes_are_refused()
    {
        var rig = new ExchangeRig(CallOptions.Default with { MaxCalls = 1 });
        var ada = rig.Phone("100");
        await OriginateAsync(rig, "100", "101");
        Assert.Equal(CommandResult.Unavailable, (await OriginateAsync(rig, "100", "101")).Result);
        var a = Answer(ada, 30000);
        a.Reply(ada.Expect("BYE"), 200);
        Assert.Equal("", rig.Leftovers());
    }

    private static PhoneDialog Answer(ScriptedPhone phone, int port)
    {
        var invite = phone.Expect("INVITE");
        var dialog = phone.Take(invite);
        dialog.Reply(invite, 200, Sdp.Audio(port: port));
        phone.Expect("ACK");
        return dialog;
    }

    private static string? LastPlayed(ExchangeRig rig) => rig.Media.Last!.Sound.Plays.LastOrDefault()?.Prompt;

    private static void AssertEnded(ExchangeRig rig, OriginationReply reply, CommandOutcome outcome, int status)
    {
        var told = Assert.Single(rig.Events.All.OfType<CallCommandEnded>(), e => e.CommandId == reply.CommandId);
        Assert.Equal(("originate", outcome, status, reply.Call!.Id), (told.Command, told.Outcome, told.SipStatus, told.Call.Id));
    }

    private static Task<OriginationReply> OriginateAsync(ExchangeRig rig, string from, string to, Func<OriginationOrder, OriginationOrder>? change = null)
    {
        var order = new OriginationOrder { From = new Destination.Number(from), To = new Destination.Number(to), FromNumber = from, ToNumber = to };
        var task = rig.Exchange.OriginateAsync(TenantId.Default, change?.Invoke(order) ?? order);
        Assert.True(rig.Network.RunUntil(() => task.IsCompleted, TimeSpan.FromSeconds(5)));
        return task;
    }
}
