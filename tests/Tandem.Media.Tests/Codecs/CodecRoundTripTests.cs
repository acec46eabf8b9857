using Tandem.Media.Codecs;

namespace Tandem.Media.Tests.Codecs;

/// <summary>Encoder and decoder of each codec after each other: what comes out is what went in, to the codec's own precision.</summary>
public class CodecRoundTripTests
{
    private const int PacketMilliseconds = 20;

    public static TheoryData<string, int, int, double> Codecs => new()
    {
        { "PCMU", 8000, 1, 30 },
        { "PCMA", 8000, 1, 30 },
        { "G722", 8000, 1, 20 },
        { "L16", 8000, 1, 90 },
        { "L16", 16000, 2, 90 },
        { "opus", 48000, 2, 8 },
        { "G729", 8000, 1, 3 },
        { "GSM", 8000, 1, 5 },
    };

    [Theory]
    [MemberData(nameof(Codecs))]
    public void A_tone_comes_back(string name, int clock, int channels, double decibels)
    {
        var format = new PayloadFormat(96, CodecCatalog.Find(name, clock, channels)!);
        var encoder = CodecCatalog.CreateEncoder(format, PacketMilliseconds);
        var decoder = CodecCatalog.CreateDecoder(format);
        Assert.Equal(format.Format.SampleRate, decoder.SampleRate);
        Assert.Equal(decoder.SampleRate, encoder.SampleRate);
        var rate = encoder.SampleRate;
        var input = new short[rate];
        for (var i = 0; i < input.Length; i++)
            input[i] = (short)((8000 * Math.Sin(2 * Math.PI * 440 * i / rate)) + (4000 * Math.Sin(2 * Math.PI * 1130 * i / rate)));

        var output = new short[rate];
        var payload = new byte[encoder.MaxPayload];
        var frame = rate * PacketMilliseconds / 1000;
        for (var at = 0; at < rate; at += frame)
        {
            var length = encoder.Encode(input.AsSpan(at, frame), payload);
            Assert.InRange(length, 1, payload.Length);
            Assert.Equal(frame, decoder.SamplesOf(payload.AsSpan(0, length)));
            Assert.Equal(frame, decoder.Decode(payload.AsSpan(0, length), output.AsSpan(at, frame)));
        }

        CodecCatalog.Return(encoder);
        CodecCatalog.Return(decoder);
        Assert.True(BestSignalToNoise(input, output, rate) > decibels, $"{name}: {BestSignalToNoise(input, output, rate):F1} dB");
    }

    // Over the delays that a codec may add, the middle half a second.
    private static double BestSignalToNoise(short[] input, short[] output, int rate)
    {
        var best = double.NegativeInfinity;
        for (var delay = 0; delay < rate / 40; delay++)
        {
            double signal = 0, noise = 0;
            for (var i = rate / 4; i < rate * 3 / 4; i++)
            {
                signal += (double)input[i] * input[i];
                var difference = output[i + delay] - input[i];
                noise += (double)difference * difference;
            }

            best = Math.Max(best, 10 * Math.Log10(signal / Math.Max(noise, 1e-3)));
        }

        return best;
    }
}
