using Tandem.Media.Native;

namespace Tandem.Media.Codecs.Opus;

/// <summary>What can be told from a packet without decoding it (RFC 6716 §3, §4.2.3).</summary>
internal static unsafe class OpusPacket
{
    /// <summary>
    /// True when the first frame carries redundancy for the frame before it (LBRR). The flags open the SILK frame, each a bit of even
    /// odds, which the range coder leaves as it is: for each channel the voice flags of its 20 ms frames, then the LBRR flag (§4.2.3).
    /// </summary>
    public static bool HasRedundancy(ReadOnlySpan<byte> payload)
    {
        // Configurations 16 and up are CELT alone, which has no redundancy (§3.1, table 2).
        if (payload.IsEmpty || payload[0] >= 0x80)
            return false;

        byte toc;
        var frames = stackalloc byte*[LibOpus.MaxFrames];
        var sizes = stackalloc short[LibOpus.MaxFrames];
        fixed (byte* bytes = payload)
        {
            if (LibOpus.PacketParse(bytes, payload.Length, &toc, frames, sizes, null) < 1 || sizes[0] < 1)
                return false;

            var silkFrames = SilkFrames(toc >> 3);
            var flags = *frames[0];
            var isStereo = (toc & 4) != 0;
            return Bit(flags, silkFrames) || (isStereo && Bit(flags, (2 * silkFrames) + 1));
        }
    }

    // Table 2: 10, 20, 40, 60 ms for SILK; 10, 20 for hybrid. 10 ms count as one frame.
    private static int SilkFrames(int configuration) => configuration >= 12 ? 1 : Math.Max(configuration & 3, 1);

    private static bool Bit(byte flags, int position) => (flags & (0x80 >> position)) != 0;
}
