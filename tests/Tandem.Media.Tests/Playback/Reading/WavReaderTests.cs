using Tandem.Media.Codecs.G711;
using Tandem.Testing.Audio;

namespace Tandem.Media.Playback.Reading;

public sealed class WavReaderTests
{
    private static readonly Guid PcmGuid = new("00000001-0000-0010-8000-00aa00389b71");
    private static readonly Guid MuLawGuid = new("00000007-0000-0010-8000-00aa00389b71");
    private static readonly short[] Ramp = [0, 100, -100, 32_767, -32_768, 5];

    [Fact]
    public void Sixteen_bits_come_as_they_are()
    {
        using var reader = Sounds.Open(Sounds.Wav(Sounds.Linear(Ramp)));
        Assert.Equal(new SoundInfo("WAV, 16-bit PCM", 8_000, 1, TimeSpan.FromSeconds(6 / 8_000.0)), reader.Info);
        Assert.Equal(Ramp, Sounds.All(reader, 4));
    }

    [Fact]
    public void Eight_bits_are_unsigned()
    {
        using var reader = Sounds.Open(Sounds.Wav([0, 128, 255, 129], bits: 8));
        Assert.Equal([-32_768, 0, 32_512, 256], Sounds.All(reader));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(6)]
    public void G711_is_expanded(int tag)
    {
        var codes = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();
        var expected = new short[256];
        if (tag == 7)
            Companding.DecodeMu(codes, expected);
        else
            Companding.DecodeA(codes, expected);
        using var reader = Sounds.Open(Sounds.Wav(codes, tag, bits: 8));
        Assert.Equal(expected, Sounds.All(reader));
    }

    [Fact]
    public void Two_channels_are_mixed()
    {
        using var reader = Sounds.Open(Sounds.Wav(Sounds.Linear(100, 300, -32_768, -32_768, 32_767, 32_767, 1, -1), channels: 2));
        Assert.Equal(2, reader.Info.Channels);
        Assert.Equal([200, -32_768, 32_767, 0], Sounds.All(reader));
    }

    [Fact]
    public void The_extensible_header_names_the_same_formats()
    {
        Assert.Equal(Ramp, Sounds.All(Sounds.Open(Sounds.Wav(Sounds.Linear(Ramp), extended: PcmGuid))));
        Assert.Equal("WAV, G.711 µ-law", Sounds.Open(Sounds.Wav([1, 2], bits: 8, extended: MuLawGuid)).Info.Kind);
        Assert.Contains("no known kind", Sounds.Refusal(Sounds.Wav(Sounds.Linear(Ramp), extended: Guid.NewGuid())));
        Assert.Contains("valid bits", Sounds.Refusal(Sounds.Wav(Sounds.Linear(Ramp), extended: PcmGuid, validBits: 12)));
    }

    [Fact]
    public void Chunks_before_the_data_are_passed_over_and_what_follows_is_not_sound()
    {
        var file = Sounds.Wav(Sounds.Linear(Ramp), before: [.. Sounds.Chunk("LIST", [1, 2, 3]), .. Sounds.Chunk("bext", new byte[602])], after: Sounds.Chunk("LIST", new byte[100]));
        Assert.Equal(Ramp, Sounds.All(Sounds.Open(file)));
    }

    // A writer that was killed, or that wrote into a pipe, left these behind.
    [Theory]
    [InlineData(0u, 0u)]
    [InlineData(36u, 0u)]
    [InlineData(0xFFFFFFFFu, 0xFFFFFFFFu)]
    [InlineData(0x7FFFF024u, 0x7FFFF000u)]
    [InlineData(48u, 4_000_000u)]
    [InlineData(4_000_000u, 0u)]
    public void Sizes_that_lie_reach_to_the_end_of_the_file(uint riff, uint data)
    {
        Assert.Equal(Ramp, Sounds.All(Sounds.Open(Sounds.Wav(Sounds.Linear(Ramp), riffSize: riff, dataSize: data))));
    }

    [Fact]
    public void An_empty_data_chunk_of_a_file_that_is_whole_is_empty()
    {
        Assert.Empty(Sounds.All(Sounds.Open(Sounds.Wav([], after: Sounds.Chunk("LIST", new byte[100])))));
    }

