using Tandem.Media.Codecs;
using Tandem.Media.Codecs.Opus;
using Tandem.Media.Native;
using Tandem.Testing.Audio;

namespace Tandem.Media.Tests.Codecs;

public unsafe class OpusTests
{
    private static readonly AudioFormat Format = CodecCatalog.Find("opus", 48000, 2)!;

    // Ours beside libopus called directly with the same settings: every bit of the payloads, every sample of the sound.
    [Theory]
    [InlineData(8000, 24000)]
    [InlineData(16000, 24000)]
    [InlineData(48000, 32000)]
    public void What_is_coded_is_what_libopus_codes(int rate, int bitrate)
    {
        int error;
        var encoder = LibOpus.EncoderCreate(rate, 1, LibOpus.ApplicationVoip, &error);
        var decoder = LibOpus.DecoderCreate(rate, 1, &error);
        LibOpus.EncoderControl(encoder, LibOpus.SetBitrate, bitrate);
        LibOpus.EncoderControl(encoder, LibOpus.SetComplexity, CodecCatalog.Options.OpusComplexity);
        var ours = CodecCatalog.CreateEncoder(new PayloadFormat(96, Format), 20, rate);
        var oursBack = CodecCatalog.CreateDecoder(new PayloadFormat(96, Format), rate);
        Assert.Equal(rate, ours.SampleRate);
        Assert.Equal(rate, oursBack.SampleRate);

        var speech = SpeechLike.Make(rate, TimeSpan.FromSeconds(4));
        var frame = rate / 50;
        var payload = new byte[1275];
        var expected = new byte[1275];
        var samples = new short[frame];
        var expectedSamples = new short[frame];
        for (var at = 0; at + frame <= speech.Length; at += frame)
        {
            var length = ours.Encode(speech.AsSpan(at, frame), payload);
            Assert.Equal(frame, oursBack.Decode(payload.AsSpan(0, length), samples));
            fixed (short* input = &speech[at], output = expectedSamples)
            fixed (byte* bytes = expected)
            {
                Assert.Equal(length, LibOpus.Encode(encoder, input, frame, bytes, expected.Length));
                Assert.Equal(frame, LibOpus.Decode(decoder, bytes, length, output, frame, 0));
            }

            Assert.Equal(expected[..length], payload[..length]);
            Assert.Equal(expectedSamples, samples);
        }

        LibOpus.EncoderDestroy(encoder);
        LibOpus.DecoderDestroy(decoder);
        CodecCatalog.Return(ours);
        CodecCatalog.Return(oursBack);
    }

    // RFC 7587 §7.1: no audio bandwidth above what the far side plays. The bandwidth is in the configuration (RFC 6716 table 2).
    [Theory]
    [InlineData("", 48000, 48000)]
    [InlineData("", 16000, 16000)]
    [InlineData("maxplaybackrate=16000", 48000, 16000)]
    [InlineData("maxplaybackrate=8000", 48000, 8000)]
    [InlineData("maxplaybackrate=12000", 48000, 16000)]
    public void The_encoder_works_at_no_higher_rate_than_is_heard(string parameters, int sourceRate, int rate)
    {
        var encoder = CodecCatalog.CreateEncoder(new PayloadFormat(96, Format, parameters), 20, sourceRate);
        Assert.Equal(rate, encoder.SampleRate);
        var narrow = OpusParameters.Parse(parameters).MaxPlaybackRate < 16000;
        foreach (var payload in Encode(encoder, SpeechLike.Make(rate, TimeSpan.FromSeconds(1)), 20))
        {
            var configuration = payload[0] >> 3;
            Assert.True(!narrow || configuration is < 8 or (>= 16 and < 20), $"configuration {configuration}");
        }

        CodecCatalog.Return(encoder);
    }

    [Theory]
    [InlineData("maxaveragebitrate=12000", 12_000)]
    [InlineData("", 32_000)]
    public void The_average_keeps_to_what_the_far_side_takes(string parameters, int most)
    {
        var encoder = CodecCatalog.CreateEncoder(new PayloadFormat(96, Format, parameters), 20);
        var bytes = Encode(encoder, SpeechLike.Make(48000, TimeSpan.FromSeconds(8)), 20).Sum(p => p.Length);
        Assert.InRange(bytes, 1, most / 8 * 8 * 11 / 10);
        CodecCatalog.Return(encoder);
    }

