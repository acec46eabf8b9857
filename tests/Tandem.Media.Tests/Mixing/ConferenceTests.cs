using Tandem.Media.Audio;
using Tandem.Media.Codecs;
using Tandem.Media.Events;
using Tandem.Media.Mixing;
using Tandem.Media.Tests.Audio;

namespace Tandem.Media.Tests.Mixing;

/// <summary>Phones in a mix, from their packets to their packets.</summary>
public class ConferenceTests
{
    private static readonly (PayloadFormat Format, int Hertz)[] Five =
        [(Tones.Pcmu, 440), (Tones.Pcma, 620), (Tones.G722, 850), (Tones.Opus, 1130), (Tones.Gsm, 1510)];

    // Issue 4: five codecs in one mix, each hears the four others and not itself.
    [Fact]
    public void Five_phones_with_five_codecs_hear_the_four_others_and_not_themselves()
    {
        var rig = new AudioRig();
        var mix = rig.Mix();
        var phones = Five.Select(f => new TestPhone(f.Format, f.Hertz) { Amplitude = 4000 }).ToList();
        foreach (var phone in phones)
            rig.Call(phone).Join(MediaSide.A, mix);
        rig.Run(3000);

        Assert.Equal(16000, mix.SampleRate);
        foreach (var phone in phones)
        {
            foreach (var other in phones)
            {
                var level = phone.LevelOf(other.Hertz, 1000, 1500);
                if (ReferenceEquals(phone, other))
                    Assert.True(level < -50, $"{phone.Hertz} hears itself at {level:0.0} dB");
                else
                    Assert.InRange(level, -22, -15);
            }
        }
    }

    [Fact]
    public void Wideband_sound_passes_between_those_who_have_it()
    {
        var rig = new AudioRig();
        var mix = rig.Mix();
        var (wide, linear, narrow) = (new TestPhone(Tones.G722, 6000), new TestPhone(Tones.Linear16, 5000), new TestPhone(Tones.Pcmu, 500));
        foreach (var phone in new[] { wide, linear, narrow })
            rig.Call(phone).Join(MediaSide.A, mix);
        rig.Run(2000);

        Assert.InRange(linear.LevelOf(6000, 1000, 800), -16, -11);
        Assert.InRange(wide.LevelOf(5000, 1000, 800), -16, -11);
        Assert.InRange(wide.LevelOf(500, 1000, 800), -14, -11);
        Assert.True(narrow.LevelOf(8000 - 6000, 1000, 800) < -55, "6 kHz comes back as 2 kHz");
    }

    [Fact]
    public void Who_whispers_is_heard_by_one_and_who_barges_by_all()
    {
        var rig = new AudioRig();
        var mix = rig.Mix();
        var (agent, customer, supervisor) = (new TestPhone(Tones.Pcmu, 500), new TestPhone(Tones.Pcma, 900), new TestPhone(Tones.Linear16, 1400));
        var agentId = rig.Call(agent).Join(MediaSide.A, mix);
        rig.Call(customer).Join(MediaSide.A, mix);
        var supervisorId = rig.Call(supervisor).Join(MediaSide.A, mix, MixSeat.Default with { IsHeardByAll = false });

        (MonitorMode Mode, bool Agent, bool Customer)[] steps =
            [(MonitorMode.Listen, false, false), (MonitorMode.Whisper, true, false), (MonitorMode.Barge, true, true), (MonitorMode.Listen, false, false)];
        rig.Run(500);
        for (var i = 0; i < steps.Length; i++)
        {
            mix.Monitor(supervisorId, agentId, steps[i].Mode);
            rig.Run(1000);
            var from = 500 + (1000 * i) + 200;
            Assert.Equal(steps[i].Agent, agent.LevelOf(1400, from, 700) > -20);
            Assert.Equal(steps[i].Customer, customer.LevelOf(1400, from, 700) > -20);
            Assert.InRange(supervisor.LevelOf(500, from, 700), -14, -11);
            Assert.InRange(supervisor.LevelOf(900, from, 700), -14, -11);
            Assert.InRange(agent.LevelOf(900, from, 700), -14, -11);
            Assert.InRange(customer.LevelOf(500, from, 700), -14, -11);
        }
    }