    [Fact]
    public void A_file_that_was_cut_off_plays_what_is_there()
    {
        var whole = Sounds.Wav(Sounds.Linear(Ramp));
        for (var length = 44; length < whole.Length; length++)
            Assert.Equal(Ramp[..((length - 44) / 2)], Sounds.All(Sounds.Open(whole[..length])));
        for (var length = 0; length < 44; length++)
            Sounds.Refusal(whole[..length]);
    }

    [Theory]
    [InlineData(1, 1, 8_000, 24, "bits")]
    [InlineData(3, 1, 8_000, 32, "bits")]
    [InlineData(2, 1, 8_000, 4, "format 2")]
    [InlineData(1, 0, 8_000, 16, "channels")]
    [InlineData(1, 3, 8_000, 16, "channels")]
    [InlineData(1, 1, 7_999, 16, "samples a second")]
    [InlineData(1, 1, 48_001, 16, "samples a second")]
    [InlineData(1, 1, 0, 16, "samples a second")]
    public void Other_formats_are_refused_by_name(int tag, int channels, int rate, int bits, string reason)
    {
        Assert.Contains(reason, Sounds.Refusal(Sounds.Wav(new byte[64], tag, channels, rate, bits)));
    }

    [Fact]
    public void What_contradicts_itself_is_refused()
    {
        Assert.Contains("bytes for", Sounds.Refusal(Sounds.Wav(new byte[64], block: 3)));
        Assert.Contains("data before", Sounds.Refusal([.. "RIFF"u8, 0, 0, 0, 0, .. "WAVE"u8, .. Sounds.Chunk("data", new byte[20])]));
        Assert.Contains("no data chunk", Sounds.Refusal(Sounds.Wav([])[..36]));
        Assert.Contains("little-endian", Sounds.Refusal([.. "RIFX"u8, 0, 0, 0, 0, .. "WAVE"u8, .. new byte[40]]));
        byte[] chunks = [.. Enumerable.Repeat(Sounds.Chunk("junk", []), 300).SelectMany(c => c)];
        Assert.Contains("256 chunks", Sounds.Refusal(Sounds.Wav(new byte[4], before: chunks)));
        Assert.Contains("no format chunk", Sounds.Refusal([.. "RIFF"u8, 0, 0, 0, 0, .. "WAVE"u8, .. "LIST"u8, 0xFF, 0xFF, 0xFF, 0xFF, 0]));
    }

    [Fact]
    public void The_limits_hold()
    {
        var file = Sounds.Wav(new byte[16_000]);
        Assert.Contains("lasts", Sounds.Refusal(file, new PlaybackOptions { MaxDuration = TimeSpan.FromSeconds(0.9) }));
        Assert.Contains("bytes", Sounds.Refusal(file, new PlaybackOptions { MaxFileBytes = 16_000 }));
        Sounds.Open(file, new PlaybackOptions { MaxDuration = TimeSpan.FromSeconds(1), MaxFileBytes = 16_044 });
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 3)]
    [InlineData(6, 6)]
    [InlineData(1_000, 6)]
    [InlineData(-1, 0)]
    public void A_place_is_gone_to(long sample, int from)
    {
        using var reader = Sounds.Open(Sounds.Wav(Sounds.Linear(Ramp)));
        Sounds.All(reader);
        reader.Seek(sample);
        Assert.Equal(Ramp[from..], Sounds.All(reader));
    }

    [Theory]
    [InlineData(11_025, 16_000)]
    [InlineData(22_050, 16_000)]
    [InlineData(44_100, 16_000)]
    [InlineData(48_000, 16_000)]
    [InlineData(12_345, 16_000)]
    public void Any_rate_becomes_one_of_the_tick(int rate, int played)
    {
        using var reader = Sounds.Open(Sounds.ToneWav(440, 1, rate));
        Assert.Equal(rate, reader.Info.SampleRate);
        Assert.Equal(played, reader.SampleRate);
        var samples = Sounds.All(reader, 320);
        Assert.InRange(samples.Length, played - 1, played + 1);
        var tone = ToneMeter.Measure(new WavFile(played, samples), 440);
        Assert.Equal(440, tone.Hertz, 0.5);
        Assert.Equal(20 * Math.Log10(16_000 / 32_768.0), tone.LevelDb, 0.1);
        Assert.Equal((0, 0), (tone.Gaps, tone.Jumps));
    }
}
