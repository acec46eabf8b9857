using Tandem.Media.Codecs;
using Tandem.Testing.Audio;

namespace Tandem.Media.Tests.Audio;

/// <summary>
/// A speaker on one side of a transcoded call, a listener on the other, through jitter buffer, tick, converters and coders: what arrives is
/// compared with what was said. The jitter buffer has settled before the comparison begins.
/// </summary>
public class SpokenBridgeTests(ITestOutputHelper output)
{
    private const int SettleMilliseconds = 2000;

    [Theory]
    [InlineData("PCMU", 20, "PCMA", 20, 1.2, 0)]
    [InlineData("PCMA", 20, "G722", 20, 1.2, 0)]
    [InlineData("G722", 20, "PCMA", 20, 1.2, 0)]
    [InlineData("G722", 20, "L16", 20, 1.5, 0)]
    [InlineData("opus", 20, "PCMU", 20, 2.4, 2)]
    [InlineData("PCMU", 20, "opus", 20, 2.4, 2)]
    [InlineData("opus", 20, "G722", 20, 3, 2)]
    [InlineData("G729", 20, "PCMA", 20, 3.5, 2)]
    [InlineData("PCMA", 20, "GSM", 20, 3.5, 2)]
    [InlineData("PCMU", 30, "PCMA", 20, 1.2, 0)]
    [InlineData("PCMU", 20, "PCMA", 30, 1.2, 0)]
    [InlineData("G722", 10, "PCMA", 60, 1.2, 0)]
    [InlineData("opus", 60, "G722", 20, 3, 2)]
    public void Speech_arrives_as_it_was_said(string speakers, int speakersMilliseconds, string listeners, int listenersMilliseconds, double distance, int clicks)
    {
        var rig = new AudioRig();
        var speaker = new TestPhone(Format(speakers), 440, speakersMilliseconds) { Speaks = false };
        var listener = new TestPhone(Format(listeners), 440, listenersMilliseconds) { Speaks = false };
        rig.Call(speaker, listener);

        var format = Format(speakers);
        var encoder = CodecCatalog.CreateEncoder(format, speakersMilliseconds);
        var rate = Math.Min(16000, Math.Min(format.Format.SampleRate, Format(listeners).Format.SampleRate));
        var said = SpeechLike.Make(rate, TimeSpan.FromMilliseconds(SettleMilliseconds + 6000), seed: 3);
        var sound = Convert(said, rate, encoder.SampleRate);
        var frame = encoder.SampleRate * speakersMilliseconds / 1000;
        var payload = new byte[encoder.MaxPayload];
        uint timestamp = 70_000;
        for (var at = 0; at + frame <= sound.Length; at += frame)
        {
            var length = encoder.Encode(sound.AsSpan(at, frame), payload);
            speaker.SendPacket(format.PayloadType, at == 0, timestamp, payload.AsSpan(0, length), rig.Now);
            timestamp += (uint)(format.Format.ClockRate * speakersMilliseconds / 1000);
            rig.Run(speakersMilliseconds);
        }

        CodecCatalog.Return(encoder);
        var heard = Convert(listener.Heard.Samples, listener.Rate, rate);
        var start = SettleMilliseconds * rate / 1000;
        var report = SoundComparison.Measure(
            new WavFile(rate, said[start..]), new WavFile(rate, heard[start..]), highestHertz: rate <= 8000 ? 3300 : 6500, maxDelay: TimeSpan.FromMilliseconds(400));
        output.WriteLine($"{speakers}/{speakersMilliseconds} -> {listeners}/{listenersMilliseconds}: {report}");
        Assert.Equal(0, report.Gaps);
        Assert.InRange(report.Clicks, 0, clicks);
        Assert.InRange(report.LevelDb, -2.5, 1);
        Assert.InRange(report.SpectralDistanceDb, 0, distance);
        Assert.InRange(report.Delay.TotalMilliseconds, 0, 80 + speakersMilliseconds + listenersMilliseconds);
    }

    private static PayloadFormat Format(string name)
    {
        var format = CodecCatalog.Available.First(f => f.Name == name);
        return new PayloadFormat(format.StaticPayloadType >= 0 ? format.StaticPayloadType : 100, format, name == "opus" ? "maxaveragebitrate=40000" : "");
    }

    private static short[] Convert(short[] samples, int from, int to)
    {
        using var resampler = new Resampler(from, to);
        var result = new short[resampler.MaxOutput(samples.Length)];
        return result[..resampler.Process(samples, result)];
    }
}
