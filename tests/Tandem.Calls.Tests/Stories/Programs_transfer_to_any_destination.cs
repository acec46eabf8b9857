using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Events;
using Tandem.Calls.Routing.Features;
using Tandem.Calls.Routing.Rules;
using Tandem.Testing.Exchange;

namespace Tandem.Calls.Tests.Stories;

/// <summary>A transfer by a program goes wherever a destination can name: one side is moved there by a re-INVITE, the other gets BYE (RFC 5589 §6.1 without a REFER).</summary>
public class Programs_transfer_to_any_destination
{
    [Theory]
    [InlineData("echo")]
    [InlineData("room:800")]
    [InlineData("play:closed")]
    [InlineData("api:desk")]
    public async Task The_exchange_itself_takes_who_is_moved(string to)
    {
        var call = new TalkingCall();
        var transfer = await call.Rig.CommandAsync(new TransferCommand(CallSide.Caller, to));
        Assert.Equal(CommandResult.Begun, transfer.Result);
        call.Ada.TakeReinvite(call.A, 30000);
        call.B.Reply(call.Bob.Expect("BYE"), 200);
        call.Rig.Run(1);
        Assert.Equal((CommandOutcome.Done, 200), (call.Rig.OutcomeOf(transfer)!.Outcome, call.Rig.OutcomeOf(transfer)!.SipStatus));
        if (to.StartsWith("play:", StringComparison.Ordinal))
        {
            call.A.Reply(call.Ada.Expect("BYE"), 200);
        }
        else
        {
            Assert.Equal(("100", to, "101"), (call.Rig.Calls[0].CallerNumber, call.Rig.Calls[0].CalleeNumber, call.Rig.Calls[0].TransferredBy));
            call.A.Send("BYE");
            call.Ada.Expect("200 BYE");
        }

        Assert.Equal(to == "api:desk", call.Rig.Events.All.OfType<CallWaiting>().Any());
        Assert.Equal("", call.Rig.Leftovers());
    }

    // From there he goes on like any caller of the exchange.
    [Fact]
    public async Task A_program_that_got_a_caller_by_a_transfer_sends_him_on()
    {
        var call = new TalkingCall();
        var cleo = call.Rig.Phone("102");
        await call.Rig.CommandAsync(new TransferCommand(CallSide.Caller, "api:desk"));
        call.Ada.TakeReinvite(call.A, 30000);
        call.B.Reply(call.Bob.Expect("BYE"), 200);
        call.Rig.Run(1);
        var onward = await call.Rig.CommandAsync(new TransferCommand(CallSide.Caller, "102"));
        var invite = cleo.Expect("INVITE");
        var c = cleo.Take(invite);
        c.Reply(invite, 200, Tandem.Testing.Phones.Sdp.Audio(port: 50000));
        cleo.Expect("ACK");
        call.Rig.Run(1);
        Assert.Equal(CommandOutcome.Done, call.Rig.OutcomeOf(onward)!.Outcome);
        call.Ada.HangUp(call.A, cleo, c);
        Assert.Equal("", call.Rig.Leftovers());
    }

    [Fact]
    public async Task Without_a_program_he_hears_that_it_cannot_be()
    {
        var call = new TalkingCall();
        await call.Rig.CommandAsync(new TransferCommand(CallSide.Caller, "api:desk"));
        call.Ada.TakeReinvite(call.A, 30000);
        call.B.Reply(call.Bob.Expect("BYE"), 200);
        call.A.Reply(call.Ada.Expect("BYE", 25), 200);
        Assert.Equal("cannot-complete", call.Rig.Media.Last!.Sound.Plays[^1].Prompt);
        Assert.Equal("", call.Rig.Leftovers());
    }

    // Nobody there, and the forward of the extension leads to the exchange itself.
    [Fact]
    public async Task The_plan_of_the_target_is_followed_to_its_end()
    {
        var call = new TalkingCall();
        call.Rig.Phone("102", registered: false);
        call.Rig.Set("102", new ExtensionFeatures { ForwardUnreachable = "echo" });
        var transfer = await call.Rig.CommandAsync(new TransferCommand(CallSide.Callee, "extension:102"));
        call.Bob.TakeReinvite(call.B, 40000);
        call.A.Reply(call.Ada.Expect("BYE"), 200);
        call.Rig.Run(1);
        Assert.Equal(CommandOutcome.Done, call.Rig.OutcomeOf(transfer)!.Outcome);
        call.B.Send("BYE");
        call.Bob.Expect("200 BYE");
        Assert.Equal("", call.Rig.Leftovers());
    }

    [Fact]
    public async Task A_group_rings()
    {
        var call = new TalkingCall();
        var (cleo, dora) = (call.Rig.Phone("102"), call.Rig.Phone("103"));
        call.Rig.Set(new RoutingDocument { Groups = [new GroupBody { Name = "sales", Members = ["102", "103"] }] }.Normalized());
        var transfer = await call.Rig.CommandAsync(new TransferCommand(CallSide.Caller, "group:sales"));
        var (invite, other) = (cleo.Expect("INVITE"), dora.Expect("INVITE"));
        var (c, d) = (cleo.Take(invite), dora.Take(other));
        d.Reply(other, 180);
        c.Reply(invite, 200, Tandem.Testing.Phones.Sdp.Audio(port: 50000));
        cleo.Expect("ACK");
        dora.TakeCancel(d, other);
        call.Ada.TakeReinvite(call.A, 30000);
        call.B.Reply(call.Bob.Expect("BYE"), 200);
        call.Rig.Run(1);
        Assert.Equal(CommandOutcome.Done, call.Rig.OutcomeOf(transfer)!.Outcome);
        call.Ada.HangUp(call.A, cleo, c);
        Assert.Equal("", call.Rig.Leftovers());
    }

    [Theory]
    [InlineData("queue:", CommandResult.Invalid)]
    [InlineData("nowhere:1", CommandResult.Invalid)]
    [InlineData("", CommandResult.Invalid)]
    public async Task What_is_no_destination_is_refused(string to, CommandResult result)
    {
        var call = new TalkingCall();
        Assert.Equal(result, (await call.Rig.CommandAsync(new TransferCommand(CallSide.Caller, to))).Result);
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    // A destination that leads nowhere leaves the call as it was.
    [Theory]
    [InlineData("reject:486", 486)]
    [InlineData("group:nobody", 404)]
    [InlineData("trunk:+442079460000", 404)]
    public async Task What_nobody_answers_leaves_the_call(string to, int status)
    {
        var call = new TalkingCall();
        var transfer = await call.Rig.CommandAsync(new TransferCommand(CallSide.Caller, to));
        call.Rig.Run(1);
        Assert.Equal((CommandOutcome.Failed, status), (call.Rig.OutcomeOf(transfer)!.Outcome, call.Rig.OutcomeOf(transfer)!.SipStatus));
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }
}
