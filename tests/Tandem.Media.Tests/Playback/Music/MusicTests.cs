using System.Globalization;
using Tandem.Media.Playback.Prompts;
using Tandem.Media.Playback.Reading;
using Tandem.Media.Playback.Sources;
using Tandem.Testing.Audio;

namespace Tandem.Media.Playback.Music;

public sealed class MusicTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("tandem-music-").FullName;
    private readonly PlaybackWorker _worker = new();

    public void Dispose()
    {
        _worker.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void The_built_in_music_is_calm_and_has_no_seam()
    {
        var clip = DefaultMusic.Clip;
        Assert.InRange(clip.Duration.TotalSeconds, 20, 60);
        var samples = clip.Samples.ToArray();
        var peak = samples.Max(sample => Math.Abs((int)sample));
        Assert.InRange(peak, 6_000, 8_000);

        // Never silent, never loud: half seconds stay within 12 dB.
        var loudness = samples.Chunk(8_000).Select(block => 10 * Math.Log10(block.Average(sample => (double)sample * sample))).ToArray();
        Assert.True(loudness.Max() - loudness.Min() < 12, $"{loudness.Min()} to {loudness.Max()} dB");

        // The step from the end to the beginning is no larger than others.
        var largest = Enumerable.Range(1, samples.Length - 1).Max(i => Math.Abs(samples[i] - samples[i - 1]));
        Assert.True(Math.Abs(samples[0] - samples[^1]) <= largest);
    }

    [Fact]
    public void All_listeners_hear_the_same_place_and_one_who_comes_later_joins_there()
    {
        var channel = new MusicChannel(new Counter(), _worker, 8_000);
        using var first = new MusicSource(channel);
        using var second = new MusicSource(channel);
        short[] a = new short[160], b = new short[160], c = new short[160];
        for (var i = 0; i < 50; i++)
        {
            UntilThereIs(channel, a.Length);
            first.Read(a);
            second.Read(b);
        }

        Assert.Equal(a, b);
        using var late = new MusicSource(channel);
        UntilThereIs(channel, a.Length);
        first.Read(a);
        second.Read(b);
        late.Read(c);
        Assert.Equal(a, b);
        Assert.Equal(a, c);
        Assert.Equal(0, channel.Skips);
    }

    [Fact]
    public void Whoever_stood_still_is_brought_to_the_others()
    {
        var channel = new MusicChannel(new Counter(), _worker, 4_000);
        using var awake = new MusicSource(channel);
        using var asleep = new MusicSource(channel);
        short[] a = new short[160], b = new short[160];
        UntilThereIs(channel, b.Length);
        asleep.Read(b);
        Assert.True(SpinWait.SpinUntil(() =>
        {
            awake.Read(a);
            return channel.Lead > 10_000;
        }, Patience));
        asleep.Read(b);
        Assert.Equal(1, channel.Skips);
        Assert.True(b[0] == 0 || b[0] > a[0] - 200);
    }

    [Fact]
    public void A_channel_closes_when_it_is_retired_and_the_last_one_has_left()
    {
        var reader = new Counter();
        var channel = new MusicChannel(reader, _worker, 4_000);
        var one = new MusicSource(channel);
        var two = new MusicSource(channel);
        channel.Retire();
        one.Dispose();
        one.Dispose();
        var rounds = _worker.Rounds;
        two.Read(new short[160]);
        Assert.False(channel.IsEnded);
        two.Dispose();
        Assert.True(SpinWait.SpinUntil(() => reader.IsDisposed, Patience));
        Assert.True(_worker.Rounds >= rounds);
    }

    [Fact]
    public async Task A_list_plays_its_pieces_in_order_again_and_again_and_sees_changes()
    {
        using var store = new SoundStore(_folder, new PlaybackOptions(), TimeProvider.System);
        await store.SaveMusicAsync("default", "list", "b", new MemoryStream(Sounds.ToneWav(1_000, 1, 8_000)), default);
        await store.SaveMusicAsync("default", "list", "a", new MemoryStream(Sounds.ToneWav(500, 1, 16_000)), default);
        var folder = store.Music("default", "list")!;
        using var reader = new ListReader(folder, new PlaybackOptions(), 16_000);
        Assert.Equal([500, 1_000, 500], Seconds(reader, 3));
        await store.SaveMusicAsync("default", "list", "c", new MemoryStream(Sounds.ToneWav(2_000, 1, 8_000)), default);
        Assert.Equal([1_000, 2_000, 500], Seconds(reader, 3));

        // One that somebody spoiled on the disk is left out.
        File.WriteAllText(folder.PathOf("b")!, "junk");
        Assert.Equal([2_000, 500, 2_000], Seconds(reader, 3));
        foreach (var name in folder.Names())
            File.WriteAllText(folder.PathOf(name)!, "junk");
        Sounds.All(new LimitedReader(reader, 16_000));
        Assert.Equal(0, reader.Read(new short[160]));
    }

    // All lists share one thread that reads: each file is opened once, however many there are and whatever their rates, and one that sounds is found.
    [Theory]
    [InlineData(null)]
    [InlineData(7)]
    public async Task A_list_of_pieces_without_a_sample_opens_each_once(int? sounds)
    {
        using var store = new SoundStore(_folder, new PlaybackOptions(), TimeProvider.System);
        for (var i = 0; i < 20; i++)
            await store.SaveMusicAsync("default", "list", $"p{i:00}", new MemoryStream(Sounds.ToneWav(500, 1, 8_000)), default);
        var opened = new List<string>();
        using var reader = new ListReader(store.Music("default", "list")!, new PlaybackOptions(), 16_000, path =>
        {
            opened.Add(Path.GetFileName(path));
            var piece = int.Parse(Path.GetFileName(path)[1..], CultureInfo.InvariantCulture);
            return piece % 5 == 3 ? null : new ShortPiece(piece % 5 < 2 ? 8_000 : 16_000, piece == sounds ? 160 : 0);
        });
        var heard = new short[160];
        for (var round = 0; round < 2; round++)
        {
            opened.Clear();
            Assert.Equal(sounds is not null, reader.Read(heard) > 0);
            Assert.Equal(sounds is null ? 20 : round == 0 ? 8 : 20, opened.Count);
            Assert.Equal(opened.Count, opened.Distinct().Count());
        }
    }

    // A tone that goes on from one piece to the next, and from the last to the first, is one tone: neither a hole nor a step, at whatever rate the pieces are.
    [Theory]
    [InlineData(8_000, 320, 4_010, 3_990)]
    [InlineData(11_025, 441, 5_522, 5_503)]
    [InlineData(16_000, 320, 8_010, 7_990)]
    [InlineData(44_100, 441, 22_040, 22_060)]
    [InlineData(8_000, 320, 8_000, 0)]
    public async Task Music_that_goes_on_in_the_next_piece_goes_on_without_a_seam(int rate, double hertz, int first, int second)
    {
        using var store = new SoundStore(_folder, new PlaybackOptions(), TimeProvider.System);
        var tone = Enumerable.Range(0, first + second).Select(i => (short)(12_000 * Math.Sin((2 * Math.PI * hertz * i / rate) + 1))).ToArray();
        await store.SaveMusicAsync("default", "list", "a", new MemoryStream(Sounds.Wav(Sounds.Linear(tone[..first]), rate: rate)), default);
        if (second > 0)
            await store.SaveMusicAsync("default", "list", "b", new MemoryStream(Sounds.Wav(Sounds.Linear(tone[first..]), rate: rate)), default);
        using var reader = new ListReader(store.Music("default", "list")!, new PlaybackOptions(), 16_000);
        var heard = new short[80_000];
        for (var at = 0; at < heard.Length;)
        {
            var count = reader.Read(heard.AsSpan(at, Math.Min(320, heard.Length - at)));
            Assert.NotEqual(0, count);
            at += count;
        }

        // Behind the beginning, where nothing was before.
        var sound = new WavFile(16_000, heard[160..]);
        var report = ToneMeter.Measure(sound, hertz);
        Assert.Equal((0, 0), (report.Gaps, report.Jumps));
        Assert.Equal(hertz, report.Hertz, 0.1);
        var steepest = 12_000 * 2 * Math.PI * hertz / 16_000;
        Assert.InRange(Tandem.Media.Tests.Audio.Tones.LargestStep(sound), steepest * 0.98, (steepest * 1.02) + 2);
    }

    // Listeners of a test are faster than time, and may be faster than the worker.
    private static void UntilThereIs(MusicChannel channel, int samples) => Assert.True(SpinWait.SpinUntil(() => channel.Head - channel.Lead >= samples, Patience));

    // The tone of each second.
    private static List<int> Seconds(ListReader reader, int count)
    {
        var tones = new List<int>();
        for (var i = 0; i < count; i++)
        {
            var second = new short[16_000];
            for (var at = 0; at < second.Length;)
            {
                var read = reader.Read(second.AsSpan(at));
                Assert.NotEqual(0, read);
                at += read;
            }

            tones.Add(new[] { 500, 1_000, 2_000 }.MaxBy(hertz => ToneMeter.Measure(new WavFile(16_000, second), hertz).LevelDb));
        }

        return tones;
    }

    private sealed class LimitedReader(ISoundReader inner, int left) : ISoundReader
    {
        public SoundInfo Info => inner.Info;

        public int SampleRate => inner.SampleRate;

        public int Read(Span<short> samples)
        {
            var count = left == 0 ? 0 : inner.Read(samples[..Math.Min(samples.Length, left)]);
            left -= count;
            return count;
        }

        public void Seek(long sample) => inner.Seek(sample);

        public void Dispose()
        {
        }
    }

    private sealed class ShortPiece(int rate, int left) : ISoundReader
    {
        public SoundInfo Info => new("", rate, 1, null);

        public int SampleRate => rate;

        public int Read(Span<short> samples)
        {
            var count = Math.Min(left, samples.Length);
            samples[..count].Fill(1_000);
            left -= count;
            return count;
        }

        public void Seek(long sample)
        {
        }

        public void Dispose()
        {
        }
    }

    private sealed class Counter : ISoundReader
    {
        private int _next = 1;

        public volatile bool IsDisposed;

        public SoundInfo Info => new("", 8_000, 1, null);

        public int SampleRate => 8_000;

        public int Read(Span<short> samples)
        {
            foreach (ref var sample in samples)
                sample = (short)_next++;
            return samples.Length;
        }

        public void Seek(long sample)
        {
        }

        public void Dispose() => IsDisposed = true;
    }
}
