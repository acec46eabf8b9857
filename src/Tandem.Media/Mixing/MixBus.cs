using Tandem.Media.Audio;
using Tandem.Media.Codecs;

namespace Tandem.Media.Mixing;

/// <summary>One encoding of the whole sum, for all members of one codec who hear just that. Owned by the loop of the mix.</summary>
internal sealed class MixBus(PayloadFormat format) : IDisposable
{
    private readonly RateConverter _converter = new();
    private readonly byte[] _payload = new byte[CodecCatalog.MaxPacketPayload];
    private IAudioEncoder? _encoder;
    private int _sourceRate;
    private int _length;

    /// <summary>The tick whose sound it holds.</summary>
    public long Tick { get; private set; } = -1;

    /// <summary>20 ms, encoded; empty when they need not be sent.</summary>
    public ReadOnlySpan<byte> Payload => _payload.AsSpan(0, _length);

    /// <summary>Its encoding serves who negotiated <paramref name="other"/>, under whatever payload type.</summary>
    public bool Serves(PayloadFormat other) => ReferenceEquals(other.Format, format.Format) && other.Parameters == format.Parameters;

    /// <summary>Encodes the sound of a tick.</summary>
    public void Encode(ReadOnlySpan<short> sound, int sampleRate, AudioTick tick)
    {
        if (_encoder is null || (sampleRate > _sourceRate && format.Format.Codec == AudioCodec.Opus))
        {
            if (_encoder is not null)
                CodecCatalog.Return(_encoder);
            _encoder = CodecCatalog.CreateEncoder(format, 20, sampleRate);
            _sourceRate = sampleRate;
        }

        Tick = tick.Number;
        if (_encoder.SampleRate != sampleRate)
        {
            var frame = tick.Scratch(_encoder.SampleRate / 50);
            _converter.Convert(sound, sampleRate, frame, _encoder.SampleRate);
            sound = frame;
        }

        _length = _encoder.Encode(sound, _payload);
    }

    public void Dispose()
    {
        if (_encoder is not null)
            CodecCatalog.Return(_encoder);
        _encoder = null;
        _converter.Dispose();
    }
}