    [Fact]
    public void A_constant_bit_rate_is_kept_when_it_is_wished()
    {
        var encoder = CodecCatalog.CreateEncoder(new PayloadFormat(96, Format, "cbr=1"), 20);
        Assert.Single(Encode(encoder, SpeechLike.Make(48000, TimeSpan.FromSeconds(2)), 20).Select(p => p.Length).Distinct());
        CodecCatalog.Return(encoder);
    }

    [Theory]
    [InlineData("usedtx=1", true)]
    [InlineData("", false)]
    public void Silence_is_left_out_only_where_it_is_wished(string parameters, bool leavesOut)
    {
        var encoder = CodecCatalog.CreateEncoder(new PayloadFormat(96, Format, parameters), 20, 16000);
        var sent = 0;
        var payload = new byte[encoder.MaxPayload];
        for (var i = 0; i < 100; i++)
            sent += encoder.Encode(new short[320], payload) > 0 ? 1 : 0;
        Assert.Equal(leavesOut, sent < 50);
        CodecCatalog.Return(encoder);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(60)]
    public void Every_packet_time_makes_one_packet(int milliseconds)
    {
        var encoder = CodecCatalog.CreateEncoder(new PayloadFormat(96, Format), milliseconds);
        var decoder = CodecCatalog.CreateDecoder(new PayloadFormat(96, Format));
        foreach (var payload in Encode(encoder, SpeechLike.Make(48000, TimeSpan.FromSeconds(1.2)), milliseconds))
            Assert.Equal(48 * milliseconds, decoder.SamplesOf(payload));
        CodecCatalog.Return(encoder);
        CodecCatalog.Return(decoder);
    }

    // RFC 6716 §2.1.7: the packet after a lost one carries it again, coarser, when both sides agreed and losses are reported.
    [Theory]
    [InlineData("useinbandfec=1", 0.2, true)]
    [InlineData("useinbandfec=1", 0, false)]
    [InlineData("", 0.2, false)]
    public void Redundancy_is_sent_when_it_is_wished_and_packets_are_lost(string parameters, double loss, bool isSent)
    {
        var encoder = CodecCatalog.CreateEncoder(new PayloadFormat(96, Format, parameters), 20, 16000);
        encoder.SetLoss(loss);
        var packets = Encode(encoder, SpeechLike.Make(16000, TimeSpan.FromSeconds(4)), 20);
        var redundant = packets.Count(p => OpusPacket.HasRedundancy(p));
        if (isSent)
            Assert.InRange(redundant, packets.Count / 4, packets.Count);
        else
            Assert.Equal(0, redundant);
        CodecCatalog.Return(encoder);
    }

    [Fact]
    public void A_lost_packet_is_recovered_better_than_it_is_concealed()
    {
        var speech = SpeechLike.Make(16000, TimeSpan.FromSeconds(6));
        var encoder = CodecCatalog.CreateEncoder(new PayloadFormat(96, Format, "useinbandfec=1"), 20, 16000);
        encoder.SetLoss(0.25);
        var packets = Encode(encoder, speech, 20);
        double recovered = 0, concealed = 0;
        var count = 0;
        var whole = new OpusDecoder(16000);
        var first = new OpusDecoder(16000);
        var second = new OpusDecoder(16000);
        short[] sound = new short[320], withFec = new short[320], withPlc = new short[320];
        for (var i = 0; i + 1 < packets.Count; i++)
        {
            whole.Decode(packets[i], sound);
            if (i % 5 == 4 && OpusPacket.HasRedundancy(packets[i + 1]))
            {
                Assert.True(first.Recover(packets[i + 1], withFec));
                Assert.True(second.Conceal(withPlc));
                recovered += Difference(sound, withFec);
                concealed += Difference(sound, withPlc);
                count++;
            }
            else
            {
                first.Decode(packets[i], withFec);
                second.Decode(packets[i], withPlc);
            }
        }

        Assert.True(count > 10);
        Assert.True(recovered < concealed * 0.8, $"recovered {recovered:F0}, concealed {concealed:F0}");
        whole.Dispose();
        first.Dispose();
        second.Dispose();
        CodecCatalog.Return(encoder);
    }

