using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Mailboxes;
using Tandem.Calls.Tenants;
using Tandem.Calls.Tests.Trunks;
using Tandem.Calls.Trunks;
using Tandem.Calls.Voicemail;
using Tandem.Testing.Exchange;
using Tandem.Testing.Media;
using Tandem.Testing.Phones;
using VoicePin = Tandem.Calls.Voicemail.Pin;

namespace Tandem.Calls.Tests.Stories;

/// <summary>*97 and *98: whose messages, with which PIN, and what the keys do.</summary>
public class An_owner_listens_to_messages
{
    private readonly ExchangeRig _rig = new();

    [Fact]
    public void His_own_phone_hears_the_new_ones_first_and_each_counts_as_heard()
    {
        Leave("old", heard: true);
        Leave("first");
        Leave("second");
        var (ada, a) = Dial("*97");
        Press("1");
        Press("#");
        Press("2");
        Press("#");
        Press("*");
        a.Reply(ada.Expect("BYE"), 200);

        Assert.Equal(
            [
                "vm-welcome", "vm-you-have, number:2, vm-new, vm-messages", "vm-main-menu",
                "vm-first, vm-from, spell:200", "recording:first", "vm-menu",
                "vm-next, vm-from, spell:200", "recording:second", "vm-menu", "saved",
                "vm-last, vm-from, spell:200", "recording:old", "vm-menu", "vm-no-more",
                "vm-you-have, vm-no, vm-new, vm-messages", "vm-main-menu", "goodbye",
            ],
            Played);
        Assert.All(_rig.Messages.Messages, message => Assert.True(message.IsHeard));
        Assert.Equal(new MailboxCounts(0, 3), _rig.Mailboxes.Find(TenantId.Default, "100"));
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void He_hears_one_again_goes_back_and_deletes()
    {
        Leave("first");
        Leave("second");
        var (ada, a) = Dial("*97");
        Press("1");
        Press("1");
        Press("#");
        Press("7");
        Press("3");
        Press("*");
        Press("*");
        a.Reply(ada.Expect("BYE"), 200);

        Assert.Equal(["first", "first", "second", "first", "second"], Played.Where(played => played.StartsWith("recording:", StringComparison.Ordinal)).Select(played => played[10..]));
        Assert.Equal(["second"], _rig.Messages.Messages.Select(message => message.Id));
        Assert.Equal(["first"], _rig.Messages.Dropped);
        Assert.Contains(VoicemailChange.Deleted, _rig.Events.All.OfType<VoicemailEvent>().Select(voicemail => voicemail.Change));
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void He_calls_back_and_talks()
    {
        Leave("first", caller: "102");
        var bob = _rig.Phone("102");
        var (ada, a) = Dial("*97");
        Press("1");
        Press("4");
        var invite = bob.Expect("INVITE");
        Assert.Contains("100", invite["From"], StringComparison.Ordinal);
        var b = bob.Take(invite);
        b.Reply(invite, 200, Sdp.Audio(port: 40_000));
        bob.Expect("ACK");
        _rig.Run(0.5);
        a.Send("BYE");
        ada.Expect("200 BYE");
        b.Reply(bob.Expect("BYE"), 200);
        Assert.Equal("", _rig.Leftovers());
    }

    // Anybody can show that number: a call back is no call for help.
    [Fact]
    public void He_calls_nobody_back_who_shows_the_number_of_help()
    {
        Leave("first", caller: "112");
        var carrier = new ScriptedPhone(_rig.Network, "carrier", ProfileSamples.ProviderAddress, ExchangeRig.ServerAddress);
        _rig.Profiles.Save(ProfileSamples.Profile() with { Numbers = new NumberPlan("49"), Registers = false });
        _rig.Exchange.StartProfiles();
        var (ada, a) = Dial("*97");
        Press("1");
        Press("4");
        carrier.ExpectNothing();
        Assert.Contains("cannot-complete", Played);
        a.Send("BYE");
        ada.Expect("200 BYE");
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void From_another_phone_a_pin_is_needed_and_a_wrong_one_is_told()
    {
        Pin("100", "2468");
        Leave("first");
        var (ada, a) = Dial("*98100", from: "101");
        Press("1357#");
        Press("2468#");
        Press("1");
        a.Send("BYE");
        ada.Expect("200 BYE");

        Assert.Equal(["enter-pin", "wrong-pin", "enter-pin", "vm-welcome"], Played.Take(4));
        Assert.Contains("recording:first", Played);
        Assert.Equal(0, _rig.Voicemail.Guard.Count);
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void Who_cannot_be_served_is_told_so()
    {
        _rig.Messages.IsAway = true;
        var (ada, a) = Dial("*97", from: "100");
        a.Reply(ada.Expect("BYE"), 200);
        Assert.Equal(["system-problem"], Played);
        Assert.Equal("", _rig.Leftovers());
    }

    /// <summary>All who guess at the same time have five guesses between them: what was typed too late is not looked at, were it right.</summary>
    [Fact]
    public void Calls_at_the_same_time_guess_no_more_often()
    {
        Pin("100", "2468");
        var (ada, a) = Dial("*98100", from: "101");
        for (var i = 0; i < 6; i++)
            Assert.Equal(i < 5, _rig.Voicemail.Guard.TryGuess(TenantId.Default, "100", _rig.Network.Now));

        Press("2468#");
        a.Reply(ada.Expect("BYE"), 200);
        Assert.Equal(["enter-pin", "too-many-attempts"], Played);
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void Five_wrong_pins_lock_the_box_over_several_calls_and_time_opens_it()
    {
        Pin("100", "2468");
        for (var call = 0; call < 2; call++)
        {
            var (phone, dialog) = Dial("*98100", from: $"10{call + 1}");
            Press("1111#");
            Press("2222#");
            Press("3333#");
            dialog.Reply(phone.Expect("BYE"), 200);
            Assert.Equal("too-many-attempts", Played[^1]);
        }

        var (ada, a) = Dial("*98100", from: "103");
        a.Reply(ada.Expect("BYE"), 200);
        Assert.Equal(["too-many-attempts"], Played);

        _rig.Run(16 * 60);
        var (bob, b) = Dial("*98100", from: "104");
        Press("2468#");
        b.Send("BYE");
        bob.Expect("200 BYE");
        Assert.Contains("vm-welcome", Played);
        Assert.Equal("", _rig.Leftovers());
    }

    [Theory]
    [InlineData("*98100")] // it has no PIN
    [InlineData("*98199")] // it does not exist
    public void A_box_without_a_pin_opens_to_no_other_phone_and_is_not_told_apart_from_one_that_is_not_there(string dialled)
    {
        Leave("first");
        var (ada, a) = Dial(dialled, from: "101");
        Press("1234#");
        Press("1235#");
        Press("1236#");
        a.Reply(ada.Expect("BYE"), 200);

        Assert.Equal(["enter-pin", "wrong-pin", "enter-pin", "wrong-pin", "enter-pin", "wrong-pin", "too-many-attempts"], Played);
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public void The_extension_is_asked_for()
    {
        Pin("100", "2468");
        var (ada, a) = Dial("*98", from: "101");
        Press("100#");
        Press("2468#");
        a.Send("BYE");
        ada.Expect("200 BYE");
        Assert.Equal(["enter-extension", "enter-pin", "vm-welcome"], Played.Take(3));
        Assert.Equal("", _rig.Leftovers());
    }

    [Fact]
    public async Task He_sets_a_greeting_and_a_pin()
    {
        var (ada, a) = Dial("*97");
        Press("2");
        Sound.Speak(CallSide.Caller, true);
        _rig.Run(4);
        Press("#");
        Press("3");
        Press("1111#");
        Press("3");
        Press("9182#");
        Press("*");
        a.Reply(ada.Expect("BYE"), 200);

        var box = await _rig.Messages.BoxAsync(TenantId.Default, "100", TestContext.Current.CancellationToken);
        Assert.Equal("recording-0", box.Greeting);
        Assert.True(VoicePin.Verify(box.PinHash, "9182"));
        Assert.Contains("invalid-entry", Played);
        Assert.Contains("vm-pin-changed", Played);
        Assert.Equal("", _rig.Leftovers());
    }

    private FakeMediaSound Sound => _rig.Media.Last!.Sound;

    private List<string> Played => [.. Sound.Plays.Select(play => play.Prompt)];

    private void Leave(string id, string caller = "200", bool heard = false) => _rig.Messages.Messages.Add(
        new VoiceMessage(id, TenantId.Default, "100", caller, "", DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(3), heard));

    private void Pin(string number, string pin) =>
        _rig.Messages.SetPinAsync(TenantId.Default, number, VoicePin.Hash(pin, iterations: 10), TestContext.Current.CancellationToken);

    private (ScriptedPhone Phone, PhoneDialog Dialog) Dial(string number, string from = "100")
    {
        var phone = _rig.Phone(from);
        if (from != "100")
            _rig.Phone("100", registered: false);
        var dialog = phone.Dial(number);
        dialog.Invite(Sdp.Audio());
        dialog.Ack(phone.Expect("200 INVITE"));
        _rig.Run(0.1);
        return (phone, dialog);
    }

    private void Press(string keys)
    {
        foreach (var key in keys)
            _rig.Media.Last!.Hear(CallSide.Caller, key);
        _rig.Run(0.1);
    }
}
