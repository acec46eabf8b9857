using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Recording;
using Tandem.Calls.Tenants;
using Tandem.Calls.Tests.Trunks;
using Tandem.Calls.Trunks;
using Tandem.Media.Audio;
using Tandem.Testing.Exchange;
using Tandem.Testing.Media;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

public sealed class A_rule_says_what_is_recorded
{
    private static readonly RecordingRule Never = new() { Mode = RecordingMode.Never };
    private static readonly RecordingRule Always = new() { Mode = RecordingMode.Always };
    private static readonly RecordingRule OnDemand = new();

    public static TheoryData<string, bool> Rules => new()
    {
        { "", false },
        { "tenant=always", true },
        { "tenant=always extension:100=on-demand", false },
        { "tenant=never extension:101=always", true },
        { "extension:100=always extension:101=never", false },
        { "extension:100=always extension:101=on-demand", true },
        { "extension:102=always", false },
        { "tenant=percent0", false },
        { "tenant=percent100", true },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void The_narrower_rule_goes_first_and_never_before_all(string rules, bool isRecorded)
    {
        var rig = new ExchangeRig();
        foreach (var rule in rules.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var (scope, mode) = (rule.Split('=')[0], rule.Split('=')[1]);
            rig.Kept.Recording[scope] = mode switch
            {
                "always" => Always,
                "never" => Never,
                "on-demand" => OnDemand,
                _ => new RecordingRule { Mode = RecordingMode.Percent, Percent = int.Parse(mode[7..], System.Globalization.CultureInfo.InvariantCulture) },
            };
        }

        Talk(rig);
        Assert.Equal(isRecorded ? CallRecordingState.Recording : CallRecordingState.None, Assert.Single(rig.Calls).Recording);
    }

    // Out by the trunk and in by it: of the two profiles only the one with the rule, and the extension's own rule before it.
    [Theory]
    [InlineData("trunk:p1=always", true)]
    [InlineData("trunk:p2=always", false)]
    [InlineData("trunk:p1=always extension:100=on-demand", false)]
    [InlineData("trunk:p1=never tenant=always", false)]
    [InlineData("trunk:p1=on-demand tenant=always", false)]
    public void A_rule_of_a_trunk_stands_between_extensions_and_tenant_both_ways(string rules, bool isRecorded)
    {
        foreach (var isInbound in new[] { false, true })
        {
            var rig = new ExchangeRig();
            foreach (var rule in rules.Split(' '))
                rig.Kept.Recording[rule.Split('=')[0]] = rule.Split('=')[1] switch { "always" => Always, "never" => Never, _ => OnDemand };
            var carrier = new ScriptedPhone(rig.Network, "carrier", ProfileSamples.ProviderAddress, ExchangeRig.ServerAddress);
            rig.Profiles.Save(ProfileSamples.Profile() with { Numbers = new NumberPlan("49"), Registers = false });
            rig.Profiles.Numbers.Add(new ProfileNumber(TenantId.Default, "ada", new ProfileId("p1"), "100"));
            rig.Exchange.StartProfiles();
            var ada = rig.Phone("100");
            rig.Run(0.1);
            var (caller, callee) = isInbound ? (carrier, ada) : (ada, carrier);
            var a = caller.Dial("030123456");
            if (isInbound)
                (a.RemoteTarget, a.RemoteUri, a.LocalUri) = ("sip:tokenp1@198.51.100.1:5060", "<sip:ada@provider.test>", "<sip:0301111111@provider.test>");
            a.Invite(Testing.Phones.Sdp.Audio(port: 30000));
            var invite = callee.Expect("INVITE");
            var b = callee.Take(invite);
            b.Reply(invite, 200, Testing.Phones.Sdp.Audio(port: 40000));
            callee.Expect("ACK");
            a.Ack(caller.Expect("200 INVITE"));
            rig.Run(1);
            Assert.Equal(isRecorded ? CallRecordingState.Recording : CallRecordingState.None, Assert.Single(rig.Calls).Recording);
            a.Send("BYE");
            caller.Expect("200 BYE");
            b.Reply(callee.Expect("BYE"), 200);
            Assert.Equal("", rig.Leftovers());
        }
    }

    [Fact]
    public void A_key_begins_and_ends_it_and_another_one_pauses_it()
    {
        var rig = new ExchangeRig();
        var sound = Talk(rig);
        Press(rig, CallSide.Callee, "*1");
        Assert.Equal(CallRecordingState.Recording, rig.Calls[0].Recording);
        Press(rig, CallSide.Caller, "*2");
        Assert.Equal((CallRecordingState.Paused, true), (rig.Calls[0].Recording, sound.Recordings[0].IsPaused));
        Press(rig, CallSide.Caller, "4711*2");
        Assert.Equal(CallRecordingState.Recording, rig.Calls[0].Recording);
        Press(rig, CallSide.Callee, "*1");
        Assert.Equal((CallRecordingState.None, true), (rig.Calls[0].Recording, sound.Recordings[0].IsStopped));

        // Keys of two phones, and keys long apart, are no code.
        Press(rig, CallSide.Caller, "*");
        Press(rig, CallSide.Callee, "1");
        Press(rig, CallSide.Caller, "*");
        rig.Run(4);
        Press(rig, CallSide.Caller, "1");
        Assert.Single(sound.Recordings);
    }

    [Fact]
    public void Where_nothing_may_be_recorded_nobody_gets_a_recording()
    {
        var rig = new ExchangeRig();
        rig.Kept.Recording["tenant"] = Never;
        var sound = Talk(rig);
        Press(rig, CallSide.Caller, "*1");
        Assert.Empty(sound.Recordings);
    }

    [Fact]
    public void Both_hear_the_announcement_before_anything_is_kept()
    {
        var rig = new ExchangeRig();
        rig.Kept.Recording["tenant"] = Always with { Announcement = "recorded" };
        var sound = Talk(rig, s => s.PlaysEnd = false);
        Assert.Equal([(CallSide.Callee, "recorded"), (CallSide.Caller, "recorded")], sound.Plays.Select(play => (play.Side, play.Prompt)));
        Assert.Empty(sound.Recordings);
        rig.Run(2);
        sound.Finish(CallSide.Caller);
        rig.Run(0.1);
        var consent = Assert.Single(sound.Recordings).Order.ConsentAt;
        Assert.Equal(rig.Events.All.OfType<CallRecordingChanged>().Single().At, consent);
        Assert.Equal(CallRecordingState.Recording, rig.Calls[0].Recording);
    }

    [Fact]
    public void Without_the_announcement_there_is_no_recording()
    {
        var rig = new ExchangeRig();
        rig.Kept.Recording["tenant"] = Always with { Announcement = "recorded" };
        var sound = Talk(rig, s => s.PlaysEnd = false);
        sound.Finish(CallSide.Caller, PlaybackEnd.Failed);
        rig.Run(0.1);
        Assert.Empty(sound.Recordings);
        Assert.Equal("The announcement could not be played", rig.Events.All.OfType<CallRecordingFailed>().Single().Problem);
    }

    private static FakeMediaSound Talk(ExchangeRig rig, Action<FakeMediaSound>? prepare = null)
    {
        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        var a = ada.Dial("101");
        a.Invite(Testing.Phones.Sdp.Audio(port: 30000));
        var invite = bob.Expect("INVITE");
        prepare?.Invoke(rig.Media.Last!.Sound);
        var b = bob.Take(invite);
        b.Reply(invite, 200, Testing.Phones.Sdp.Audio(port: 40000));
        bob.Expect("ACK");
        a.Ack(ada.Expect("200 INVITE"));
        rig.Run(1);
        return rig.Media.Last!.Sound;
    }

    private static void Press(ExchangeRig rig, CallSide side, string keys)
    {
        foreach (var key in keys)
        {
            rig.Media.Last!.Hear(side, key);
            rig.Run(0.1);
        }
    }
}
