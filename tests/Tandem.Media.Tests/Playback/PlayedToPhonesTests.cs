using Tandem.Media.Audio;
using Tandem.Media.Codecs;
using Tandem.Media.Events;
using Tandem.Media.Playback.Music;
using Tandem.Media.Playback.Reading;
using Tandem.Media.Playback.Sources;
using Tandem.Media.Playback.Tones;
using Tandem.Media.Tests.Audio;
using Tandem.Testing;
using Tandem.Testing.Audio;
using Formats = Tandem.Media.Tests.Audio.Tones;

namespace Tandem.Media.Playback;

/// <summary>From the file to what the phone hears, in virtual time: frequency, length, gaps, level.</summary>
public sealed class PlayedToPhonesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tandem-played-").FullName;
    private readonly SoundLibrary _library;

    public PlayedToPhonesTests() => _library = new SoundLibrary(_folder, new PlaybackOptions(), TimeProvider.System, searchPath: "/nowhere");

    public static TheoryData<string, int> Cases => new()
    {
        { "PCMU", 8_000 }, { "PCMU", 44_100 }, { "PCMA", 16_000 }, { "G722", 16_000 }, { "G722", 8_000 }, { "opus", 48_000 }, { "opus", 8_000 }, { "L16", 22_050 },
    };

    public void Dispose()
    {
        _library.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_file_of_any_rate_is_heard_in_any_codec(string codec, int rate)
    {
        await SaveAsync("tone", Sounds.ToneWav(700, 2, rate));
        var rig = new AudioRig();
        var phone = new TestPhone(Format(codec), 300) { Speaks = false };
        var session = rig.Call(phone);
        var play = session.Play(MediaSide.A, (await _library.OpenPromptAsync("default", "tone")).Source!);
        rig.Run(2_500);

        var tone = ToneMeter.Measure(phone.Heard, 700);
        Assert.Equal(700, tone.Hertz, 0.5);
        Assert.Equal(-6.2, tone.LevelDb, 1.0);
        Assert.Equal((0, 0), (tone.Gaps, tone.Jumps));
        Assert.InRange(tone.Heard.TotalSeconds, 1.96, 2.04);
        Assert.Contains(rig.Events, e => e is PlaybackEnded { Reason: PlaybackEnd.Finished } ended && ended.Play == play);
    }

    // A file that is read ahead by the worker, played by a loop in virtual time: the worker gets the time that it needs between two seconds.
    [Fact]
    public async Task A_long_file_is_heard_without_a_gap()
    {
        await SaveAsync("long", Sounds.ToneWav(500, 30));
        var source = (FileSource)(await _library.OpenPromptAsync("default", "long")).Source!;
        var rig = new AudioRig();
        var phone = new TestPhone(Formats.Pcmu, 300) { Speaks = false };
        rig.Call(phone).Play(MediaSide.A, source);
        for (var half = 0; half < 61; half++)
        {
            Assert.True(Wait.Until(() => source.IsReady));
            rig.Run(500);
        }

        var tone = ToneMeter.Measure(phone.Heard, 500);
        Assert.Equal((0, 0), (tone.Gaps, tone.Jumps));
        Assert.InRange(tone.Heard.TotalSeconds, 29.9, 30.1);
        Assert.Equal(0, source.Underruns);
    }

    [Fact]
    public async Task Prompts_in_sequence_follow_each_other_without_a_hole()
    {
        await SaveAsync("one", Sounds.ToneWav(600, 0.333));
        await SaveAsync("two", Sounds.ToneWav(600, 0.417, 16_000));
        var rig = new AudioRig();
        var phone = new TestPhone(Formats.G722, 300) { Speaks = false };
        rig.Call(phone).Play(MediaSide.A, (await _library.OpenSequenceAsync("default", ["one", "two", "one"])).Source!);
        rig.Run(1_500);
        var tone = ToneMeter.Measure(phone.Heard, 600);
        Assert.Equal(0, tone.Gaps);
        Assert.Equal(1.083, tone.Heard.TotalSeconds, 0.05);
    }

    [Fact]
    public void Busy_tone_is_heard_with_its_cadence()
    {
        var rig = new AudioRig();
        var phone = new TestPhone(Formats.Pcma, 300) { Speaks = false };
        rig.Call(phone).Play(MediaSide.A, _library.OpenTone(ToneKind.Busy, "de").Source!);
        rig.Run(4_000);

        // 480 ms on, 480 ms off: presence in steps of 20 ms.
        var heard = phone.Heard;
        var steps = heard.Samples.Chunk(heard.SampleRate / 50).Select(block => block.Max(sample => Math.Abs((int)sample)) > 1_000).ToArray();
        var runs = new List<int>();
        for (int i = Array.IndexOf(steps, true), start = i; i < steps.Length; i++)
        {
            if (steps[i] == steps[start])
                continue;

            runs.Add((i - start) * 20);
            start = i;
        }

        Assert.True(runs.Count >= 6);
        Assert.All(runs, run => Assert.InRange(run, 460, 500));
        Assert.Equal(425, ToneMeter.Measure(new WavFile(heard.SampleRate, heard.Samples[..(heard.SampleRate * 4 / 10)]), 425).Hertz, 1.5);
    }

    [Fact]
    public void Two_on_hold_hear_the_same_music()
    {
        using var worker = new PlaybackWorker();
        var channel = new MusicChannel(new LoopReader(new ClipReader(DefaultMusic.Clip, "")), worker, 160_000);
        Assert.True(Wait.Until(() => channel.Head >= 160_000));
        var rig = new AudioRig();
        var first = new TestPhone(Formats.Linear16, 300) { Speaks = false };
        var second = new TestPhone(Formats.Linear16, 300) { Speaks = false };
        rig.Call(first).Play(MediaSide.A, new MusicSource(channel));
        rig.Call(second).Play(MediaSide.A, new MusicSource(channel));
        rig.Run(3_000);
        Assert.Equal(first.Heard.Samples, second.Heard.Samples);
        Assert.True(first.Heard.Samples.Max() > 2_000);
        Assert.Equal(0, channel.Underruns);
    }

    private static PayloadFormat Format(string codec) => codec switch
    {
        "PCMU" => Formats.Pcmu,
        "PCMA" => Formats.Pcma,
        "G722" => Formats.G722,
        "opus" => Formats.Opus,
        _ => Formats.Linear16,
    };

    private async Task SaveAsync(string name, byte[] content) =>
        Assert.Equal("", (await _library.Store.SavePromptAsync("default", name, new MemoryStream(content), default)).Text);
}
