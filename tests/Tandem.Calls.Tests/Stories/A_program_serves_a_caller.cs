using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Events;
using Tandem.Calls.Tests.Calls.Programs;
using Tandem.Media.Audio;
using Tandem.Testing.Exchange;
using Tandem.Testing.Media;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>Straight-line code for a caller who is connected to the exchange: what they hear, press, and how it ends.</summary>
public class A_program_serves_a_caller
{
    private readonly ExchangeRig _rig = new();
    private readonly List<string> _seen = [];

    [Fact]
    public void Prompts_play_in_order_and_the_program_ends_the_call()
    {
        var (ada, a) = Serve(async person =>
        {
            See(await person.PlayAsync(Prompt.Sounds("welcome", "goodbye")));
            person.Language = "de";
            See(await person.PlayAsync(new Prompt(new PromptPart.Number(42))));
            person.Loop(Prompt.Music());
            See(await person.PauseAsync(TimeSpan.FromSeconds(3)));
            return null;
        });
        Assert.Equal(["welcome, goodbye ", "number:42 de", "music:default de"], Sound.Plays.Select(play => $"{play.Prompt} {play.Language}"));
        Assert.True(Sound.Playing(CallSide.Caller)!.IsLoop);
        _rig.Run(3);
        a.Reply(ada.Expect("BYE"), 200);
        Assert.Equal(["Finished", "Finished", "True"], _seen);
        Assert.Equal((EndReason.Completed, CallSide.Exchange), (Verdict.Reason, Verdict.EndedBy));
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void A_key_ends_a_prompt_and_keys_that_were_typed_before_are_kept()
    {
        var (ada, a) = Serve(async person =>
        {
            See(await person.PlayAsync(Prompt.Sounds("menu")));
            See(await person.KeyAsync(TimeSpan.Zero));
            See(await person.PlayAsync(Prompt.Sounds("listen"), keysStop: false));
            See(await person.PlayAsync(Prompt.Sounds("skipped")));
            See(await person.ReadAsync(new ReadOrder { Max = 3 }));
            See(await person.KeyAsync(TimeSpan.FromSeconds(2)) ?? '-');
            return null;
        }, playsEnd: false);
        Press("1");
        Press("23");
        Assert.Equal("listen", Sound.Playing(CallSide.Caller)!.Prompt);
        Sound.Finish(CallSide.Caller);
        _rig.Run(0.1);
        Press("4");
        _rig.Run(3);
        a.Reply(ada.Expect("BYE"), 200);
        Assert.Equal(["Key", "1", "Finished", "Key", "234", "-"], _seen);
        Assert.DoesNotContain(Sound.Plays, play => play.Prompt == "skipped");
        Assert.Equal("", _rig.Leftovers());
    }

    [Theory]
    [InlineData("12#9", "12", "9")] // the terminator ends and is no digit
    [InlineData("1234567", "1234", "5")] // as many as are wanted
    [InlineData("", "", "-")] // the first never comes
    [InlineData("1", "1", "-")] // the second never comes
    public void Digits_are_read_to_the_terminator_the_limit_or_the_time(string typed, string read, string next)
    {
        var (ada, a) = Serve(async person =>
        {
            See(await person.ReadAsync(new ReadOrder { Prompt = Prompt.Beep, Max = 4, First = TimeSpan.FromSeconds(5), Between = TimeSpan.FromSeconds(2) }));
            See(await person.KeyAsync(TimeSpan.Zero) ?? '-');
            return null;
        });
        Press(typed);
        _rig.Run(5);
        a.Reply(ada.Expect("BYE"), 200);
        Assert.Equal([read, next], _seen);
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void Whoever_hangs_up_ends_every_primitive_and_finally_blocks_run()
    {
        var (ada, a) = Serve(async person =>
        {
            person.AtEnd(() => See("end"));
            try
            {
                See(await person.PlayAsync(Prompt.Sounds("long")));
                See(person.IsGone);
                See(await person.PlayAsync(Prompt.Sounds("more")));
                See(await person.KeyAsync(TimeSpan.FromMinutes(1)) ?? '-');
                See(await person.ReadAsync(new ReadOrder()));
                See((await person.RecordAsync(new RecordOrder()))?.Recording ?? "none");
                See(await person.PauseAsync(TimeSpan.FromHours(1)));
                return null;
            }
            finally
            {
                See("finally");
            }
        }, playsEnd: false);
        a.Send("BYE");
        ada.Expect("200 BYE");
        Assert.Equal(["Gone", "True", "Gone", "-", "", "none", "False", "finally", "end"], _seen);
        Assert.Equal((EndReason.Completed, CallSide.Caller), (Verdict.Reason, Verdict.EndedBy));
        Assert.Equal("", _rig.Leftovers());
    }

    // The record of a call does not wait for a database that hangs.
    [Fact]
    public void What_a_program_waits_for_outside_does_not_keep_the_call()
    {
        var work = new TaskCompletionSource<string>();
        var (ada, a) = Serve(async person =>
        {
            See((await person.WhileThereAsync(work.Task)).IsThere);
            return null;
        });
        a.Send("BYE");
        ada.Expect("200 BYE");
        Assert.Equal(["False"], _seen);
        Assert.Single(_rig.Events.All.OfType<CallEnded>());
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void What_comes_from_outside_in_time_goes_on_on_the_shard()
    {
        var work = new TaskCompletionSource<string>();
        var (ada, a) = Serve(async person =>
        {
            See((await person.WhileThereAsync(work.Task)).Result!);
            return null;
        });
        work.SetResult("row");
        _rig.Run(0.1);
        a.Reply(ada.Expect("BYE"), 200);
        Assert.Equal(["row"], _seen);
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void A_fault_of_a_program_ends_its_call_alone()
    {
        var (ada, a) = Serve(async person =>
        {
            await person.PlayAsync(Prompt.Beep);
            throw new InvalidOperationException("on purpose");
        });
        a.Reply(ada.Expect("BYE"), 200);
        Assert.Equal(EndReason.ServerError, Verdict.Reason);
        Assert.Equal("on purpose", Assert.Single(_rig.Faults).Message);
        _rig.Faults.Clear();
        Assert.Equal("", _rig.Leftovers());
    }

    // RFC 3264 §8: what the phone asks for is answered while the program waits.
    [Fact]
    public void Holding_is_answered_while_a_prompt_plays()
    {
        var (ada, a) = Serve(async person =>
        {
            See(await person.PlayAsync(Prompt.Sounds("long")));
            return null;
        }, playsEnd: false);
        a.Invite(Sdp.Audio(direction: "sendonly"), "Content-Type: application/sdp");
        a.Ack(ada.Expect("200 INVITE"));
        _rig.Run(0.1);
        Assert.True(_rig.Calls.Single().HeldByCaller);
        Sound.Finish(CallSide.Caller);
        a.Reply(ada.Expect("BYE"), 200);
        Assert.Equal(["Finished"], _seen);
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void A_prompt_that_cannot_be_played_is_told_and_the_program_goes_on()
    {
        var (ada, a) = Serve(async person =>
        {
            See(await person.PlayAsync(Prompt.Sounds("broken")));
            return null;
        }, playsEnd: false);
        Sound.Finish(CallSide.Caller, PlaybackEnd.Failed);
        a.Reply(ada.Expect("BYE"), 200);
        Assert.Equal(["Failed"], _seen);
        Assert.Equal("", _rig.Leftovers());
    }

    // RFC 3261 §13.2.1: without an offer of the caller there is no sound before the ACK, and the program waits for it.
    [Fact]
    public void A_caller_without_an_offer_is_served_once_the_session_is_agreed()
    {
        TestProgram.Install(_rig, async person =>
        {
            See(await person.PlayAsync(Prompt.Beep));
            return null;
        });
        var ada = _rig.Phone("100");
        var a = ada.Dial(TestProgram.Number);
        a.Invite("");
        var ok = ada.Expect("200 INVITE");
        Assert.Empty(_rig.Media.Last!.Sound.Plays);
        a.Ack(ok, Sdp.Audio());
        a.Reply(ada.Expect("BYE"), 200);
        Assert.Equal(["Finished"], _seen);
        Assert.Equal("", _rig.Leftovers());
    }

    [Theory]
    [InlineData("key", '#', true)]
    [InlineData("silence", null, true)]
    [InlineData("limit", null, true)]
    [InlineData("bye", null, true)]
    [InlineData("nothing", null, false)]
    public void A_message_ends_by_key_silence_time_or_with_the_call(string end, char? key, bool hasSpeech)
    {
        RecordedMessage? message = null;
        var (ada, a) = Serve(async person =>
        {
            message = await person.RecordAsync(new RecordOrder { MaxLength = TimeSpan.FromSeconds(20), SilenceEnd = TimeSpan.FromSeconds(4) });
            return null;
        });
        Assert.Contains(CallSide.Caller, Sound.Listening);
        if (hasSpeech)
            Sound.Speak(CallSide.Caller, true);
        _rig.Run(3);
        if (end == "key")
            Press("1#");
        if (end == "silence")
            Sound.Speak(CallSide.Caller, false);
        if (end == "bye")
            a.Send("BYE");
        _rig.Run(end is "limit" ? 18 : 5);
        if (end == "bye")
            ada.Expect("200 BYE");
        else
            a.Reply(ada.Expect("BYE"), 200);
        var recording = Assert.Single(Sound.Recordings);
        Assert.True(recording.IsStopped);
        Assert.Equal(CallSide.Caller, recording.Order.Only);
        Assert.Equal((recording.Id, key, hasSpeech), (message!.Recording, message.Key, message.HasSpeech));
        var seconds = end switch { "limit" => 20, "silence" => 7, "nothing" => 4, _ => 3 };
        Assert.InRange(message.Length.TotalSeconds, seconds - 0.2, seconds + 0.2);
        Assert.Equal("", _rig.Leftovers());
    }

    private FakeMediaSound Sound => _rig.Media.Last!.Sound;

    private Verdict Verdict => _rig.Events.All.OfType<CallEnded>().Single().Record.Verdict;

    private void See<T>(T what) => _seen.Add(what?.ToString() ?? "null");

    private void Press(string keys)
    {
        foreach (var key in keys)
            _rig.Media.Last!.Hear(CallSide.Caller, key);
        _rig.Run(0.1);
    }

    private (ScriptedPhone Phone, PhoneDialog Dialog) Serve(Func<ServedCall, ValueTask<CallEnding?>> program, bool playsEnd = true)
    {
        _rig.Media.PlaysEnd = playsEnd;
        TestProgram.Install(_rig, program);
        var ada = _rig.Phone("100");
        return (ada, TestProgram.Call(_rig, ada));
    }
}
