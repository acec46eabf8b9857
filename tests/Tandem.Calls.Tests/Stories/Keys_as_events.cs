using System.Text;
using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Events;
using Tandem.Calls.Events.Public;
using Tandem.Calls.Tests.Calls.Programs;
using Tandem.Calls.Tracing;
using Tandem.Testing.Exchange;

namespace Tandem.Calls.Tests.Stories;

/// <summary>What the world is told of keys: nothing unless the installation says so, and never which key where it may be part of a secret.</summary>
public class Keys_as_events
{
    private static readonly CallOptions Telling = CallOptions.Default with { TellDigits = true };

    [Fact]
    public void They_are_no_events_unless_the_installation_says_so()
    {
        var call = new TalkingCall();
        Hear(call.Rig, CallSide.Callee, "7");
        var key = Assert.Single(call.Rig.Events.All.OfType<CallDigit>());
        Assert.Null(PublicEvents.From(key, 1, "run"));
    }

    [Fact]
    public async Task Between_two_phones_they_are_told_but_for_those_of_a_secret()
    {
        var call = new TalkingCall(Telling, traces: new TraceOptions { HideDigits = false });
        call.Rig.Media.Last!.Sound.WithEvents.UnionWith([CallSide.Caller, CallSide.Callee]);
        Hear(call.Rig, CallSide.Callee, "7");
        var collect = await call.Rig.CommandAsync(new CollectCommand(CallSide.Callee, 4, '#', TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(9)) { IsSecret = true });
        Hear(call.Rig, CallSide.Callee, "1836");
        Hear(call.Rig, CallSide.Callee, "5");
        Assert.Equal("7 - - - - 5", Told(call.Rig));
        Assert.Equal("****", call.Rig.OutcomeOf(collect)!.Digits);
        foreach (var text in call.Rig.Events.All.Select(e => PublicEvents.From(e, 1, "run")).OfType<PublicEvent>().Select(e => Encoding.UTF8.GetString(e.Body)))
            Assert.DoesNotContain("1836", text, StringComparison.Ordinal);

        Assert.Equal(CommandResult.Refused, (await call.Rig.CommandAsync(new DigitsCommand("01ANOTHER"))).Result);
        var taken = await call.Rig.CommandAsync(new DigitsCommand(collect.CommandId));
        Assert.Equal((CommandResult.Done, "1836"), (taken.Result, taken.Digits));
        Assert.DoesNotContain("1836", taken.ToString(), StringComparison.Ordinal);
        Assert.Equal(CommandResult.Refused, (await call.Rig.CommandAsync(new DigitsCommand(collect.CommandId))).Result);
        call.HangUp();
        Assert.Equal("", call.Rig.Leftovers());
    }

    // A PIN of a room, a mailbox or a supervisor is read by a program that says nothing of its keys.
    [Fact]
    public void At_the_exchange_they_are_secrets_unless_the_program_says_otherwise()
    {
        var rig = new ExchangeRig(Telling);
        TestProgram.Install(rig, async person =>
        {
            await person.ReadAsync(new ReadOrder { Max = 2 });
            person.KeysAreOpen = true;
            await person.KeyAsync(TimeSpan.FromSeconds(60));
            person.KeysAreOpen = false;
            await person.ReadAsync(new ReadOrder { Max = 2 });
            return null;
        });
        var ada = rig.Phone("100");
        TestProgram.Call(rig, ada);
        Hear(rig, CallSide.Caller, "12");
        Hear(rig, CallSide.Caller, "3");
        Hear(rig, CallSide.Caller, "45");
        Assert.Equal("- - 3 - -", Told(rig));
    }

    // Who knows the menu types ahead: the PIN that comes next is in the same second.
    [Fact]
    public void What_is_typed_ahead_of_an_open_question_is_a_secret()
    {
        var rig = new ExchangeRig(Telling);
        TestProgram.Install(rig, async person =>
        {
            person.KeysAreOpen = true;
            await person.PauseAsync(TimeSpan.FromSeconds(5));
            await person.KeyAsync(TimeSpan.FromSeconds(60));
            await person.KeyAsync(TimeSpan.FromSeconds(60));
            return null;
        });
        TestProgram.Call(rig, rig.Phone("100"));
        Hear(rig, CallSide.Caller, "123");
        Assert.Equal("1 - -", Told(rig));
    }

    private static void Hear(ExchangeRig rig, CallSide side, string keys)
    {
        foreach (var key in keys)
        {
            rig.Media.Last!.Hear(side, key);
            rig.Run(0.2);
        }
    }

    private static string Told(ExchangeRig rig) => string.Join(' ', rig.Events.All.OfType<CallDigit>().Select(key =>
    {
        var body = System.Text.Json.JsonDocument.Parse(PublicEvents.From(key, 1, "run")!.Body).RootElement;
        Assert.Equal("call.dtmf", body.GetProperty("type").GetString());
        var data = body.GetProperty("data");
        Assert.Equal(data.GetProperty("secret").GetBoolean(), data.GetProperty("digit").GetString() is null);
        return data.GetProperty("digit").GetString() ?? "-";
    }));
}
