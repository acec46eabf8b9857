using Tandem.Core.Time;
using Tandem.Media.Audio;
using Tandem.Media.Monitoring;
using Tandem.Media.Tests.Audio;
using Tandem.Media.Transport;
using Tandem.Testing;
using Tandem.Testing.Audio;

namespace Tandem.Media.Tests.Monitoring;

/// <summary>The sound of a call on its way out: each side on its channel, and who is too slow loses his own and nobody else's.</summary>
public sealed class SoundForkTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Each_side_is_on_its_channel(bool isRelayed)
    {
        var rig = new AudioRig();
        var (a, b) = (new TestPhone(isRelayed ? Tones.Pcma : Tones.G722, 500), new TestPhone(Tones.Pcma, 900));
        var session = rig.Call(a, b, canRelay: isRelayed);
        var fork = new SoundFork(100);
        session.Tap(null, fork);
        var heard = new List<short>();
        for (var i = 0; i < 30; i++)
        {
            rig.Run(100);
            Drain(fork, heard);
        }

        Assert.Equal((0L, false), (fork.Lost, fork.IsOver));
        foreach (var (channel, there, notThere) in new[] { (0, 500.0, 900.0), (1, 900.0, 500.0) })
        {
            var wav = new WavFile(SoundFork.Rate, [.. heard.Chunk(2).Skip(SoundFork.Rate / 2).Select(pair => pair[channel])]);
            var report = ToneMeter.Measure(wav, there);
            Assert.Equal(there, report.Hertz, 0.5);
            Assert.Equal((0, 0), (report.Gaps, report.Jumps));
            Assert.True(ToneLevel.Of(wav, notThere) < -50);
        }

        ((ISessionSound)session).Stop(rig.Now);
        Assert.True(fork.IsOver);
    }

    // Half a second has room. Nobody takes for five, and the two hear each other whole.
    [Fact]
    public void Who_is_too_slow_loses_his_own_sound_and_the_call_does_not_notice()
    {
        var rig = new AudioRig();
        var (a, b) = (new TestPhone(Tones.Pcmu, 500), new TestPhone(Tones.Pcma, 900));
        var session = rig.Call(a, b);
        var (slow, quick) = (new SoundFork(25), new SoundFork(25));
        session.Tap(null, slow);
        session.Tap(null, quick);
        var heard = new List<short>();
        for (var i = 0; i < 50; i++)
        {
            rig.Run(100);
            Drain(quick, heard);
        }

        Assert.InRange(slow.Lost, 220, 226);
        Assert.Equal(0, quick.Lost);
        Assert.InRange(heard.Count / SoundFork.FrameLength, 248, 250);
        var late = new List<short>();
        Drain(slow, late);
        Assert.Equal(25 * SoundFork.FrameLength, late.Count);
        Assert.Equal(late, heard[..late.Count]);
        var report = ToneMeter.Measure(b.HeardFrom(500), 500);
        Assert.Equal((0, 0), (report.Gaps, report.Jumps));

        // What comes from now on has room again.
        var lost = slow.Lost;
        rig.Run(400);
        Assert.Equal(lost, slow.Lost);
    }

    // Whoever hears a call over WebSocket, or as a supervisor, takes no place of what records it.
    [Fact]
    public void As_many_as_may_hear_a_call_leave_the_places_of_recordings_free()
    {
        var rig = new AudioRig(new AudioOptions { MaxTaps = 2, MaxForks = 3 });
        var session = rig.Call(new TestPhone(Tones.Pcmu, 500), new TestPhone(Tones.Pcma, 900));
        var told = new List<bool>();
        SoundFork Tap(TapKind kind)
        {
            var fork = new SoundFork(100);
            session.Tap(null, fork, kind, told.Add);
            return fork;
        }

        var forks = Enumerable.Range(0, 4).Select(_ => Tap(TapKind.Fork)).ToList();
        var supervisors = Enumerable.Range(0, 3).Select(_ => Tap(TapKind.Supervision)).ToList();
        var recordings = Enumerable.Range(0, 3).Select(_ => Tap(TapKind.Recording)).ToList();
        rig.Run(100);
        Assert.Equal([true, true, true, false, true, true, false, true, true, false], told);
        Assert.Equal(told.Select(hears => !hears), forks.Concat(supervisors).Concat(recordings).Select(fork => fork.IsOver));

        ((ISessionSound)session).Stop(rig.Now);
        Tap(TapKind.Recording);
        rig.Run(20);
        Assert.Equal((11, false), (told.Count, told[^1]));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var fork = new SoundFork(10);
        var (tick, frame) = (new short[160], new short[SoundFork.FrameLength]);
        Assert.Equal(0, Garbage.Of(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                fork.Write(tick, tick, 8000, Moment.Zero);
                fork.TryTake(frame);
            }
        }));
    }

    private static void Drain(SoundFork fork, List<short> into)
    {
        var frame = new short[SoundFork.FrameLength];
        while (fork.TryTake(frame))
            into.AddRange(frame);
    }
}
