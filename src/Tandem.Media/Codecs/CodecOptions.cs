namespace Tandem.Media.Codecs;

/// <summary>What our encoders and resamplers do where the far side leaves the choice. Immutable.</summary>
public sealed record CodecOptions
{
    /// <summary>Effort of the Opus encoder, 0 to 10. Default 5: half the CPU of 10 with a difference that few hear in speech.</summary>
    public int OpusComplexity { get; init; } = 5;

    /// <summary>
    /// Bit/s of our Opus, 6000 to 510000, at most what the far side names (maxaveragebitrate). Default 0: 24000 up to 16 kHz and 32000
    /// above, the sweet spots of RFC 7587 §3.1.1 for speech.
    /// </summary>
    public int OpusBitrate { get; init; }

    /// <summary>Our Opus decoder asks for silence suppression (usedtx, RFC 7587 §6.1). Default false: a gap in the stream is then a loss.</summary>
    public bool OpusDtx { get; init; }

    /// <summary>
    /// Our G.729 sends silence frames (Annex B) to who takes them. Default false: carriers often answer annexb=no, and background noise
    /// sounds better coded. Silence frames of the far side are always read.
    /// </summary>
    public bool G729Silence { get; init; }

    /// <summary>Filter length of libspeexdsp's resampler, 0 to 10. Default 4: 64 taps, passband to 0.92 of the lower Nyquist rate.</summary>
    public int ResamplerQuality { get; init; } = 4;

    /// <summary>Names the first value that cannot work, or null.</summary>
    public string? Problem()
    {
        if (OpusComplexity is < 0 or > 10)
            return $"OpusComplexity {OpusComplexity}: 0 to 10 is expected";
        if (OpusBitrate is not 0 and (< 6000 or > 510_000))
            return $"OpusBitrate {OpusBitrate}: 0 or 6000 to 510000 is expected";
        if (ResamplerQuality is < 0 or > 10)
            return $"ResamplerQuality {ResamplerQuality}: 0 to 10 is expected";
        return null;
    }
}
