namespace Tandem.Media.Codecs;

/// <summary>
/// Turns the payloads of one RTP stream into samples: mono, 16 bit, at <see cref="SampleRate"/>. One thread at a time; it allocates
/// nothing after it was made. A payload that is not of its codec gives silence or a short frame, never an exception.
/// </summary>
public interface IAudioDecoder : IDisposable
{
    /// <summary>Hertz of the samples.</summary>
    int SampleRate { get; }

    /// <summary>Decodes one payload; returns the samples written, 0 when it could not be read or <paramref name="samples"/> is too short.</summary>
    int Decode(ReadOnlySpan<byte> payload, Span<short> samples);

    /// <summary>
    /// Makes up for a packet that did not come: <paramref name="samples"/> is filled whole (its length is the lost time). A codec without
    /// concealment of its own returns false and leaves the samples alone: the caller conceals by waveform.
    /// </summary>
    bool Conceal(Span<short> samples);

    /// <summary>
    /// The lost packet before <paramref name="next"/> out of the redundancy that <paramref name="next"/> carries (Opus in-band FEC, RFC
    /// 6716 §2.1.7); false when there is none. <paramref name="next"/> itself is decoded afterwards as usual.
    /// </summary>
    bool Recover(ReadOnlySpan<byte> next, Span<short> samples);

    /// <summary>Samples that <paramref name="payload"/> will give; 0 when it cannot be read.</summary>
    int SamplesOf(ReadOnlySpan<byte> payload);

    /// <summary>Forgets the state: the stream started anew.</summary>
    void Reset();
}
