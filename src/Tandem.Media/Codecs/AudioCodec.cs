namespace Tandem.Media.Codecs;

/// <summary>The audio codecs that Tandem can read and write. Anything else only passes through between two sides that share it.</summary>
public enum AudioCodec
{
    /// <summary>G.711 µ-law (RFC 3551 §4.5.14).</summary>
    Pcmu,

    /// <summary>G.711 A-law (RFC 3551 §4.5.14).</summary>
    Pcma,

    /// <summary>G.722 at 64 kbit/s: samples at 16 kHz, RTP clock 8 kHz (RFC 3551 §4.5.2).</summary>
    G722,

    /// <summary>Opus (RFC 6716, 7587).</summary>
    Opus,

    /// <summary>Linear 16-bit, network byte order (RFC 3551 §4.5.11).</summary>
    L16,

    /// <summary>G.729 with Annex A and B (RFC 3551 §4.5.6); needs libbcg729.</summary>
    G729,

    /// <summary>GSM 06.10 full rate (RFC 3551 §4.5.8); needs libgsm.</summary>
    Gsm,
}