    // Issue 4: private talk is only settings. Two go aside, within the room: they hear each other alone, and nobody hears them.
    [Fact]
    public void Two_who_talk_in_private_hear_each_other_alone_until_they_come_back()
    {
        int[] tones = [500, 900, 1400, 1900];
        var rig = new AudioRig();
        var mix = rig.Mix();
        var phones = tones.Select((hertz, i) => new TestPhone(i % 2 == 0 ? Tones.Pcmu : Tones.G722, hertz) { Amplitude = 4000 }).ToList();
        var members = phones.Select(phone => rig.Call(phone).Join(MediaSide.A, mix)).ToList();
        rig.Run(1000);
        Aside(true);
        rig.Run(1000);
        Aside(false);
        rig.Run(1000);

        for (var listener = 0; listener < 4; listener++)
        {
            for (var speaker = 0; speaker < 4; speaker++)
            {
                var isOther = speaker != listener;
                foreach (var (from, isHeard) in new[] { (300, isOther), (1300, isOther && speaker / 2 == listener / 2), (2300, isOther) })
                {
                    var level = phones[listener].LevelOf(tones[speaker], from, 600);
                    Assert.True(isHeard ? level is > -22 and < -15 : level < -50, $"{listener} hears {speaker} from {from} ms on at {level:0.0} dB");
                }
            }
        }

        void Aside(bool isOn)
        {
            for (var i = 0; i < 2; i++)
            {
                mix.SetHeardByAll(members[i], !isOn);
                mix.SetHearsAll(members[i], !isOn);
                mix.SetRoute(members[i], members[1 - i], isOn ? 0 : null);
            }
        }
    }

    [Fact]
    public void Mute_deaf_and_gain_do_what_they_say()
    {
        var rig = new AudioRig();
        var mix = rig.Mix();
        var (one, two) = (new TestPhone(Tones.Pcmu, 500), new TestPhone(Tones.Pcmu, 900));
        var first = rig.Call(one).Join(MediaSide.A, mix);
        rig.Call(two).Join(MediaSide.A, mix);
        rig.Run(1000);
        mix.SetMute(first, true);
        rig.Run(1000);
        mix.SetMute(first, false);
        mix.SetDeaf(first, true);
        rig.Run(1000);
        mix.SetDeaf(first, false);
        mix.SetGain(first, -12, 6);
        rig.Run(1000);

        Assert.InRange(two.LevelOf(500, 300, 600), -13, -11.5);
        Assert.True(two.LevelOf(500, 1200, 700) < -80, "a muted member is heard");
        Assert.InRange(one.LevelOf(900, 1200, 700), -13, -11.5);
        Assert.InRange(two.LevelOf(500, 2200, 700), -13, -11.5);
        Assert.True(one.LevelOf(900, 2200, 700) < -80, "a deaf member hears");
        Assert.InRange(two.LevelOf(500, 3200, 700), -25, -23.5);
        Assert.InRange(one.LevelOf(900, 3200, 700), -7, -5.5);
    }

    [Fact]
    public void An_announcement_reaches_all_or_one()
    {
        var rig = new AudioRig();
        var mix = rig.Mix();
        var (one, two) = (new TestPhone(Tones.Pcmu, 500), new TestPhone(Tones.G722, 900));
        var first = rig.Call(one).Join(MediaSide.A, mix);
        rig.Call(two).Join(MediaSide.A, mix);
        rig.Run(200);
        var all = new ToneSource(1500, 600, 8000);
        var toAll = mix.Attach(all);
        rig.Run(1000);
        var some = new ToneSource(2200, 600, 48000);
        var toOne = mix.Attach(some, MixSeat.Default with { IsHeardByAll = false });
        mix.SetRoute(toOne, first, 0);
        rig.Run(1000);

        Assert.InRange(one.LevelOf(1500, 250, 500), -14, -11.5);
        Assert.InRange(two.LevelOf(1500, 250, 500), -14, -11.5);
        Assert.InRange(one.LevelOf(2200, 1250, 500), -14, -11.5);
        Assert.True(two.LevelOf(2200, 1250, 500) < -55);
        Assert.Equal([new PlayId(toAll.Value), new PlayId(toOne.Value)], rig.MixEvents.OfType<PlaybackEnded>().Select(e => e.Play));
        Assert.All(rig.MixEvents.OfType<PlaybackEnded>(), e => Assert.Equal((null, PlaybackEnd.Finished), (e.Side, e.Reason)));
        Assert.Equal((1, 1, 2), (all.Disposed, some.Disposed, mix.Members));
    }

