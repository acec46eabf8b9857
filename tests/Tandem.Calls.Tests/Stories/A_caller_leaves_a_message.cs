using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Mailboxes;
using Tandem.Calls.Routing;
using Tandem.Calls.Tenants;
using Tandem.Calls.Tests.Calls.Programs;
using Tandem.Calls.Voicemail;
using Tandem.Testing;
using Tandem.Testing.Exchange;
using Tandem.Testing.Media;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>A caller hears the greeting, says a message, and the lamp of the extension goes on.</summary>
public class A_caller_leaves_a_message
{
    private ExchangeRig _rig = new();

    [Fact]
    public void Hanging_up_sends_the_message_and_the_lamp_goes_on()
    {
        var (ada, a) = Call();
        Assert.Equal(["vm-greeting", "tone:beep"], Sound.Plays.Select(play => play.Prompt));
        Say(seconds: 12);
        a.Send("BYE");
        ada.Expect("200 BYE");

        var message = Assert.Single(_rig.Messages.Messages);
        Assert.Equal(("101", "100", false), (message.Number, message.Caller, message.IsHeard));
        Assert.InRange(message.Duration.TotalSeconds, 12, 13);
        Assert.Equal(new MailboxCounts(1, 0), _rig.Mailboxes.Find(TenantId.Default, "101"));
        Assert.Equal([VoicemailChange.New], _rig.Events.All.OfType<VoicemailEvent>().Select(voicemail => voicemail.Change));
        Assert.True(Sound.Recordings.Single().IsStopped);
        Assert.Equal(CallSide.Caller, Sound.Recordings.Single().Order.Only);
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void After_the_key_he_may_hear_it_say_it_again_and_send_it()
    {
        var (ada, a) = Call();
        Say(seconds: 3);
        Press("#");
        Press("2");
        Press("3");
        Assert.Equal(["recording-0"], _rig.Messages.Dropped);
        Say(seconds: 4);
        Press("#");
        Press("1");
        a.Reply(ada.Expect("BYE"), 200);

        Assert.Equal(["recording-1"], _rig.Messages.Messages.Select(message => message.Id));
        Assert.Equal(
            ["vm-greeting", "tone:beep", "vm-review", "recording:recording-0", "vm-review", "tone:beep", "vm-review", "thank-you, goodbye"], Sound.Plays.Select(play => play.Prompt));
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void Silence_leaves_no_message_however_long_it_is()
    {
        var (ada, a) = Call();
        _rig.Run(60);
        a.Reply(ada.Expect("BYE"), 200);

        Assert.Empty(_rig.Messages.Messages);
        Assert.Equal(5, _rig.Messages.Dropped.Count);
        Assert.Equal(default, _rig.Mailboxes.Find(TenantId.Default, "101"));
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void A_message_ends_when_the_caller_falls_silent()
    {
        var (ada, a) = Call();
        Say(seconds: 5);
        Sound.Speak(CallSide.Caller, false);
        _rig.Run(9);
        a.Reply(ada.Expect("BYE"), 200);

        Assert.Equal("thank-you, goodbye", Sound.Plays[^1].Prompt);
        Assert.Single(_rig.Messages.Messages);
        Assert.Equal("", _rig.Leftovers());
    }

    /// <summary>The database is away: he is told that something is wrong, not that the box is full, and his call does not fail of it.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_cannot_be_served_is_told_so(bool fromTheBeginning)
    {
        _rig.Messages.IsAway = fromTheBeginning;
        var (ada, a) = Call();
        if (!fromTheBeginning)
        {
            _rig.Messages.IsAway = true;
            Say(seconds: 5);
            Press("#");
            Press("1");
        }

        a.Reply(ada.Expect("BYE"), 200);
        Assert.StartsWith("system-problem", Sound.Plays[^1].Prompt, StringComparison.Ordinal);
        Assert.Empty(_rig.Messages.Messages);
        Assert.Empty(_rig.Faults);
        Assert.Equal("", _rig.Leftovers());
    }

    /// <summary>The database is away, and there is a place on the disk: he is thanked, and his message is in the box when the database is back.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_left_while_the_database_is_away_waits(bool fromTheBeginning)
    {
        using var folder = new TemporaryFolder();
        _rig = new ExchangeRig(waiting: new WaitingMessages(folder.Path, 10, 5, static (_, _) => { }));
        _rig.Messages.IsAway = fromTheBeginning;
        var (ada, a) = Call();
        _rig.Messages.IsAway = true;
        Assert.Equal("vm-greeting", Sound.Plays[0].Prompt);
        Say(seconds: 5);
        Press("#");
        Press("1");
        a.Reply(ada.Expect("BYE"), 200);
        Assert.Equal("thank-you, goodbye", Sound.Plays[^1].Prompt);
        Assert.Empty(_rig.Messages.Messages);
        Assert.Empty(_rig.Messages.Dropped);

        _rig.Messages.IsAway = false;
        Assert.Equal(1, await _rig.Voicemail.RegisterWaitingAsync(TestContext.Current.CancellationToken));
        var message = Assert.Single(_rig.Messages.Messages);
        Assert.Equal(("101", "100", TimeSpan.FromSeconds(5)), (message.Number, message.Caller, TimeSpan.FromSeconds(Math.Round(message.Duration.TotalSeconds))));
        Assert.Equal((0, VoicemailChange.New), (_rig.Voicemail.Waiting!.Count, Assert.Single(_rig.Events.All.OfType<VoicemailEvent>()).Change));
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void The_own_greeting_is_played_and_a_key_ends_it()
    {
        _rig.Messages.SetGreetingAsync(TenantId.Default, "101", "mine", "", TestContext.Current.CancellationToken);
        _rig.Media.PlaysEnd = false;
        var (ada, a) = Call();
        Assert.Equal("recording:mine", Sound.Playing(CallSide.Caller)!.Prompt);
        Press("5");
        Assert.Equal("tone:beep", Sound.Playing(CallSide.Caller)!.Prompt);
        a.Send("BYE");
        ada.Expect("200 BYE");
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void A_full_box_says_so_and_records_nothing()
    {
        for (var i = 0; i < new VoicemailOptions().MaxMessages; i++)
            _rig.Messages.Messages.Add(new VoiceMessage($"m{i}", TenantId.Default, "101", "1", "", DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(3)));
        var (ada, a) = Call();
        a.Reply(ada.Expect("BYE"), 200);

        Assert.Equal(["vm-full"], Sound.Plays.Select(play => play.Prompt));
        Assert.Empty(Sound.Recordings);
        Assert.Equal("", _rig.Leftovers());
    }

    private FakeMediaSound Sound => _rig.Media.Last!.Sound;

    private (ScriptedPhone Phone, PhoneDialog Dialog) Call()
    {
        _rig.Phone("101", registered: false);
        foreach (var shard in _rig.Exchange.Shards)
        {
            var make = shard.Environment.MakeProgram;
            shard.Environment.MakeProgram = (call, service) => make(call, service is ExchangeService.Echo ? new ExchangeService.Voicemail("101") : service);
        }

        var ada = _rig.Phone("100");
        return (ada, TestProgram.Call(_rig, ada));
    }

    private void Say(double seconds)
    {
        Sound.Speak(CallSide.Caller, true);
        _rig.Run(seconds);
    }

    private void Press(string keys)
    {
        foreach (var key in keys)
            _rig.Media.Last!.Hear(CallSide.Caller, key);
        _rig.Run(0.1);
    }
}
