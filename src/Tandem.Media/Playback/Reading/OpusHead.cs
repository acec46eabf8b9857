using System.Buffers.Binary;

namespace Tandem.Media.Playback.Reading;

/// <summary>The identification header of an Ogg/Opus stream (RFC 7845 §5.1).</summary>
/// <param name="Channels">1 or 2.</param>
/// <param name="PreSkip">Samples at 48 kHz to leave out at the beginning.</param>
/// <param name="InputSampleRate">Hertz of what was recorded; information only.</param>
/// <param name="Gain">To be applied to the samples, in 1/256 dB.</param>
internal readonly record struct OpusHead(int Channels, int PreSkip, uint InputSampleRate, int Gain)
{
    public static bool Looks(ReadOnlySpan<byte> packet) => packet.Length >= 8 && packet[..8].SequenceEqual("OpusHead"u8);

    public static bool TryRead(ReadOnlySpan<byte> packet, out OpusHead head, out string error)
    {
        head = default;
        if (!Looks(packet) || packet.Length < 19)
        {
            error = "the Opus header is too short";
            return false;
        }

        // The upper half is the version that matters: another one is not readable (RFC 7845 §5.1).
        if ((packet[8] & 0xF0) != 0)
        {
            error = $"the Opus file is of version {packet[8] >> 4}; 0 is expected";
            return false;
        }

        int channels = packet[9];
        int family = packet[18];
        if (channels is not (1 or 2))
        {
            error = $"the Opus file has {channels} channels; 1 or 2 are expected";
            return false;
        }

        // Family 1 with one stream is family 0 spelled out (RFC 7845 §5.1.1.2): streams, coupled streams, and the channels in their order.
        var isPlain = family == 0
            || (family == 1 && packet.Length >= 21 + channels && packet[19] == 1 && packet[20] == channels - 1 && packet[21] == 0 && (channels == 1 || packet[22] == 1));
        if (!isPlain)
        {
            error = $"the Opus file has the channel mapping {family}; one stream of one or two channels is expected";
            return false;
        }

        head = new OpusHead(
            channels,
            BinaryPrimitives.ReadUInt16LittleEndian(packet[10..]),
            BinaryPrimitives.ReadUInt32LittleEndian(packet[12..]),
            BinaryPrimitives.ReadInt16LittleEndian(packet[16..]));
        error = "";
        return true;
    }
}
