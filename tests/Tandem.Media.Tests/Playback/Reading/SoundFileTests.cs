namespace Tandem.Media.Playback.Reading;

public sealed class SoundFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tandem-sound-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_content_counts_and_not_the_name()
    {
        var path = Path.Combine(_folder, "really.opus");
        File.WriteAllBytes(path, Sounds.ToneWav(400, 0.1));
        Assert.True(SoundFile.TryOpen(path, new PlaybackOptions(), out var reader, out _));
        Assert.StartsWith("WAV", reader!.Info.Kind);
        reader.Dispose();

        File.WriteAllText(path, "#!/bin/sh\necho this is no sound\n");
        Assert.False(SoundFile.TryOpen(path, new PlaybackOptions(), out _, out var error));
        Assert.Equal("the file is neither WAV nor Ogg/Opus", error);
    }

    [Fact]
    public void A_file_that_cannot_be_had_is_a_reason()
    {
        Assert.False(SoundFile.TryOpen(Path.Combine(_folder, "absent"), new PlaybackOptions(), out _, out var error));
        Assert.StartsWith("the file cannot be read", error);
        Assert.False(SoundFile.TryOpen(_folder, new PlaybackOptions(), out _, out error));
        Assert.StartsWith("the file cannot be read", error);
        Assert.Equal("the file is empty", Sounds.Refusal([]));
    }

    [Theory]
    [InlineData(RawEncoding.MuLaw, 4)]
    [InlineData(RawEncoding.ALaw, 4)]
    [InlineData(RawEncoding.L16, 2)]
    [InlineData(RawEncoding.LittleEndian16, 2)]
    public void Sound_without_a_header_is_what_the_caller_says(RawEncoding encoding, int samples)
    {
        Assert.True(SoundFile.TryOpen(new MemoryStream([0x12, 0x34, 0x80, 0x00]), new PlaybackOptions(), encoding, out var reader, out _));
        var all = Sounds.All(reader!);
        Assert.Equal(samples, all.Length);
        Assert.Equal(8_000, reader!.SampleRate);
        if (encoding == RawEncoding.L16)
            Assert.Equal([0x1234, -32_768], all);
        if (encoding == RawEncoding.LittleEndian16)
            Assert.Equal([0x3412, 0x0080], all);
    }

    [Fact]
    public void The_length_of_sound_without_a_header_is_bounded()
    {
        Assert.False(SoundFile.TryOpen(new MemoryStream(new byte[8_001]), new PlaybackOptions { MaxDuration = TimeSpan.FromSeconds(1) }, RawEncoding.MuLaw, out _, out var error));
        Assert.Contains("lasts", error);
    }
}