    [Fact]
    public void Speakers_are_told_the_loudest_first_and_their_end_too()
    {
        var rig = new AudioRig();
        var mix = rig.Mix();
        var (low, high, silent) = (new TestPhone(Tones.Pcmu, 500) { Amplitude = 2000 }, new TestPhone(Tones.Pcmu, 700), new TestPhone(Tones.Pcmu, 900) { Amplitude = 20 });
        var lowId = rig.Call(low).Join(MediaSide.A, mix);
        var highId = rig.Call(high).Join(MediaSide.A, mix);
        rig.Call(silent).Join(MediaSide.A, mix);
        rig.Run(3000);

        var told = rig.MixEvents.OfType<SpeakersChanged>().ToList();
        Assert.InRange(told.Count, 5, 7);
        Assert.Equal([highId, lowId], told[^1].Speakers.Select(s => s.Member));
        Assert.InRange(told[^1].Speakers[0].LevelDb, -16.5, -14);
        Assert.InRange(told[^1].Speakers[1].LevelDb, -28.5, -26);

        low.Speaks = high.Speaks = false;
        rig.Run(2000);
        Assert.Empty(rig.MixEvents.OfType<SpeakersChanged>().Last().Speakers);
        Assert.Equal([true, false], rig.MixEvents.OfType<MemberSpeech>().Where(e => e.Member == lowId).Select(e => e.IsSpeaking));
        Assert.InRange(rig.MixEvents.OfType<SpeakersChanged>().Count(), told.Count + 1, told.Count + 4);
    }

    // Whoever adds nothing hears what many hear: one encoding serves all of them, whatever number of listeners there is.
    [Fact]
    public void Silent_listeners_get_the_same_payload_and_speakers_their_own()
    {
        var rig = new AudioRig();
        var mix = rig.Mix();
        var speaker = new TestPhone(Tones.G722, 600);
        rig.Call(speaker).Join(MediaSide.A, mix);
        var listeners = Enumerable.Range(0, 20).Select(i => new TestPhone(i % 2 == 0 ? Tones.G722 : Tones.Pcmu, 440) { Speaks = false }).ToList();
        foreach (var listener in listeners)
            rig.Call(listener).Join(MediaSide.A, mix);
        rig.Run(1500);

        foreach (var group in listeners.GroupBy(l => l.Rate))
        {
            var first = group.First();
            Assert.InRange(first.LevelOf(600, 800, 500), -14, -11);
            Assert.All(group, l => Assert.Equal(first.Received.Select(r => Convert.ToHexString(r.Payload)), l.Received.Select(r => Convert.ToHexString(r.Payload))));
            Assert.Equal(group.Count(), group.Select(l => l.Received[0].Header.Ssrc).Distinct().Count());
        }

        Assert.True(speaker.LevelOf(600, 800, 500) < -60);
    }

    [Fact]
    public void Who_leaves_hears_no_more_and_a_closed_mix_ends_everything()
    {
        var rig = new AudioRig();
        var mix = rig.Mix();
        var (one, two) = (new TestPhone(Tones.Pcmu, 500), new TestPhone(Tones.Pcmu, 900));
        var session = rig.Call(one);
        var first = session.Join(MediaSide.A, mix);
        var second = rig.Call(two).Join(MediaSide.A, mix);
        var source = new ToneSource(1500, 60_000);
        var third = mix.Attach(source);
        var tap = new KeepingTap();
        mix.Tap(tap);
        rig.Run(1000);
        session.Leave(MediaSide.A);
        rig.Run(1000);
        Assert.True(two.LevelOf(500, 1200, 600) < -45);
        Assert.True(one.LevelOf(900, 1200, 600) < -80);
        Assert.Equal([first], rig.MixEvents.OfType<MemberLeft>().Select(e => e.Member));
        Assert.InRange(Tones.Level(tap.A, 1500), -14, -11);

        mix.Close();
        mix.Close();
        rig.Run(500);
        Assert.Equal([first, third, second], rig.MixEvents.OfType<MemberLeft>().Select(e => e.Member));
        Assert.Equal((1, 1, 0), (source.Disposed, tap.Disposed, mix.Members));
        Assert.Equal(PlaybackEnd.Closed, Assert.Single(rig.MixEvents.OfType<PlaybackEnded>()).Reason);

        // A closed mix takes nobody in.
        var late = rig.Call(new TestPhone(Tones.Pcmu, 500)).Join(MediaSide.A, mix);
        rig.Run(100);
        Assert.Equal(late, rig.MixEvents.OfType<MemberLeft>().Last().Member);
    }

    [Fact]
    public void A_full_mix_refuses()
    {
        var rig = new AudioRig();
        var mix = rig.Mix(new MixOptions { MaxMembers = 2 });
        for (var i = 0; i < 2; i++)
            rig.Call(new TestPhone(Tones.Pcmu, 500)).Join(MediaSide.A, mix);
        var third = rig.Call(new TestPhone(Tones.Pcmu, 500)).Join(MediaSide.A, mix);
        var source = new ToneSource(900, 1000);
        mix.Attach(source);
        rig.Run(100);
        Assert.Equal(2, mix.Members);
        Assert.Equal(third, Assert.Single(rig.MixEvents.OfType<MemberLeft>()).Member);
        Assert.Equal((1, PlaybackEnd.Refused), (source.Disposed, Assert.Single(rig.MixEvents.OfType<PlaybackEnded>()).Reason));
    }
}
