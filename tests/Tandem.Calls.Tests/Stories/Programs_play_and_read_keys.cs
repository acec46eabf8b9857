using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Events;
using Tandem.Calls.Tenants;
using Tandem.Testing.Exchange;

namespace Tandem.Calls.Tests.Stories;

/// <summary>What a program plays to the two of a call, and the keys that it reads of them.</summary>
public class Programs_play_and_read_keys
{
    private static Prompt Hello => Prompt.Sounds("hello");

    [Fact]
    public async Task A_sound_ends_by_itself_when_both_have_heard_it()
    {
        var call = new TalkingCall();
        call.Rig.Media.Last!.Sound.PlaysEnd = false;
        var play = await CommandAsync(call, new PlayCommand(null, Hello, false, ""));
        Assert.Equal(CommandResult.Begun, play.Result);
        call.Rig.Media.Last!.Sound.Finish(CallSide.Caller);
        call.Rig.Run(0.1);
        Assert.Empty(call.Rig.Events.All.OfType<CallCommandEnded>());
        call.Rig.Media.Last!.Sound.Finish(CallSide.Callee);
        call.Rig.Run(0.1);
        Assert.Equal((CommandOutcome.Done, "play"), (Ended(call, play).Outcome, Ended(call, play).Command));
        Done(call);
    }

    [Fact]
    public async Task A_loop_ends_when_it_is_stopped_or_something_else_is_played()
    {
        var call = new TalkingCall();
        call.Rig.Media.Last!.Sound.PlaysEnd = false;
        Assert.Equal(CommandResult.Invalid, (await CommandAsync(call, new PlayCommand(CallSide.Caller, Hello.Then(Hello), true, ""))).Result);
        Assert.Equal(CommandResult.Refused, (await CommandAsync(call, new StopCommand(null))).Result);
        var first = await CommandAsync(call, new PlayCommand(CallSide.Caller, Hello, true, ""));
        var second = await CommandAsync(call, new PlayCommand(CallSide.Caller, Prompt.Beep, false, "", "say"));
        Assert.Equal(CommandOutcome.Cancelled, Ended(call, first).Outcome);
        Assert.Equal(CommandResult.Refused, (await CommandAsync(call, new StopCommand(CallSide.Callee))).Result);
        Assert.Equal(CommandResult.Done, (await CommandAsync(call, new StopCommand(CallSide.Caller))).Result);
        call.Rig.Run(0.1);
        Assert.Equal((CommandOutcome.Cancelled, "say"), (Ended(call, second).Outcome, Ended(call, second).Command));
        Assert.Null(call.Rig.Media.Last!.Sound.Playing(CallSide.Caller));
        Done(call);
    }

    [Theory]
    [InlineData("12#", 4, "12")]
    [InlineData("1234", 4, "1234")]
    [InlineData("12", 4, "12")]
    [InlineData("", 4, "")]
    public async Task Keys_are_read_to_their_end(string pressed, int max, string digits)
    {
        var call = new TalkingCall();
        call.Rig.Media.Last!.Sound.WithEvents.UnionWith([CallSide.Caller, CallSide.Callee]);
        var collect = await CommandAsync(call, new CollectCommand(CallSide.Callee, max, '#', TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(3)));
        Assert.Equal(CommandResult.Refused, (await CommandAsync(call, new CollectCommand(CallSide.Callee, max, '#', TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(3)))).Result);
        foreach (var key in pressed)
        {
            call.Rig.Media.Last!.Hear(CallSide.Caller, '9');
            call.Rig.Media.Last!.Hear(CallSide.Callee, key);
            call.Rig.Run(1);
        }

        call.Rig.Run(6);
        Assert.Equal((CommandOutcome.Done, digits), (Ended(call, collect).Outcome, Ended(call, collect).Digits));
        Assert.DoesNotContain("12", Ended(call, collect).ToString(), StringComparison.Ordinal);
        Done(call);
    }

    [Fact]
    public async Task A_call_that_ends_drops_what_is_read()
    {
        var call = new TalkingCall();
        var collect = await CommandAsync(call, new CollectCommand(CallSide.Callee, 4, null, TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(3)));
        Done(call);
        Assert.Equal(CommandOutcome.Cancelled, Ended(call, collect).Outcome);
    }

    [Fact]
    public async Task Two_are_parted_and_brought_together_again()
    {
        var call = new TalkingCall();
        var sound = call.Rig.Media.Last!.Sound;
        await CommandAsync(call, new MuteCommand(CallSide.Callee, true));
        var parted = await CommandAsync(call, new PartCommand(true));
        Assert.Equal((CommandResult.Done, true), (parted.Result, parted.State.IsParted));
        Assert.Equal(("music:default", "music:default", 2), (sound.Playing(CallSide.Caller)?.Prompt, sound.Playing(CallSide.Callee)?.Prompt, sound.Muted.Count));
        Assert.Equal(CommandResult.Refused, (await CommandAsync(call, new PartCommand(true))).Result);
        Assert.Equal(CommandResult.Refused, (await CommandAsync(call, new PlayCommand(null, Hello, false, ""))).Result);
        Assert.Equal(CommandResult.Done, (await CommandAsync(call, new PartCommand(false))).Result);
        Assert.Equal((null, null), (sound.Playing(CallSide.Caller), sound.Playing(CallSide.Callee)));
        Assert.Equal([CallSide.Callee], sound.Muted);
        Done(call);
    }

    private static void Done(TalkingCall call)
    {
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    private static CallCommandEnded Ended(TalkingCall call, CommandReply reply) => Assert.Single(call.Rig.Events.All.OfType<CallCommandEnded>(), e => e.CommandId == reply.CommandId);

    private static async Task<CommandReply> CommandAsync(TalkingCall call, CallCommand command)
    {
        var task = call.Rig.Exchange.CommandAsync(TenantId.Default, call.Rig.Calls[0].Id, command);
        Assert.True(call.Rig.Network.RunUntil(() => task.IsCompleted, TimeSpan.FromSeconds(5)));
        return (await task)!;
    }
}
