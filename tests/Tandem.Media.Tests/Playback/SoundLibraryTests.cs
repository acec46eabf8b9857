using Tandem.Media.Audio;
using Tandem.Media.Playback.Sources;
using Tandem.Media.Playback.Tones;
using Tandem.Testing;
using Tandem.Testing.Audio;

namespace Tandem.Media.Playback;

public sealed class SoundLibraryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tandem-library-").FullName;
    private readonly SoundLibrary _library;

    public SoundLibraryTests() => _library = new SoundLibrary(_folder, new PlaybackOptions(), TimeProvider.System, searchPath: "/nowhere");

    public void Dispose()
    {
        _library.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_tenants_prompt_for_the_language_goes_before_his_own_and_the_built_in_one()
    {
        Assert.True(Length(_library.OpenPrompt("default", "welcome")) is > 3_000 and not 4_000);
        await Save("welcome", Sounds.ToneWav(440, 0.5));
        Assert.Equal(4_000, Length(_library.OpenPrompt("default", "welcome")));
        await Save("en.welcome", Sounds.ToneWav(440, 0.25));
        Assert.Equal(2_000, Length(_library.OpenPrompt("default", "welcome")));
        Assert.Equal(4_000, Length(_library.OpenPrompt("default", "welcome", "de")));
        Assert.NotEqual(2_000, Length(_library.OpenPrompt("other", "welcome")));
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        Assert.Equal("there is no prompt 'nothing' in the language 'en'", _library.OpenPrompt("default", "nothing").Error);
        Assert.Contains("in the language 'de'", _library.OpenPrompt("default", "welcome", "de").Error);
        Assert.Contains("not accepted", _library.OpenPrompt("default", "../keys/secret").Error);
        Assert.Contains("not accepted", _library.OpenPrompt("default", "welcome", "../en").Error);
        Assert.Contains("'nothing'", _library.OpenSequence("default", ["welcome", "nothing"]).Error);
        Assert.Contains("1 to 64", _library.OpenSequence("default", []).Error);
        Assert.Contains("1 to 64", _library.OpenSequence("default", Enumerable.Repeat("welcome", 65).ToList()).Error);
        Assert.Contains("'xx'", _library.OpenTone(ToneKind.Busy, "xx").Error);
        Assert.Contains("'nothing'", _library.OpenMusic("default", "nothing").Error);
    }

    [Fact]
    public async Task A_replaced_prompt_is_heard_at_once_and_repeated_ones_come_from_memory()
    {
        await Save("a", Sounds.ToneWav(440, 0.5));
        Assert.Equal(4_000, Length(_library.OpenPrompt("default", "a")));
        var misses = _library.Numbers.ClipMisses;
        Assert.Equal(4_000, Length(await _library.OpenPromptAsync("default", "a")));
        Assert.Equal(misses, _library.Numbers.ClipMisses);
        await Save("a", Sounds.ToneWav(440, 1));
        Assert.Equal(8_000, Length(_library.OpenPrompt("default", "a")));
    }

    [Fact]
    public async Task A_sequence_of_several_rates_is_played_at_the_highest()
    {
        await Save("wide", Sounds.ToneWav(3_000, 0.5, 16_000));
        await Save("narrow", Sounds.ToneWav(1_000, 0.5));
        var result = await _library.OpenSequenceAsync("default", ["narrow", "wide", "narrow"]);
        Assert.Equal(16_000, result.Source!.SampleRate);
        var samples = Drain(result.Source);
        Assert.Equal(24_000, samples.Length, 4.0);
        Assert.Equal(1_000, ToneMeter.Measure(new WavFile(16_000, samples[..7_800]), 1_000).Hertz, 0.5);
        Assert.Equal(3_000, ToneMeter.Measure(new WavFile(16_000, samples[8_200..15_800]), 3_000).Hertz, 0.5);
    }

    [Fact]
    public void A_number_is_spoken()
    {
        var english = _library.Language()!;
        var number = _library.OpenSequence("default", english.Number(1_234));
        var parts = english.Number(1_234).Sum(name => Length(_library.OpenPrompt("default", name)));
        Assert.Equal(parts, Length(number));
    }

    [Fact]
    public async Task A_long_prompt_is_read_while_it_plays()
    {
        await Save("long", Sounds.ToneWav(440, 25));
        using var source = Assert.IsType<FileSource>(_library.OpenPrompt("default", "long").Source);
        Assert.Equal(8_000, source.SampleRate);
        Assert.Equal(0, _library.Numbers.Clips);
    }

    [Fact]
    public async Task Music_is_there_without_doing_anything_and_is_replaced_by_the_tenants()
    {
        using (var built = _library.OpenMusic("default").Source!)
            Assert.Equal(16_000, built.SampleRate);

        await _library.Store.SaveMusicAsync("default", "default", "tone", new MemoryStream(Sounds.ToneWav(700, 2)), default);
        _library.MusicChanged("default", "default");
        using var own = _library.OpenMusic("default").Source!;
        var frame = new short[320];
        Assert.True(Wait.Until(() =>
        {
            own.Read(frame);
            return frame[^1] != 0 || frame[^2] != 0;
        }));
        var second = new short[16_000];
        Assert.True(Wait.Until(() => own.Read(second) == second.Length && ToneMeter.Measure(new WavFile(16_000, second), 700) is { Gaps: 0, LevelDb: > -8 }));

        // The other tenant still has the built-in one.
        using var other = _library.OpenMusic("other").Source!;
        Assert.Equal(2, _library.Numbers.MusicChannels);
    }

    [Fact]
    public void Music_of_ones_own_begins_at_the_beginning()
    {
        using var library = new SoundLibrary(_folder, new PlaybackOptions { SharedMusic = false }, TimeProvider.System);
        using var music = Assert.IsType<FileSource>(library.OpenMusic("default").Source);
        Assert.Equal(0, library.Numbers.MusicChannels);
    }

    [Fact]
    public async Task Speech_without_a_tool_is_refused()
    {
        Assert.Contains("install the package", (await _library.SayAsync("hello")).Error);
        Assert.Equal(1, _library.Numbers.SpeechRefused);
    }

    private static int Length(SoundResult result)
    {
        Assert.True(result.IsGood, result.Error);
        return Drain(result.Source!).Length;
    }

    private static short[] Drain(IAudioSource source)
    {
        var all = new List<short>();
        var frame = new short[source.SampleRate / 50];
        int count;
        do
        {
            count = source.Read(frame);
            all.AddRange(frame.AsSpan(0, count));
        }
        while (count == frame.Length);

        source.Dispose();
        return [.. all];
    }

    private async Task Save(string name, byte[] content) =>
        Assert.Equal("", (await _library.Store.SavePromptAsync("default", name, new MemoryStream(content), default)).Text);
}
