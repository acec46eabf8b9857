using Tandem.Core.Time;
using Tandem.Media.Audio;
using Tandem.Media.Codecs;
using Tandem.Media.Events;
using Tandem.Testing;
using Tandem.Testing.Audio;

namespace Tandem.Media.Tests.Audio;

/// <summary>Two sides of one line: transcoding, relay, and the changes between them.</summary>
public class BridgeTests
{
    public static TheoryData<string, string> Pairs => new()
    {
        { "PCMU", "PCMA" }, { "PCMU", "G722" }, { "PCMA", "opus" }, { "G722", "opus" }, { "GSM", "G722" }, { "opus", "L16" },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Two_sides_of_different_codecs_hear_each_other_without_a_gap(string left, string right)
    {
        var rig = new AudioRig();
        var (a, b) = (new TestPhone(Of(left), 440), new TestPhone(Of(right), 620));
        rig.Call(a, b);
        rig.Run(3000);

        AssertTone(a.HeardFrom(500), 620, -12.2);
        AssertTone(b.HeardFrom(500), 440, -12.2);
        Assert.True(a.IsFed && b.IsFed);
    }

    // Issue 4: packet times converted. RFC 3550 §5.1: the timestamp counts samples, whatever the packet time.
    [Theory]
    [InlineData(60, 20)]
    [InlineData(20, 60)]
    [InlineData(10, 40)]
    [InlineData(30, 20)]
    public void Packet_times_are_converted(int left, int right)
    {
        var rig = new AudioRig();
        var (a, b) = (new TestPhone(Tones.Pcmu, 440, left), new TestPhone(Tones.Pcma, 620, right));
        rig.Call(a, b);
        rig.Run(3000);

        AssertTone(a.HeardFrom(600), 620, -12.2);
        AssertTone(b.HeardFrom(600), 440, -12.2);
        AssertPackets(a, left);
        AssertPackets(b, right);
    }

    [Fact]
    public void A_relayed_call_is_decoded_by_nobody()
    {
        var rig = new AudioRig();
        var (a, b) = (new TestPhone(Tones.Pcmu, 440), new TestPhone(Tones.Pcmu, 620));
        rig.Call(a, b, canRelay: true);
        rig.Run(1000);

        Assert.False(a.IsFed || b.IsFed);
        Assert.Null(a.Listener);
        Assert.Equal(0, rig.Tick.Ticks);
        AssertTone(a.HeardFrom(100), 620, -12.2);
    }

    [Fact]
    public void A_prompt_in_a_relayed_call_ends_the_relay_of_its_direction_alone_and_until_it_is_over()
    {
        var rig = new AudioRig();
        var (a, b) = (new TestPhone(Tones.Pcmu, 440), new TestPhone(Tones.Pcmu, 620));
        var session = rig.Call(a, b, canRelay: true);
        rig.Run(1000);
        var source = new ToneSource(1000, 1000);
        var play = session.Play(MediaSide.A, source);
        rig.Run(500);
        Assert.True(a.IsFed);
        Assert.False(b.IsFed);
        rig.Run(1500);

        Assert.False(a.IsFed);
        Assert.Equal(new PlaybackEnded(MediaSide.A, play, PlaybackEnd.Finished), Assert.Single(rig.Events));
        Assert.Equal(1, source.Disposed);
        Assert.InRange(a.LevelOf(1000, 1100, 800), -13, -11.5);
        Assert.True(a.LevelOf(620, 1100, 800) < -60);
        AssertTone(a.HeardFrom(2100), 620, -12.2);
        AssertTone(b.HeardFrom(100), 440, -12.2);

        // Coders are given back after their rest, and the loop sleeps again.
        rig.Run(3000);
        Assert.Equal((0, Moment.Never), (rig.Tick.ActiveLines, rig.Tick.NextDeadline));
        Assert.Null(b.Listener);
    }

    // Whoever is mixed into a call changes relay to sound and back: no packet time is missing, and no step is heard.
    [Fact]
    public void A_relay_that_is_decoded_for_a_while_has_neither_gap_nor_click()
    {
        var rig = new AudioRig();
        var (a, b) = (new TestPhone(Tones.Linear16, 440), new TestPhone(Tones.Linear16, 500) { Amplitude = 6000 });
        var session = rig.Call(a, b, canRelay: true);
        rig.Run(1000);
        session.Play(MediaSide.A, new ToneSource(1800, 1500, 16000, 1000), PlayMode.Mix);
        rig.Run(3000);

        var heard = a.HeardFrom(100);
        var report = ToneMeter.Measure(heard, 500);
        Assert.Equal(0, report.Gaps);
        Assert.InRange(a.LevelOf(1800, 1500, 800), -31, -29);
        Assert.False(a.IsFed);

        // The steepest step of the two tones is 6000 · 2π · 500 / 16000 + 1000 · 2π · 1800 / 16000, about 1890.
        Assert.InRange(Tones.LargestStep(heard), 1100, 3000);
        AssertTone(b.HeardFrom(100), 440, -12.2);
        Assert.True(a.Received.Count > 195, "packets are missing at the changes");
    }

    [Fact]
    public void Playbacks_follow_their_modes()
    {
        var rig = new AudioRig();
        var (a, b) = (new TestPhone(Tones.Pcmu, 440), new TestPhone(Tones.Pcma, 620));
        var session = rig.Call(a, b);
        var first = session.Play(MediaSide.A, new ToneSource(1000, 60_000), PlayMode.Replace);
        rig.Run(1000);
        var second = session.Play(MediaSide.A, new ToneSource(1300, 60_000), PlayMode.Replace);
        rig.Run(1000);
        var third = session.Play(MediaSide.A, new ToneSource(1600, 60_000), PlayMode.Exclusive);
        var refused = new ToneSource(1900, 60_000);
        var fourth = session.Play(MediaSide.A, refused, PlayMode.Mix);
        rig.Run(1000);
        session.StopPlay(third);
        session.StopPlay(new PlayId(99));
        rig.Run(1000);

        Assert.Equal(
            [
                new PlaybackEnded(MediaSide.A, first, PlaybackEnd.Replaced),
                new PlaybackEnded(MediaSide.A, second, PlaybackEnd.Replaced),
                new PlaybackEnded(MediaSide.A, fourth, PlaybackEnd.Refused),
                new PlaybackEnded(MediaSide.A, third, PlaybackEnd.Stopped),
            ],
            rig.Events);
        Assert.Equal(1, refused.Disposed);
        Assert.True(a.LevelOf(1000, 200, 700) > -13 && a.LevelOf(1300, 1200, 700) > -13 && a.LevelOf(1600, 2200, 700) > -13);
        Assert.True(a.LevelOf(620, 200, 2700) < -50);
        Assert.True(a.LevelOf(620, 3300, 600) > -13);
    }

    [Fact]
    public void A_source_that_fails_ends_its_playback_and_not_the_call()
    {
        var rig = new AudioRig();
        var (a, b) = (new TestPhone(Tones.Pcmu, 440), new TestPhone(Tones.Pcma, 620));
        var session = rig.Call(a, b);
        rig.Run(500);
        var bad = new ToneSource(1000, 1000) { Throws = true };
        session.Play(MediaSide.A, bad);
        var odd = new ToneSource(1000, 1000, 11025);
        session.Play(MediaSide.B, odd);
        rig.Run(1000);

        Assert.All(rig.Events.OfType<PlaybackEnded>(), e => Assert.Equal(PlaybackEnd.Failed, e.Reason));
        Assert.Equal((2, 1, 1), (rig.Events.Count, bad.Disposed, odd.Disposed));
        AssertTone(a.HeardFrom(700), 620, -12.2);
    }

    [Fact]
    public void Mute_deaf_gain_and_echo_do_what_they_say()
    {
        var rig = new AudioRig();
        var (a, b) = (new TestPhone(Tones.Pcmu, 440), new TestPhone(Tones.Pcmu, 620));
        var session = rig.Call(a, b, canRelay: true);
        session.SetMute(MediaSide.A, true);
        rig.Run(1000);
        session.SetMute(MediaSide.A, false);
        session.SetDeaf(MediaSide.B, true);
        rig.Run(1000);
        session.SetDeaf(MediaSide.B, false);
        session.SetGain(MediaSide.A, -6, 6);
        rig.Run(1000);
        session.SetGain(MediaSide.A, 0);
        session.Echo(MediaSide.A, true);
        rig.Run(1000);
        session.Echo(MediaSide.A, false);
        rig.Run(1000);

        Assert.True(b.LevelOf(440, 200, 700) < -80);
        Assert.True(b.LevelOf(440, 1200, 700) < -80);
        Assert.InRange(b.LevelOf(440, 2300, 600), -19, -17.5);
        Assert.InRange(a.LevelOf(620, 2300, 600), -7, -5.5);
        Assert.InRange(a.LevelOf(440, 3300, 600), -13, -11.5);
        Assert.InRange(b.LevelOf(440, 3300, 600), -13, -11.5);
        Assert.InRange(a.LevelOf(620, 4200, 700), -13, -11.5);
        Assert.False(a.IsFed || b.IsFed);
    }

    [Fact]
    public void Taps_hear_both_sides_of_a_relayed_call_and_what_goes_to_one()
    {
        var rig = new AudioRig();
        var (a, b) = (new TestPhone(Tones.Pcmu, 440), new TestPhone(Tones.Pcmu, 620));
        var session = rig.Call(a, b, canRelay: true);
        var (both, one) = (new KeepingTap(), new KeepingTap());
        var id = session.Tap(null, both);
        session.Tap(MediaSide.B, one);
        rig.Run(1500);
        Assert.False(a.IsFed || b.IsFed);

        session.Play(MediaSide.B, new ToneSource(1000, 1000));
        rig.Run(900);
        session.Untap(id);
        session.Untap(id);
        rig.Run(500);

        Assert.Equal(1, both.Disposed);
        Assert.True(Tones.Level(both.A, 440) > -14 && Tones.Level(both.A, 620) < -60);
        Assert.True(Tones.Level(both.B, 620) > -14 && Tones.Level(both.B, 440) < -60);
        Assert.Equal(2400, both.A.Samples.Length * 1000 / both.Rate, 40.0);
        Assert.True(Tones.Level(one.A, 620) > -14);
        Assert.InRange(Tones.Level(Part(one.B, 200, 1200), 440), -13, -11.5);
        Assert.InRange(Tones.Level(Part(one.B, 1600, 700), 1000), -13, -11.5);
        Assert.True(Tones.Level(Part(one.B, 1600, 700), 440) < -60);
    }

    [Fact]
    public void A_session_that_closes_ends_all_that_is_attached_once()
    {
        var rig = new AudioRig();
        var (a, b) = (new TestPhone(Tones.Pcmu, 440), new TestPhone(Tones.Pcma, 620));
        var session = rig.Call(a, b);
        var (source, tap, late, lateTap) = (new ToneSource(1000, 60_000), new KeepingTap(), new ToneSource(1000, 60_000), new KeepingTap());
        var play = session.Play(MediaSide.B, source, PlayMode.Mix);
        session.Tap(null, tap);
        var digits = session.SendDtmf(MediaSide.A, "123");
        rig.Run(40);
        session.Stop();
        session.Stop();
        var latePlay = session.Play(MediaSide.A, late);
        session.Tap(MediaSide.A, lateTap);
        session.SetMute(MediaSide.A, true);
        rig.Run(100);

        Assert.Equal((1, 1, 1, 1), (source.Disposed, tap.Disposed, late.Disposed, lateTap.Disposed));
        Assert.Contains(new PlaybackEnded(MediaSide.B, play, PlaybackEnd.Closed), rig.Events);
        Assert.Contains(new PlaybackEnded(MediaSide.A, latePlay, PlaybackEnd.Closed), rig.Events);
        Assert.Contains(new DtmfSent(MediaSide.A, digits, false), rig.Events);
        Assert.Equal(3, rig.Events.Count);
        Assert.False(a.IsFed || b.IsFed);
        Assert.Equal(Moment.Never, rig.Tick.NextDeadline);
    }

    [Fact]
    public void A_side_alone_hears_comfort_noise_and_speech_is_told()
    {
        var rig = new AudioRig(new AudioOptions { ComfortLevelDb = -60 });
        var a = new TestPhone(Tones.Linear16, 440);
        var session = rig.Call(a);
        session.ReportSpeech(MediaSide.A, true);
        rig.Run(1000);
        a.Speaks = false;
        rig.Run(2000);

        var samples = a.HeardFrom(200).Samples;
        Assert.Equal(-60, 10 * Math.Log10(samples.Average(s => (double)s * s) / (32768.0 * 32768)), 1.0);
        Assert.Equal([true, false], rig.Events.OfType<SpeechChanged>().Select(e => e.IsSpeaking));
        Assert.Equal(150, a.Received.Count, 3.0);
    }

    // RFC 7160 §4.1: another clock rate is another source; the same clock goes on in the same stream (RFC 3550 §5.1).
    [Fact]
    public void Another_codec_goes_on_in_the_same_stream_unless_its_clock_differs()
    {
        var rig = new AudioRig();
        var a = new TestPhone(Tones.Pcmu, 440);
        var session = rig.Call(a);
        foreach (var format in new[] { Tones.Pcmu, Tones.G722, Tones.Opus })
        {
            a.Plan = a.Plan with { Audio = a.Plan.Audio! with { Sends = format } };
            rig.Plan(session, a, null, false);
            rig.Run(200);
        }

        Assert.Equal([0, 9, 111], a.Received.Select(r => (int)r.Header.PayloadType).Distinct());
        var bySource = a.Received.GroupBy(r => r.Header.Ssrc).ToList();
        Assert.Equal([(0, 9), (111, 111)], bySource.Select(g => ((int)g.Min(r => r.Header.PayloadType), (int)g.Max(r => r.Header.PayloadType))));
        Assert.All(bySource[0].Zip(bySource[0].Skip(1)), pair => Assert.Equal(pair.First.Header.Timestamp + 160, pair.Second.Header.Timestamp));
        Assert.All(bySource[1].Zip(bySource[1].Skip(1)), pair => Assert.Equal(pair.First.Header.Timestamp + 960, pair.Second.Header.Timestamp));
        Assert.Equal([true, true, true], new[] { 0, 9, 111 }.Select(type => a.Received.First(r => r.Header.PayloadType == type).Header.Marker));
    }

    // The sender's clock and ours part by 200 ppm: 36 ms in three minutes. Nothing runs dry or over.
    [Theory]
    [InlineData(200)]
    [InlineData(-200)]
    public void A_clock_that_drifts_is_followed(double drift)
    {
        var rig = new AudioRig();
        var (a, b) = (new TestPhone(Tones.Pcmu, 440) { Drift = drift }, new TestPhone(Tones.Pcma, 620));
        rig.Call(a, b);
        rig.Run(180_000);

        var report = ToneMeter.Measure(b.HeardFrom(1000), 440);
        Assert.Equal(0, report.Gaps);
        Assert.InRange(report.LevelDb, -13, -11.5);
        Assert.InRange(report.Jumps, 0, 40);
    }

    // Issue 4: zero allocated bytes per tick after warm-up.
    [Fact]
    public void A_tick_allocates_nothing()
    {
        var rig = new AudioRig();
        var quiet = new List<QuietPath>();
        var mix = rig.Mix(hasEvents: false);
        foreach (var format in new[] { Tones.Pcmu, Tones.Pcma, Tones.G722, Tones.Opus, Tones.Pcmu, Tones.G722 })
        {
            var path = new QuietPath(format);
            quiet.Add(path);
            rig.Silent(path, path.Plan).Join(MediaSide.A, mix);
        }

        mix.Attach(new ToneSource(1000, 600_000));
        rig.Run(20);
        var rounds = 0;
        Rounds(500);
        Assert.Equal(0, Garbage.Of(() => Rounds(200)));
        Assert.All(quiet, p => Assert.InRange(p.Packets, rounds - 5, rounds + 5));
        Assert.Equal(0, rig.Tick.Failures);

        void Rounds(int count)
        {
            for (var i = 0; i < count; i++, rounds++)
            {
                rig.Advance(20);
                foreach (var path in quiet)
                    path.Speak(rig.Now);
                rig.Tick.Tick(rig.Now);
            }
        }
    }

    private static WavFile Part(WavFile wav, int from, int length) =>
        new(wav.SampleRate, wav.Samples.AsSpan(from * wav.SampleRate / 1000, length * wav.SampleRate / 1000).ToArray());

    private static PayloadFormat Of(string name) => name switch
    {
        "PCMU" => Tones.Pcmu,
        "PCMA" => Tones.Pcma,
        "G722" => Tones.G722,
        "GSM" => Tones.Gsm,
        "L16" => Tones.Linear16,
        _ => Tones.Opus,
    };

    private static void AssertTone(WavFile wav, double hertz, double level)
    {
        var report = ToneMeter.Measure(wav, hertz);
        Assert.Equal(hertz, report.Hertz, 0.5);
        Assert.Equal((0, 0), (report.Gaps, report.Jumps));
        Assert.InRange(report.LevelDb, level - 1, level + 1);
    }

    private static void AssertPackets(TestPhone phone, int milliseconds)
    {
        Assert.True(phone.Received[0].Header.Marker);
        for (var i = 1; i < phone.Received.Count; i++)
        {
            var (before, after) = (phone.Received[i - 1].Header, phone.Received[i].Header);
            Assert.Equal((ushort)(before.Sequence + 1), after.Sequence);
            Assert.Equal(before.Timestamp + ((uint)milliseconds * 8), after.Timestamp);
            Assert.Equal(before.Ssrc, after.Ssrc);
            Assert.False(after.Marker);
        }
    }
}
