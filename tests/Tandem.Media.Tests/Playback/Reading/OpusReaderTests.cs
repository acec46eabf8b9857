using System.Diagnostics;
using Tandem.Media.Codecs;
using Tandem.Testing.Audio;

namespace Tandem.Media.Playback.Reading;

/// <summary>RFC 7845, with the tools of libopus as the oracle.</summary>
public sealed class OpusReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tandem-opus-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(16_000, 20, "24")]
    [InlineData(48_000, 60, "64")]
    [InlineData(8_000, 20, "16")]
    [InlineData(44_100, 10, "96")]
    public void A_file_of_opusenc_plays_as_long_as_it_was(int rate, int frame, string bitrate)
    {
        var file = Encode(rate, 1_000, 2.345, "--framesize", frame.ToString(System.Globalization.CultureInfo.InvariantCulture), "--bitrate", bitrate);
        using var reader = Sounds.Open(file);
        Assert.Equal("Ogg, Opus", reader.Info.Kind);
        Assert.Equal(16_000, reader.SampleRate);
        Assert.Equal(2.345, reader.Info.Duration!.Value.TotalSeconds, 0.001);
        var samples = Sounds.All(reader, 320);
        Assert.Equal(2.345 * 16_000, samples.Length, 1.5);
        var tone = ToneMeter.Measure(new WavFile(16_000, samples), 1_000);
        Assert.Equal(1_000, tone.Hertz, 0.5);
        Assert.Equal(-6.2, tone.LevelDb, 1.0);
        Assert.Equal((0, 0), (tone.Gaps, tone.Jumps));
    }

    [Fact]
    public void The_samples_are_those_of_opusdec()
    {
        var file = Encode(48_000, 700, 1.5, "--bitrate", "64");
        var decoded = Path.Combine(_folder, "decoded.wav");
        Run("opusdec", "--quiet", "--rate", "48000", "--no-dither", Path.Combine(_folder, "tone.opus"), decoded);
        var expected = WavFile.Read(decoded).Samples;
        using var reader = Sounds.Open(file, new PlaybackOptions { MaxSampleRate = 48_000 });
        var samples = Sounds.All(reader, 960);
        Assert.Equal(expected.Length, samples.Length);

        // opusdec decodes to floating point and rounds; the fixed rounding of libopus differs by a step.
        Assert.All(expected.Zip(samples), pair => Assert.InRange(pair.First - pair.Second, -2, 2));
    }

    [Fact]
    public void A_place_is_gone_to_without_a_seam()
    {
        using var reader = Sounds.Open(Encode(16_000, 500, 3));
        var all = Sounds.All(reader, 320);
        foreach (var place in new[] { 0, 1, 8_000, 30_011, 47_000 })
        {
            reader.Seek(place);
            var rest = Sounds.All(reader, 320);
            Assert.Equal(all.Length - place, rest.Length);

            // The decoder had 80 ms to find its state again.
            for (var i = 0; i < rest.Length; i++)
                Assert.InRange(rest[i] - all[place + i], -600, 600);
        }

        reader.Seek(48_001);
        Assert.Empty(Sounds.All(reader));
    }

    [Fact]
    public void A_file_that_was_cut_off_plays_what_is_there()
    {
        // Whole pages, which opusenc makes of a second each: of a cut one nobody can tell whether it is right.
        var whole = Encode(16_000, 500, 5);
        using var reader = Sounds.Open(whole[..(whole.Length / 2)]);
        Assert.InRange(Sounds.All(reader).Length, 16_000, 40_000);
    }

    [Fact]
    public void The_gain_of_the_header_is_applied()
    {
        var loud = Sounds.All(Sounds.Open(Silence(Sounds.OpusHead(gain: 0))));
        Assert.Equal(3 * 320 - (312 / 3), loud.Length);
        var file = Encode(16_000, 1_000, 1);
        var plain = ToneMeter.Measure(new WavFile(16_000, Sounds.All(Sounds.Open(file))), 1_000).LevelDb;

        // The header is the first packet of the first page, and its gain is at 16; -6 dB are -1536.
        var quieter = Repage(file, head =>
        {
            head[16] = 0x00;
            head[17] = 0xFA;
        });
        Assert.Equal(plain - 6, ToneMeter.Measure(new WavFile(16_000, Sounds.All(Sounds.Open(quieter))), 1_000).LevelDb, 0.1);
    }

    // RFC 7845 §4.3: a stream that was cut out of a longer one starts at another position than zero.
    [Fact]
    public void A_stream_that_does_not_begin_at_zero_is_played_whole()
    {
        var opus = SilentPacket();
        byte[] file =
        [
            .. Sounds.Page(7, 0, 0, 2, Sounds.OpusHead(preSkip: 0)), .. Sounds.Page(7, 1, 0, 0, Sounds.OpusTags),
            .. Sounds.Page(7, 2, 1_000_000 + 960, 0, opus), .. Sounds.Page(7, 3, 1_000_000 + 960 + 480, 4, opus),
        ];
        Assert.Equal(320 + 160, Sounds.All(Sounds.Open(file)).Length);
    }

    [Theory]
    [InlineData(0, 1, 1, "channels")]
    [InlineData(3, 0, 1, "channels")]
    [InlineData(1, 255, 1, "mapping")]
    [InlineData(1, 0, 16, "version")]
    public void Headers_of_other_kinds_are_refused(int channels, int family, int version, string reason)
    {
        Assert.Contains(reason, Sounds.Refusal(Sounds.Page(7, 0, 0, 2, Sounds.OpusHead(channels, family: family, version: version))));
    }

    [Fact]
    public void What_is_not_opus_is_refused()
    {
        Assert.Contains("no Opus", Sounds.Refusal(Sounds.Page(7, 0, 0, 2, [1, .. "vorbis"u8])));
        Assert.Contains("too short", Sounds.Refusal(Sounds.Page(7, 0, 0, 2, Sounds.OpusHead()[..12])));
        Assert.Contains("no Opus", Sounds.Refusal("OggS and nothing else"u8.ToArray()));
        Assert.Empty(Sounds.All(Sounds.Open(Sounds.Page(7, 0, 0, 2, Sounds.OpusHead()))));
    }

    [Fact]
    public void The_longest_duration_ends_it()
    {
        using var reader = Sounds.Open(Encode(16_000, 500, 3), new PlaybackOptions { MaxDuration = TimeSpan.FromSeconds(1) });
        Assert.Equal(16_000, Sounds.All(reader).Length, 1.0);
    }

    private static byte[] SilentPacket()
    {
        using var encoder = CodecCatalog.CreateEncoder(new PayloadFormat(96, CodecCatalog.Find("opus", 48_000, 2)!), 20, 16_000);
        var payload = new byte[encoder.MaxPayload];
        var length = encoder.Encode(new short[encoder.SampleRate / 50], payload);
        return length > 0 ? payload[..length] : [0xF8, 0xFF, 0xFE];
    }

    private static byte[] Silence(byte[] head)
    {
        var opus = SilentPacket();
        return [.. Sounds.Page(7, 0, 0, 2, head), .. Sounds.Page(7, 1, 0, 0, Sounds.OpusTags), .. Sounds.Page(7, 2, 3 * 960, 4, opus, opus, opus)];
    }

    // Writes the first page anew with a changed header.
    private static byte[] Repage(byte[] file, Action<byte[]> change)
    {
        var reader = new OggPageReader(new MemoryStream(file));
        Assert.True(reader.TryRead(out var page));
        var head = page.Body.ToArray();
        var length = OggPageReader.HeaderBytes + page.Segments.Length + head.Length;
        change(head);
        return [.. Sounds.Page(page.Serial, page.Sequence, page.Granule, 2, head), .. file[length..]];
    }

    private byte[] Encode(int rate, double hertz, double seconds, params string[] options)
    {
        var wav = Path.Combine(_folder, "tone.wav");
        var opus = Path.Combine(_folder, "tone.opus");
        WavFile.Tone(hertz, TimeSpan.FromSeconds(seconds), rate).Write(wav);
        Run("opusenc", ["--quiet", .. options, wav, opus]);
        return File.ReadAllBytes(opus);
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error);
    }
}
