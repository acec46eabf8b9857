using System.Security.Cryptography;
using Tandem.Core.Time;
using Tandem.Media.Events;
using Tandem.Media.Recording;
using Tandem.Testing;
using Tandem.Testing.Audio;
using static Tandem.Media.Tests.Recording.RecorderCalls;

namespace Tandem.Media.Tests.Recording;

public sealed class RecordingEngineTests : IDisposable
{
    private readonly RecordingFolder _folder = new();
    private readonly List<RecordingEngine> _engines = [];

    private static readonly RecordingOptions Quick = new() { PollInterval = TimeSpan.FromMilliseconds(5) };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        foreach (var engine in _engines)
            engine.Dispose();
        _folder.Dispose();
    }

    private RecordingEngine Engine(RecordingOptions? options = null, Func<string, long>? free = null)
    {
        var engine = new RecordingEngine(options ?? Quick, free);
        _engines.Add(engine);
        return engine;
    }

    [Fact]
    public async Task The_caller_is_left_and_the_callee_right()
    {
        var engine = Engine();
        var recorder = Start(engine, _folder.Request());
        RecordingFolder.Speak(recorder, 175);
        var summary = await StopAsync(recorder);
        Assert.Equal((RecordingEnd.Stopped, TimeSpan.FromSeconds(3.5), TimeSpan.Zero, ""), (summary.Reason, summary.Duration, summary.Dropped, summary.Error));
        Assert.Equal(new FileInfo(_folder["a.rec"]).Length, summary.Bytes);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(_folder["a.rec"]))), summary.Sha256);
        Assert.Equal((0, 1L, 0L, 0L, summary.Bytes), (engine.Active, engine.Started, engine.Failed, engine.DroppedFrames, engine.Bytes));

        var wav = _folder.Fetch();
        var left = ToneMeter.Measure(RecordingFolder.Channel(wav, 0), 440);
        var right = ToneMeter.Measure(RecordingFolder.Channel(wav, 1), 1000);
        Assert.Equal((440, 0, 0), (Math.Round(left.Hertz), left.Gaps, left.Jumps));
        Assert.Equal((1000, 0, 0), (Math.Round(right.Hertz), right.Gaps, right.Jumps));
        Assert.True(ToneMeter.Measure(RecordingFolder.Channel(wav, 0), 1000).LevelDb < -30);

        using var file = RecordingFile.TryOpen(_folder["a.rec"], _folder.Key)!;
        Assert.Equal((true, 2, 16000, RecordingFormat.Wav, RecordingFolder.Started, TimeSpan.FromSeconds(3.5)), (file.IsComplete, file.Channels, file.SampleRate, file.Format, file.StartedAt, file.Duration));
        var peaks = file.ReadPeaks();
        Assert.Equal((2, 35, 35), (peaks.Length, peaks[0].Length, peaks[1].Length));
        Assert.All(peaks[0].Concat(peaks[1]), peak => Assert.Equal(8000 >> 8, peak));
    }

    [Theory]
    [InlineData(RecordingChannels.Mixed, true)]
    [InlineData(RecordingChannels.First, false)]
    public async Task One_channel_has_both_or_the_tapped_side(RecordingChannels channels, bool hasOther)
    {
        var recorder = Start(Engine(), _folder.Request(channels: channels));
        RecordingFolder.Speak(recorder, 100);
        await StopAsync(recorder);
        var wav = _folder.Fetch();
        Assert.Equal(1, BitConverter.ToInt16(wav, 22));
        Assert.Equal(-12.2, ToneMeter.Measure(RecordingFolder.Channel(wav, 0), 440).LevelDb, 0.2);
        Assert.Equal(hasOther, ToneMeter.Measure(RecordingFolder.Channel(wav, 0), 1000).LevelDb > -13);
    }

    // The rate of a tap may change when a call is transferred or its codec changes.
    [Fact]
    public async Task Rates_change_within_a_recording()
    {
        var recorder = Start(Engine(), _folder.Request());
        RecordingFolder.Speak(recorder, 50, 8000);
        RecordingFolder.Speak(recorder, 50, 16000, from: 50);
        RecordingFolder.Speak(recorder, 50, 8000, from: 100);
        var summary = await StopAsync(recorder);
        Assert.InRange(summary.Duration.TotalSeconds, 2.99, 3.0);
        var left = ToneMeter.Measure(RecordingFolder.Channel(_folder.Fetch(), 0), 440);
        Assert.Equal((440, 0), (Math.Round(left.Hertz), left.Gaps));
        Assert.InRange(left.Jumps, 0, 4);
    }

    // Paused: time stands still. Masked: it goes on in silence.
    [Fact]
    public async Task A_pause_leaves_nothing_and_a_mask_silence()
    {
        var recorder = Start(Engine(), _folder.Request());
        RecordingFolder.Speak(recorder, 50);
        recorder.IsPaused = true;
        RecordingFolder.Speak(recorder, 50, from: 50);
        recorder.IsPaused = false;
        recorder.IsMasked = true;
        RecordingFolder.Speak(recorder, 50, from: 100);
        recorder.IsMasked = false;
        RecordingFolder.Speak(recorder, 50, from: 150);
        Assert.Equal(TimeSpan.FromSeconds(3), (await StopAsync(recorder)).Duration);
        var samples = RecordingFolder.Channel(_folder.Fetch(), 0).Samples;
        Assert.All(samples[16000..32000], sample => Assert.Equal(0, sample));
        Assert.True(samples[..16000].Max() > 7900 && samples[32000..].Max() > 7900);
    }

    // Ticks that never came are silence of both channels, pauses apart. Ticks that come twice, from two loops, are kept, and the next gap makes up for them.
    [Fact]
    public async Task Time_that_is_missing_is_silence()
    {
        var recorder = Start(Engine(), _folder.Request());
        RecordingFolder.Speak(recorder, 50);
        RecordingFolder.Speak(recorder, 25, from: 75);
        recorder.IsPaused = true;
        RecordingFolder.Speak(recorder, 1, from: 200);
        recorder.IsPaused = false;
        RecordingFolder.Speak(recorder, 50, from: 201);
        RecordingFolder.Speak(recorder, 10, from: 246);
        RecordingFolder.Speak(recorder, 35, from: 266);
        var summary = await StopAsync(recorder);
        Assert.Equal((TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(0.6)), (summary.Duration, summary.Dropped));
        foreach (var channel in new[] { 0, 1 })
        {
            var samples = RecordingFolder.Channel(_folder.Fetch(), channel).Samples;
            Assert.All(samples[16000..24000], sample => Assert.Equal(0, sample));
            Assert.True(samples[..16000].Max() > 7900 && samples[24000..].Max() > 7900);
        }
    }

    [Fact]
    public async Task A_closed_session_ends_its_recording()
    {
        var recorder = Start(Engine(), _folder.Request());
        RecordingFolder.Speak(recorder, 10);
        recorder.Dispose();
        var summary = await recorder.Completion.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        Assert.Equal((RecordingEnd.Closed, TimeSpan.FromMilliseconds(200)), (summary.Reason, summary.Duration));
    }

    [Fact]
    public async Task The_longest_recording_ends_by_itself()
    {
        var recorder = Start(Engine(Quick with { MaxDuration = TimeSpan.FromSeconds(2) }), _folder.Request());
        RecordingFolder.Speak(recorder, 100);
        var summary = await recorder.Completion.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        Assert.Equal((RecordingEnd.Limit, TimeSpan.FromSeconds(2)), (summary.Reason, summary.Duration));

        // Whoever goes on speaking is not heard and does no harm.
        recorder.Write(new short[320], new short[320], 16000, Moment.Zero);
    }

    [Fact]
    public async Task A_full_disk_ends_recordings_and_refuses_new_ones()
    {
        var free = 1L << 40;
        var engine = Engine(free: _ => Volatile.Read(ref free));
        var recorder = Start(engine, _folder.Request());
        RecordingFolder.Speak(recorder, 60);

        // All of it is taken before the disk is full: a look at the disk may come between two of its frames.
        Assert.True(Wait.Until(() => recorder.Ring.Free == Quick.RingSamples));
        Volatile.Write(ref free, 1000);
        var summary = await recorder.Completion.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        Assert.Equal((RecordingEnd.Storage, "less than 512 MiB are left on the disk"), (summary.Reason, summary.Error));
        Assert.Equal(TimeSpan.FromSeconds(1.2), summary.Duration);
        Assert.Equal(1.2, RecordingFolder.Channel(_folder.Fetch(), 0).Samples.Length / 16000.0, 0.001);
        Assert.Null(engine.TryStart(_folder.Request("b.rec"), out var problem));
        Assert.Contains("512 MiB", problem);
        Assert.Equal((0, 1L), (engine.Active, engine.Failed));
    }

    [Fact]
    public async Task A_file_that_cannot_be_made_ends_its_recording_alone()
    {
        var engine = Engine();
        File.WriteAllText(_folder["a.rec"], "here already");
        var good = Start(engine, _folder.Request("b.rec"));
        var bad = Start(engine, _folder.Request());
        var summary = await bad.Completion.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        Assert.Equal((RecordingEnd.Storage, 0L), (summary.Reason, summary.Bytes));
        Assert.NotEqual("", summary.Error);
        Assert.Equal("here already", File.ReadAllText(_folder["a.rec"]));
        RecordingFolder.Speak(good, 10);
        Assert.Equal(RecordingEnd.Stopped, (await StopAsync(good)).Reason);
    }

    [Fact]
    public void Recordings_are_bounded()
    {
        var engine = Engine(Quick with { MaxRecordings = 2 });
        Start(engine, _folder.Request("a.rec"));
        Start(engine, _folder.Request("b.rec"));
        Assert.Null(engine.TryStart(_folder.Request("c.rec"), out var problem));
        Assert.StartsWith("2 recordings", problem);
        Assert.Equal(2, engine.Active);
    }

    [Fact]
    public void Closing_the_engine_ends_every_recording_whole()
    {
        var engine = Engine();
        var recorders = Enumerable.Range(0, 5).Select(i => Start(engine, _folder.Request($"{i}.rec"))).ToList();
        foreach (var recorder in recorders)
            RecordingFolder.Speak(recorder, 30);
        engine.Dispose();
        for (var i = 0; i < recorders.Count; i++)
        {
            Assert.True(recorders[i].Completion.IsCompletedSuccessfully);
            using var file = RecordingFile.TryOpen(_folder[$"{i}.rec"], _folder.Key)!;
            Assert.Equal((true, TimeSpan.FromMilliseconds(600)), (file.IsComplete, file.Duration));
        }
    }

    // A process that is killed leaves what the system was given: at most a second is missing, and the file plays while it grows.
    [Fact]
    public async Task What_was_recorded_until_a_second_ago_is_in_the_file()
    {
        var recorder = Start(Engine(), _folder.Request());
        RecordingFolder.Speak(recorder, 175);
        Assert.True(SpinWait.SpinUntil(() => recorder.Ring.Free == Quick.RingSamples, TimeSpan.FromSeconds(60)));
        File.Copy(_folder["a.rec"], _folder["killed.rec"]);
        using (var file = RecordingFile.TryOpen(_folder["killed.rec"], _folder.Key)!)
            Assert.Equal((false, true, TimeSpan.FromSeconds(3)), (file.IsComplete, file.Verify(), file.Duration));
        Assert.Equal(440, ToneMeter.Measure(RecordingFolder.Channel(_folder.Fetch("killed.rec"), 0), 440).Hertz, 0.5);
        await StopAsync(recorder);
    }

    [Fact]
    public void Nothing_is_allocated_on_the_loop()
    {
        var recorder = Start(Engine(), _folder.Request());
        var a = new short[160];
        void Round()
        {
            for (var i = 0; i < 1000; i++)
                recorder.Write(a, a, 8000, Moment.FromMilliseconds(i));
        }

        Assert.Equal(0, Garbage.Of(Round));
    }

    [Fact]
    public void Values_that_cannot_work_are_named()
    {
        Assert.Null(new RecordingOptions().Problem());
        Assert.StartsWith("RingSamples", new RecordingOptions { RingSamples = 10_000 }.Problem());
        Assert.StartsWith("SampleRate", new RecordingOptions { SampleRate = 44_100 }.Problem());
        Assert.StartsWith("MaxDuration", new RecordingOptions { MaxDuration = TimeSpan.Zero }.Problem());
        Assert.StartsWith("PollInterval", new RecordingOptions { PollInterval = TimeSpan.Zero }.Problem());
    }
}
