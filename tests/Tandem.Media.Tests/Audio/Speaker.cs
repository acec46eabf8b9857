using Tandem.Core.Time;
using Tandem.Media.Codecs;
using Tandem.Testing.Audio;

namespace Tandem.Media.Tests.Audio;

/// <summary>Says something like speech through a phone, a packet at a time, and compares with it what was heard of it elsewhere.</summary>
internal sealed class Speaker : IDisposable
{
    /// <summary>Jitter buffers have settled after this time; only what is said later is compared.</summary>
    public const int SettleMilliseconds = 2000;

    private readonly TestPhone _phone;
    private readonly PayloadFormat _format;
    private readonly int _packetMilliseconds;
    private readonly IAudioEncoder _encoder;
    private readonly short[] _sound;
    private readonly byte[] _payload;
    private int _at;
    private uint _timestamp = 70_000;

    /// <param name="phone">Its phone, which keeps quiet itself.</param>
    /// <param name="format">Its codec.</param>
    /// <param name="rate">Hertz of what is said: no higher than the codec takes.</param>
    /// <param name="milliseconds">How long.</param>
    /// <param name="seed">Who says what.</param>
    /// <param name="packetMilliseconds">The time of a packet.</param>
    public Speaker(TestPhone phone, PayloadFormat format, int rate, int milliseconds, int seed, int packetMilliseconds = 20)
    {
        phone.Speaks = false;
        _phone = phone;
        _format = format;
        _packetMilliseconds = packetMilliseconds;
        _encoder = CodecCatalog.CreateEncoder(format, packetMilliseconds);
        Said = new WavFile(rate, SpeechLike.Make(rate, TimeSpan.FromMilliseconds(milliseconds), seed));
        _sound = Convert(Said, _encoder.SampleRate).Samples;
        _payload = new byte[_encoder.MaxPayload];
    }

    public WavFile Said { get; }

    public static PayloadFormat Format(string name)
    {
        var format = CodecCatalog.Available.First(f => f.Name == name);
        return new PayloadFormat(format.StaticPayloadType >= 0 ? format.StaticPayloadType : 100, format, name == "opus" ? "maxaveragebitrate=40000" : "");
    }

    public static WavFile Convert(WavFile sound, int rate)
    {
        using var resampler = new Resampler(sound.SampleRate, rate);
        var result = new short[resampler.MaxOutput(sound.Samples.Length)];
        return new WavFile(rate, result[..resampler.Process(sound.Samples, result)]);
    }

    /// <summary>Two said at once; both of one rate.</summary>
    public static WavFile Sum(WavFile a, WavFile b) =>
        new(a.SampleRate, [.. a.Samples.Zip(b.Samples, (x, y) => (short)Math.Clamp(x + y, short.MinValue, short.MaxValue))]);

    /// <summary>Compares once all has settled; both of one call, from its beginning.</summary>
    public static SoundReport Compare(WavFile said, WavFile heard)
    {
        var start = SettleMilliseconds * said.SampleRate / 1000;
        heard = Convert(heard, said.SampleRate);
        return SoundComparison.Measure(
            said with { Samples = said.Samples[start..] },
            heard with { Samples = heard.Samples[start..] },
            highestHertz: said.SampleRate <= 8000 ? 3300 : 6500,
            maxDelay: TimeSpan.FromMilliseconds(400));
    }

    /// <summary>Sends the next packet; false when all is said.</summary>
    public bool Say(Moment now)
    {
        var frame = _encoder.SampleRate * _packetMilliseconds / 1000;
        if (_at + frame > _sound.Length)
            return false;

        var length = _encoder.Encode(_sound.AsSpan(_at, frame), _payload);
        _phone.SendPacket(_format.PayloadType, _at == 0, _timestamp, _payload.AsSpan(0, length), now);
        _timestamp += (uint)(_format.Format.ClockRate * _packetMilliseconds / 1000);
        _at += frame;
        return true;
    }

    public void Dispose() => CodecCatalog.Return(_encoder);
}
