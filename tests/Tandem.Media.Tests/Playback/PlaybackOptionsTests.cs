namespace Tandem.Media.Playback;

public sealed class PlaybackOptionsTests
{
    public static TheoryData<PlaybackOptions, string> Bad => new()
    {
        { new PlaybackOptions { MaxSampleRate = 24_000 }, "MaxSampleRate" },
        { new PlaybackOptions { ReadAhead = TimeSpan.FromMilliseconds(50) }, "ReadAhead" },
        { new PlaybackOptions { MaxFileBytes = 10 }, "MaxFileBytes" },
        { new PlaybackOptions { MaxDuration = TimeSpan.Zero }, "MaxDuration" },
        { new PlaybackOptions { MaxSequence = 0 }, "MaxSequence" },
        { new PlaybackOptions { SpeechConcurrency = 0 }, "SpeechConcurrency" },
        { new PlaybackOptions { ToneLevel = double.NaN }, "ToneLevel" },
    };

    [Fact]
    public void The_defaults_work() => Assert.Null(new PlaybackOptions().Problem());

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_cannot_work_is_named(PlaybackOptions options, string name)
    {
        Assert.Contains(name, options.Problem());
        Assert.Contains(name, Assert.Throws<ArgumentException>(() => new SoundLibrary("/nowhere", options, TimeProvider.System)).Message);
    }
}
