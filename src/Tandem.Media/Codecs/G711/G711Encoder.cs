namespace Tandem.Media.Codecs.G711;

/// <summary>PCMU and PCMA (RFC 3551 §4.5.14): a byte a sample at 8 kHz, no state.</summary>
internal sealed class G711Encoder(bool isALaw, int packetMilliseconds) : IAudioEncoder
{
    public int SampleRate => 8000;

    public int MaxPayload => 8 * packetMilliseconds;

    public int Encode(ReadOnlySpan<short> samples, Span<byte> payload)
    {
        if (isALaw)
            Companding.EncodeA(samples, payload);
        else
            Companding.EncodeMu(samples, payload);
        return samples.Length;
    }

    public void SetLoss(double fraction)
    {
    }

    public void Reset()
    {
    }

    public void Dispose()
    {
    }
}
