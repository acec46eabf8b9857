using System.Buffers.Binary;

namespace Tandem.Media.Codecs.Linear;

/// <summary>L16 (RFC 3551 §4.5.11): samples in network byte order; for two channels each sample is written twice.</summary>
internal sealed class LinearEncoder(int sampleRate, int channels, int packetMilliseconds) : IAudioEncoder
{
    public int SampleRate => sampleRate;

    public int MaxPayload => sampleRate * packetMilliseconds / 1000 * 2 * channels;

    public int Encode(ReadOnlySpan<short> samples, Span<byte> payload)
    {
        for (var i = 0; i < samples.Length; i++)
        {
            for (var c = 0; c < channels; c++)
                BinaryPrimitives.WriteInt16BigEndian(payload[(2 * ((i * channels) + c))..], samples[i]);
        }

        return samples.Length * 2 * channels;
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
