namespace Tandem.Media.Codecs;

/// <summary>
/// Turns samples (mono, 16 bit, at <see cref="SampleRate"/>) into payloads of one RTP stream. One thread at a time; it allocates nothing
/// after it was made.
/// </summary>
public interface IAudioEncoder : IDisposable
{
    /// <summary>Hertz of the samples that it takes.</summary>
    int SampleRate { get; }

    /// <summary>The longest payload that it writes for one packet, bytes.</summary>
    int MaxPayload { get; }

    /// <summary>
    /// Encodes the samples of one whole packet (a multiple of the codec's frame). Returns the bytes written; 0 when the packet need not be
    /// sent (DTX).
    /// </summary>
    int Encode(ReadOnlySpan<short> samples, Span<byte> payload);

    /// <summary>Tells the loss that the far side sees, 0 to 1, as RTCP reports it: Opus sets its redundancy by it. Others ignore it.</summary>
    void SetLoss(double fraction);

    /// <summary>Forgets the state.</summary>
    void Reset();
}
