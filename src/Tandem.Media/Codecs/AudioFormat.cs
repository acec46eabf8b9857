namespace Tandem.Media.Codecs;

/// <summary>An encoding as SDP names it (<c>a=rtpmap</c>, RFC 8866 §6.6) with the rate at which its decoder gives samples. Immutable.</summary>
/// <param name="Codec">Which codec.</param>
/// <param name="Name">The encoding name of SDP, in the spelling of its registration.</param>
/// <param name="ClockRate">Hertz of the RTP timestamp.</param>
/// <param name="Channels">Channels as rtpmap says (2 for Opus always, RFC 7587 §7).</param>
/// <param name="SampleRate">Hertz of the samples that decoder and encoder work with: 8000, 16000 or 48000 (L16: its own).</param>
/// <param name="StaticPayloadType">The payload type of RFC 3551 §6; -1 when it has none.</param>
/// <param name="FrameMilliseconds">The shortest packet time, ms, of which packets are multiples: 10 for G.729, 20 for GSM and Opus, 10 for the others.</param>
public sealed record AudioFormat(
    AudioCodec Codec,
    string Name,
    int ClockRate,
    int Channels,
    int SampleRate,
    int StaticPayloadType,
    int FrameMilliseconds)
{
    /// <summary>Names the encoding as SDP tells encodings apart: name in lower case, clock rate, channels.</summary>
    public string Key { get; } = $"{Name.ToLowerInvariant()}/{ClockRate}/{Channels}";
}
