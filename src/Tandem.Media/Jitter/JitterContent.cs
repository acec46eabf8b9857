namespace Tandem.Media.Jitter;

/// <summary>What a packet holds for the ear.</summary>
public enum JitterContent
{
    /// <summary>A payload for the decoder.</summary>
    Audio,

    /// <summary>A description of comfort noise (RFC 3389): nothing else comes until sound begins again.</summary>
    Noise,

    /// <summary>Nothing: a telephone event (RFC 4733) or an unknown payload. Only its sequence number counts, so that it is not taken for lost.</summary>
    Nothing,
}
