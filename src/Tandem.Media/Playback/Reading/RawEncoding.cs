namespace Tandem.Media.Playback.Reading;

/// <summary>Sound without a header. Nothing in it tells what it is, so whoever opens it must say.</summary>
public enum RawEncoding
{
    /// <summary>G.711 µ-law, one byte a sample.</summary>
    MuLaw,

    /// <summary>G.711 A-law, one byte a sample.</summary>
    ALaw,

    /// <summary>Linear 16-bit in network byte order, as RTP carries it (RFC 3551 §4.5.11).</summary>
    L16,

    /// <summary>Linear 16-bit, little endian, as files of "signed linear" hold it.</summary>
    LittleEndian16,
}
