using System.Buffers.Binary;

namespace Tandem.Media.Codecs.Linear;

/// <summary>L16 (RFC 3551 §4.5.11): samples in network byte order, of two channels interleaved; two are mixed down to one, half of each.</summary>
internal sealed class LinearDecoder(int sampleRate, int channels) : IAudioDecoder
{
    public int SampleRate => sampleRate;

    public int Decode(ReadOnlySpan<byte> payload, Span<short> samples)
    {
        var count = SamplesOf(payload);
        if (count > samples.Length)
            return 0;

        if (channels == 1)
        {
            for (var i = 0; i < count; i++)
                samples[i] = BinaryPrimitives.ReadInt16BigEndian(payload[(2 * i)..]);
        }
        else
        {
            for (var i = 0; i < count; i++)
            {
                var left = BinaryPrimitives.ReadInt16BigEndian(payload[(4 * i)..]);
                var right = BinaryPrimitives.ReadInt16BigEndian(payload[((4 * i) + 2)..]);
                samples[i] = (short)((left + right) >> 1);
            }
        }

        return count;
    }

    public bool Conceal(Span<short> samples) => false;

    public bool Recover(ReadOnlySpan<byte> next, Span<short> samples) => false;

    /// <summary>A payload that ends within a sample is not of this codec.</summary>
    public int SamplesOf(ReadOnlySpan<byte> payload) => payload.Length % (2 * channels) == 0 ? payload.Length / (2 * channels) : 0;

    public void Reset()
    {
    }

    public void Dispose()
    {
    }
}
