namespace Tandem.Media.Codecs.G711;

/// <summary>PCMU and PCMA (RFC 3551 §4.5.14): a byte a sample at 8 kHz, no state.</summary>
internal sealed class G711Decoder(bool isALaw) : IAudioDecoder
{
    public int SampleRate => 8000;

    public int Decode(ReadOnlySpan<byte> payload, Span<short> samples)
    {
        if (payload.Length > samples.Length)
            return 0;

        if (isALaw)
            Companding.DecodeA(payload, samples);
        else
            Companding.DecodeMu(payload, samples);
        return payload.Length;
    }

    public bool Conceal(Span<short> samples) => false;

    public bool Recover(ReadOnlySpan<byte> next, Span<short> samples) => false;

    public int SamplesOf(ReadOnlySpan<byte> payload) => payload.Length;

    public void Reset()
    {
    }

    public void Dispose()
    {
    }
}
