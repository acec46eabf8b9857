using Tandem.Media.Events;
using Tandem.Media.Plan;
using Tandem.Media.Recording;
using Tandem.Media.Tests.Audio;
using Tandem.Testing.Audio;

namespace Tandem.Media.Tests.Recording;

/// <summary>A call in virtual time on a loop that is held up, and its recording: a place in the recording is a moment of the call.</summary>
public sealed class RecordedCallTests : IDisposable
{
    private readonly RecordingFolder _folder = new();
    private readonly RecordingEngine _engine = new(new RecordingOptions { PollInterval = TimeSpan.FromMilliseconds(2) });
    private readonly AudioRig _rig = new();
    private readonly TestPhone _a = new(Tones.Pcmu, 440);
    private readonly TestPhone _b = new(Tones.Pcmu, 1000);

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    // The loop stands for 300 ms, and for 2 s: a little of it is caught up, the rest is silence of both channels, and counted.
    [Fact]
    public async Task What_a_late_loop_leaves_out_is_silence_and_shifts_nothing()
    {
        var recorder = Record(out _);
        Run(recorder, 1000);
        _rig.Advance(300);
        Run(recorder, 700);
        _rig.Advance(2000);
        Run(recorder, 500);
        _a.Hertz = 500;
        Run(recorder, 1000);

        var skipped = _rig.Tick.Skipped;
        Assert.InRange(skipped, 100, 115);
        var summary = await StopAsync(recorder);
        Assert.Equal((TimeSpan.FromSeconds(5.5), TimeSpan.FromMilliseconds(20 * skipped)), (summary.Duration, summary.Dropped));
        Assert.Equal(RecordingEnd.Stopped, summary.Reason);

        var (left, right) = (Channel(0), Channel(1));
        Assert.Equal((5.5 * 16000, 5.5 * 16000), (left.Samples.Length, right.Samples.Length));
        foreach (var (channel, hertz) in new[] { (left, 440), (right, 1000) })
        {
            // Sound until the loop stood, silence while it did, and sound again when it went on.
            Assert.Equal(-12, Level(channel, hertz, 500, 1000), 1.0);
            Assert.Equal(-12, Level(channel, hertz, 1500, 2000), 1.0);
            Assert.Equal(0, Part(channel, 2200, 3800).Max(s => Math.Abs((int)s)));
            Assert.Equal(-12, Level(channel, hertz, 4150, 4450), 1.0);
        }

        // What A says otherwise from 4.5 s on is there, and the jitter buffer's delay later.
        Assert.Equal(-12, Level(left, 500, 4800, 5400), 1.0);
    }

    // RFC 3264 §8.4: neither sends to the other, and nobody decodes.
    [Fact]
    public async Task The_time_of_a_call_goes_on_while_both_sides_hold()
    {
        var recorder = Record(out var session);
        Run(recorder, 1000);
        var (planA, planB) = (_a.Plan, _b.Plan);
        (_a.Plan, _b.Plan) = (Held(planA), Held(planB));
        _rig.Plan(session, _a, _b, canRelay: true);
        Run(recorder, 5000);
        (_a.Plan, _b.Plan) = (planA, planB);
        _rig.Plan(session, _a, _b, canRelay: true);
        Run(recorder, 1000);

        var summary = await StopAsync(recorder);
        Assert.Equal((TimeSpan.FromSeconds(7), TimeSpan.Zero), (summary.Duration, summary.Dropped));
        Assert.Equal(-12, Level(Channel(0), 440, 500, 1000), 1.0);
        Assert.Equal(0, Part(Channel(0), 1200, 5900).Max(s => Math.Abs((int)s)));
        Assert.Equal(-12, Level(Channel(0), 440, 6400, 6900), 1.0);
    }

    private static LineSide Held(LineSide side) =>
        side with { Sends = false, Receives = false, Audio = side.Audio! with { Receives = [], Sends = null } };

    private static short[] Part(WavFile channel, int from, int to) => channel.Samples[(from * 16)..(to * 16)];

    private static double Level(WavFile channel, double hertz, int from, int to) => Tones.Level(new WavFile(16000, Part(channel, from, to)), hertz);

    private Recorder Record(out Tandem.Media.Audio.SessionAudio session)
    {
        session = _rig.Call(_a, _b, canRelay: true);
        var recorder = _engine.TryStart(_folder.Request(), out var problem)!;
        Assert.Equal("", problem);
        session.Tap(null, recorder);
        return recorder;
    }

    // Never faster than the writer takes it.
    private void Run(Recorder recorder, int milliseconds)
    {
        for (var done = 0; done < milliseconds; done += 100)
        {
            Assert.True(SpinWait.SpinUntil(() => recorder.Ring.Free > 32768, TimeSpan.FromSeconds(60)));
            _rig.Run(100);
        }
    }

    private WavFile Channel(int channel) => RecordingFolder.Channel(_folder.Fetch(), channel);

    private static Task<RecordingSummary> StopAsync(Recorder recorder)
    {
        recorder.Stop();
        return recorder.Completion.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }
}
