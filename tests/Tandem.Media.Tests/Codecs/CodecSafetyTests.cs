using Tandem.Media.Codecs;
using Tandem.Testing;
using Tandem.Testing.Audio;

namespace Tandem.Media.Tests.Codecs;

/// <summary>What holds for every coder: hostile payloads, no garbage, a new beginning.</summary>
public class CodecSafetyTests
{
    public static TheoryData<string, int, int> Formats
    {
        get
        {
            var data = new TheoryData<string, int, int>();
            foreach (var format in CodecCatalog.Available)
                data.Add(format.Name, format.ClockRate, format.Channels);
            data.Add("L16", 44100, 1);
            data.Add("L16", 48000, 1);
            data.Add("L16", 8000, 2);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Any_bytes_give_samples_or_nothing(string name, int clock, int channels)
    {
        var decoder = CodecCatalog.CreateDecoder(new PayloadFormat(96, CodecCatalog.Find(name, clock, channels)!));
        var random = new Random(5);
        var payload = new byte[1500];
        var samples = new short[(48 * 120) + 64];
        for (var i = 0; i < 4000; i++)
        {
            random.NextBytes(payload);
            var length = i % 3 == 0 ? random.Next(0, 8) : random.Next(0, payload.Length + 1);
            var room = random.Next(0, samples.Length - 64);
            samples.AsSpan().Fill(77);
            var expected = decoder.SamplesOf(payload.AsSpan(0, length));
            var count = decoder.Decode(payload.AsSpan(0, length), samples.AsSpan(0, room));
            Assert.InRange(count, 0, Math.Min(room, expected));
            Assert.True(samples.AsSpan(room).IndexOfAnyExcept((short)77) < 0, "written beyond the room");
            if (i % 50 == 0)
                decoder.Recover(payload.AsSpan(0, length), samples.AsSpan(0, decoder.SampleRate / 50));
            if (i % 77 == 0)
                decoder.Conceal(samples.AsSpan(0, decoder.SampleRate / 50));
        }

        CodecCatalog.Return(decoder);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Nothing_comes_of_nothing(string name, int clock, int channels)
    {
        var decoder = CodecCatalog.CreateDecoder(new PayloadFormat(96, CodecCatalog.Find(name, clock, channels)!));
        Assert.Equal(0, decoder.SamplesOf(default));
        Assert.Equal(0, decoder.Decode(default, new short[960]));
        CodecCatalog.Return(decoder);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Nothing_is_allocated_per_packet(string name, int clock, int channels)
    {
        var format = new PayloadFormat(96, CodecCatalog.Find(name, clock, channels)!);
        var milliseconds = CodecCatalog.PacketMilliseconds(format.Format, 20);
        var encoder = CodecCatalog.CreateEncoder(format, milliseconds);
        var decoder = CodecCatalog.CreateDecoder(format);
        var frame = encoder.SampleRate * milliseconds / 1000;
        var speech = SpeechLike.Make(encoder.SampleRate, TimeSpan.FromSeconds(1));
        var payload = new byte[encoder.MaxPayload];
        var samples = new short[frame];
        Assert.Equal(0, Garbage.Of(Pass));
        CodecCatalog.Return(encoder);
        CodecCatalog.Return(decoder);

        void Pass()
        {
            for (var at = 0; at + frame <= speech.Length; at += frame)
            {
                var length = encoder.Encode(speech.AsSpan(at, frame), payload);
                decoder.SamplesOf(payload.AsSpan(0, length));
                decoder.Decode(payload.AsSpan(0, length), samples);
                decoder.Recover(payload.AsSpan(0, length), samples);
                decoder.Conceal(samples);
                encoder.SetLoss(at / 1000 % 10 / 100.0);
            }
        }
    }

    // What a coder leaves behind the next one must not hear.
    [Theory]
    [MemberData(nameof(Formats))]
    public void A_coder_starts_anew_for_the_next_call(string name, int clock, int channels)
    {
        var format = new PayloadFormat(96, CodecCatalog.Find(name, clock, channels)!);
        var first = Once(format, 1);
        Once(format, 2);
        Assert.Equal(first.Payloads, Once(format, 1).Payloads);
        Assert.Equal(first.Sound, Once(format, 1).Sound);

        static (byte[] Payloads, short[] Sound) Once(PayloadFormat format, int seed)
        {
            var encoder = CodecCatalog.CreateEncoder(format, format.Format.FrameMilliseconds);
            var decoder = CodecCatalog.CreateDecoder(format);
            var frame = encoder.SampleRate * format.Format.FrameMilliseconds / 1000;
            var speech = SpeechLike.Make(encoder.SampleRate, TimeSpan.FromSeconds(0.5), seed);
            List<byte> payloads = [];
            List<short> sound = [];
            var payload = new byte[encoder.MaxPayload];
            var samples = new short[frame];
            for (var at = 0; at + frame <= speech.Length; at += frame)
            {
                var length = encoder.Encode(speech.AsSpan(at, frame), payload);
                payloads.AddRange(payload[..length]);
                sound.AddRange(samples[..decoder.Decode(payload.AsSpan(0, length), samples)]);
            }

            CodecCatalog.Return(encoder);
            CodecCatalog.Return(decoder);
            return ([.. payloads], [.. sound]);
        }
    }
}
