using System.Globalization;
using Tandem.Media.Codecs;
using Tandem.Media.Tests.Audio;
using Tandem.Testing.Audio;

namespace Tandem.Media.Tests.Codecs;

/// <summary>
/// A speaker through one codec and then another, rates and packet times converted between them: what is lost is what the codecs lose, and
/// nothing is added: no gap, no click, no drift.
/// </summary>
public class TranscodingTests
{
    private static readonly string[] Names = ["opus", "G722", "PCMU", "PCMA", "G729", "GSM", "L16"];

    public static TheoryData<string, string> Pairs
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var a in Names)
            {
                foreach (var b in Names)
                    data.Add(a, b);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_speaker_is_understood_through_any_two_codecs(string a, string b)
    {
        var report = Measure(a, 20, b, 20);
        var vocoded = (a is "G729" or "GSM" ? 1 : 0) + (b is "G729" or "GSM" ? 1 : 0);
        var opus = (a is "opus" ? 1 : 0) + (b is "opus" ? 1 : 0);

        // Opus after Opus and GSM break the waveform themselves now and then, at the onset of a syllable.
        new SoundBounds(1.2 + (2.3 * vocoded) + (1.2 * opus), TimeSpan.FromMilliseconds(45), vocoded + opus > 0 ? 2 : 0).Check(report, $"{a} -> {b}");
    }

    // The encoder takes whole packets of its own time, whatever comes in.
    [Theory]
    [InlineData("PCMU", 20, "PCMA", 30)]
    [InlineData("PCMU", 30, "PCMA", 20)]
    [InlineData("PCMU", 10, "opus", 60)]
    [InlineData("opus", 60, "G722", 10)]
    [InlineData("G729", 20, "GSM", 40)]
    [InlineData("GSM", 60, "G729", 30)]
    [InlineData("G722", 40, "PCMU", 30)]
    [InlineData("L16", 20, "opus", 40)]
    public void Packet_times_are_converted(string a, int millisecondsA, string b, int millisecondsB)
    {
        var report = Measure(a, millisecondsA, b, millisecondsB);
        new SoundBounds(null, null).Check(report, $"{a}/{millisecondsA} -> {b}/{millisecondsB}");
    }

    private static SoundReport Measure(string a, int millisecondsA, string b, int millisecondsB)
    {
        var formatA = Format(a);
        var formatB = Format(b);

        // Both ends at the lower of the two rates of sound: what the way can carry at all.
        var rate = Math.Min(formatA.Format.SampleRate, formatB.Format.SampleRate);
        var said = SpeechLike.Make(rate, TimeSpan.FromSeconds(6), seed: 3);
        var first = Encode(formatA, millisecondsA, said, rate);
        var between = Decode(formatA, first, rate, out var betweenRate);
        var second = Encode(formatB, millisecondsB, between, betweenRate);
        var heard = Decode(formatB, second, rate, out var heardRate);
        return SoundComparison.Measure(
            new WavFile(rate, said), new WavFile(rate, Convert(heard, heardRate, rate)), highestHertz: rate <= 8000 ? 3300 : 6500, maxDelay: TimeSpan.FromSeconds(0.2));
    }

    private static PayloadFormat Format(string name) =>
        new(96, CodecCatalog.Available.First(f => string.Equals(f.Name, name, StringComparison.Ordinal)), name == "opus" ? "maxaveragebitrate=40000" : "");

    private static List<byte[]> Encode(PayloadFormat format, int milliseconds, short[] samples, int rate)
    {
        Assert.Equal(milliseconds, CodecCatalog.PacketMilliseconds(format.Format, milliseconds));
        var encoder = CodecCatalog.CreateEncoder(format, milliseconds, rate, new CodecOptions { OpusBitrate = 40_000 });
        samples = Convert(samples, rate, encoder.SampleRate);
        var frame = encoder.SampleRate * milliseconds / 1000;
        var payload = new byte[encoder.MaxPayload];
        List<byte[]> packets = [];
        for (var at = 0; at + frame <= samples.Length; at += frame)
            packets.Add(payload[..encoder.Encode(samples.AsSpan(at, frame), payload)]);
        CodecCatalog.Return(encoder);
        return packets;
    }

    private static short[] Decode(PayloadFormat format, List<byte[]> packets, int wantedRate, out int rate)
    {
        var decoder = CodecCatalog.CreateDecoder(format, wantedRate);
        rate = decoder.SampleRate;
        var samples = new short[rate / 1000 * 120];
        List<short> all = [];
        foreach (var packet in packets)
        {
            var count = decoder.Decode(packet, samples);
            Assert.True(count > 0, string.Create(CultureInfo.InvariantCulture, $"a packet of {packet.Length} bytes is not read"));
            all.AddRange(samples[..count]);
        }

        CodecCatalog.Return(decoder);
        return [.. all];
    }

    // In ticks of 20 ms, as the media loop works.
    private static short[] Convert(short[] samples, int from, int to)
    {
        using var resampler = new Resampler(from, to);
        var result = new short[(long)samples.Length * to / from];
        var written = 0;
        for (var at = 0; at + (from / 50) <= samples.Length; at += from / 50)
            written += resampler.Process(samples.AsSpan(at, from / 50), result.AsSpan(written));
        return result[..written];
    }
}
