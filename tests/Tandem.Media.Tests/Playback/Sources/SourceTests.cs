using Tandem.Media.Audio;
using Tandem.Media.Playback.Music;
using Tandem.Media.Playback.Reading;
using Tandem.Media.Playback.Tones;
using Tandem.Testing;

namespace Tandem.Media.Playback.Sources;

public sealed class SourceTests
{
    private static readonly SoundClip Five = new(new short[] { 1, 2, 3, 4, 5 }, 8_000);

    [Theory]
    [InlineData(1, 5)]
    [InlineData(3, 15)]
    public void A_clip_is_repeated_without_a_gap(int times, int length)
    {
        var samples = Drain(new ClipSource(Five, times), 4);
        Assert.Equal(Enumerable.Range(0, length).Select(i => (short)((i % 5) + 1)), samples);
    }

    [Fact]
    public void A_clip_without_end_fills_every_frame()
    {
        var source = new ClipSource(Five, 0);
        var frame = new short[160];
        for (var i = 0; i < 100; i++)
            Assert.Equal(160, source.Read(frame));
        Assert.Equal((short)((100 * 160 - 1) % 5 + 1), frame[^1]);
        Assert.Equal(0, new ClipSource(new SoundClip(Array.Empty<short>(), 8_000), 0).Read(frame));
    }

    [Fact]
    public void A_clip_goes_to_a_place()
    {
        var source = new ClipSource(Five);
        source.Seek(TimeSpan.FromSeconds(3 / 8_000.0));
        Assert.Equal([4, 5], Drain(source, 3));
        source.Seek(TimeSpan.FromDays(10_000));
        Assert.Empty(Drain(source, 3));
    }

    [Fact]
    public void A_sequence_has_no_gap()
    {
        var sequence = new SequenceSource([new ClipSource(Five), new ClipSource(new SoundClip(Array.Empty<short>(), 8_000)), new SilenceSource(8_000, TimeSpan.FromMilliseconds(0.25)), new ClipSource(Five, 2)]);
        Assert.Equal([1, 2, 3, 4, 5, 0, 0, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5], Drain(sequence, 4));
        Assert.Throws<ArgumentException>(() => new SequenceSource([new ClipSource(Five), new SilenceSource(16_000)]));
    }

    [Fact]
    public void Silence_is_as_long_as_asked_for()
    {
        Assert.Equal(new short[2_000], Drain(new SilenceSource(16_000, TimeSpan.FromMilliseconds(125)), 320));
        var endless = new SilenceSource(8_000);
        var frame = Enumerable.Repeat((short)7, 160).ToArray();
        Assert.Equal(160, endless.Read(frame));
        Assert.All(frame, sample => Assert.Equal(0, sample));
    }

    // What the loop calls every 20 ms allocates nothing, whatever plays.
    [Fact]
    public void No_source_allocates_when_it_is_read()
    {
        using var worker = new PlaybackWorker();
        var options = new PlaybackOptions();
        var channel = new MusicChannel(new LoopReader(new ClipReader(DefaultMusic.Clip, "")), worker, 16_000);
        using var file = new FileSource(new LoopReader(new ClipReader(DefaultMusic.Clip, "")), worker, options);
        IAudioSource[] sources =
        [
            new ClipSource(DefaultMusic.Clip, 0), new SilenceSource(16_000), new ToneSource(ToneTable.Find("us")!.Ringback, 16_000), new ToneSource(ToneTable.Find("in")!.Dial, 16_000),
            new SequenceSource([new ClipSource(Five), new SilenceSource(8_000)]), new MusicSource(channel), file,
        ];
        var frame = new short[320];
        foreach (var source in sources)
        {
            Assert.Equal(0, Garbage.Of(() =>
            {
                for (var i = 0; i < 500; i++)
                    source.Read(frame);
            }));
        }
    }

    private static List<short> Drain(IAudioSource source, int step)
    {
        var all = new List<short>();
        var frame = new short[step];
        int count;
        do
        {
            count = source.Read(frame);
            all.AddRange(frame.AsSpan(0, count));
        }
        while (count == step);

        return all;
    }
}
