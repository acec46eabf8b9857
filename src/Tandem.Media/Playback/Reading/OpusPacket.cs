namespace Tandem.Media.Playback.Reading;

/// <summary>What the first bytes of an Opus packet say of its length (RFC 6716 §3.1, §3.2).</summary>
internal static class OpusPacket
{
    /// <summary>The longest packet: 120 ms at 48 kHz.</summary>
    public const int MaxSamples = 5_760;

    /// <summary>Samples at 48 kHz; 0 when it is no packet.</summary>
    public static int SamplesOf(ReadOnlySpan<byte> packet)
    {
        if (packet.IsEmpty)
            return 0;

        var configuration = packet[0] >> 3;
        var frame = configuration switch
        {
            < 12 => (configuration & 3) switch { 0 => 480, 1 => 960, 2 => 1_920, _ => 2_880 },
            < 16 => (configuration & 1) == 0 ? 480 : 960,
            _ => 120 << (configuration & 3),
        };
        var frames = (packet[0] & 3) switch
        {
            0 => 1,
            1 or 2 => 2,
            _ => packet.Length < 2 ? 0 : packet[1] & 0x3F,
        };
        return frame * frames <= MaxSamples ? frame * frames : 0;
    }
}