    [Fact]
    public void Without_redundancy_nothing_is_recovered()
    {
        var encoder = CodecCatalog.CreateEncoder(new PayloadFormat(96, Format), 20, 16000);
        var packets = Encode(encoder, SpeechLike.Make(16000, TimeSpan.FromSeconds(1)), 20);
        var decoder = CodecCatalog.CreateDecoder(new PayloadFormat(96, Format), 16000);
        Assert.False(decoder.Recover(packets[10], new short[320]));
        Assert.False(decoder.Recover(default, new short[320]));
        Assert.False(decoder.Recover(packets[10], default));
        CodecCatalog.Return(encoder);
        CodecCatalog.Return(decoder);
    }

    [Theory]
    [InlineData(320)]
    [InlineData(1)]
    [InlineData(333)]
    [InlineData(3 * 1920)]
    public void Concealment_fills_what_is_asked_and_fades(int samples)
    {
        var encoder = CodecCatalog.CreateEncoder(new PayloadFormat(96, Format), 20, 16000);
        var decoder = CodecCatalog.CreateDecoder(new PayloadFormat(96, Format), 16000);
        var sound = new short[320];
        foreach (var payload in Encode(encoder, [.. WavFile.Tone(400, TimeSpan.FromSeconds(1), 16000).Samples], 20))
            decoder.Decode(payload, sound);

        var output = new short[samples + 10];
        output.AsSpan(samples).Fill(77);
        Assert.True(decoder.Conceal(output.AsSpan(0, samples)));
        Assert.All(output[samples..], s => Assert.Equal(77, s));
        if (samples >= 320)
            Assert.True(output[..320].Max(Math.Abs) > 1000, "the first piece goes on");
        if (samples >= 5000)
            Assert.True(output[5000..samples].Max(Math.Abs) < 1000, "after 300 ms it has faded");
        CodecCatalog.Return(encoder);
        CodecCatalog.Return(decoder);
    }

    [Fact]
    public void Two_channels_are_heard_as_one()
    {
        int error;
        var encoder = LibOpus.EncoderCreate(48000, 2, LibOpus.ApplicationVoip, &error);
        LibOpus.EncoderControl(encoder, LibOpus.SetForceChannels, 2);
        LibOpus.EncoderControl(encoder, LibOpus.SetBitrate, 96000);
        var decoder = CodecCatalog.CreateDecoder(new PayloadFormat(96, Format, "sprop-stereo=1"));
        var heard = new short[48000];
        var stereo = new short[2 * 960];
        var payload = new byte[1275];
        for (var at = 0; at < 48000; at += 960)
        {
            for (var i = 0; i < 960; i++)
            {
                stereo[2 * i] = (short)(12_000 * Math.Sin(2 * Math.PI * 440 * (at + i) / 48000));
                stereo[(2 * i) + 1] = (short)(12_000 * Math.Sin(2 * Math.PI * 1000 * (at + i) / 48000));
            }

            int length;
            fixed (short* input = stereo)
            fixed (byte* output = payload)
                length = LibOpus.Encode(encoder, input, 960, output, payload.Length);
            Assert.True((payload[0] & 4) != 0, "a packet of two channels");
            Assert.Equal(960, decoder.Decode(payload.AsSpan(0, length), heard.AsSpan(at)));
        }

        // Half of each: 6000 of 32768 is -14.7 dB.
        Assert.InRange(ToneMeter.Measure(new WavFile(48000, heard[9600..]), 440).LevelDb, -16, -13.5);
        Assert.InRange(ToneMeter.Measure(new WavFile(48000, heard[9600..]), 1000).LevelDb, -16, -13.5);
        LibOpus.EncoderDestroy(encoder);
        CodecCatalog.Return(decoder);
    }

    private static List<byte[]> Encode(IAudioEncoder encoder, short[] samples, int milliseconds)
    {
        List<byte[]> packets = [];
        var frame = encoder.SampleRate * milliseconds / 1000;
        var payload = new byte[encoder.MaxPayload];
        for (var at = 0; at + frame <= samples.Length; at += frame)
        {
            var length = encoder.Encode(samples.AsSpan(at, frame), payload);
            if (length > 0)
                packets.Add(payload[..length]);
        }

        return packets;
    }

    private static double Difference(short[] a, short[] b) => a.Zip(b, (x, y) => ((double)x - y) * ((double)x - y)).Sum();
}
