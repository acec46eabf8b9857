using Tandem.Media.Codecs.G722;

namespace Tandem.Media.Tests.Codecs.G722;

/// <summary>ITU-T G.722 Appendix II: the ADPCM coders, bit by bit. The numbers are the CRC-32 of the ITU's files (table II.6).</summary>
public class G722SequenceTests
{
    [Fact]
    public void The_sequences_are_those_of_the_ITU()
    {
        Assert.Equal(0x2D604685u, AppendixTwo.Checksum(AppendixTwo.OverflowInput.Select(x => x << 1)));
        Assert.Equal(0x7398964Fu, AppendixTwo.Checksum(AppendixTwo.ArtificialCodes.Select(i => i << 8)));
    }

    // Configuration 1: T1C2.XMT gives T2R2.COD.
    [Fact]
    public void The_encoder_passes_the_overflow_sequence() => Assert.Equal(0x344EA5D0u, AppendixTwo.Checksum(EncodedOverflow().Select(i => i << 8)));

    // Configuration 2: T2R2.COD gives BT3L2.RC1 and BT3H2.RC0, T1D3.COD gives BT3L3.RC1 and BT3H3.RC0 (mode 1, 64 kbit/s).
    [Fact]
    public void The_decoder_passes_the_overflow_sequence() => Decode(EncodedOverflow(), 0xAF00F31F, 0x5330AE2E);

    [Fact]
    public void The_decoder_passes_the_artificial_sequence() => Decode(AppendixTwo.ArtificialCodes, 0xA5374659, 0x3731AD7F);

    private static byte[] EncodedOverflow()
    {
        int[] input = [.. AppendixTwo.OverflowInput];
        var codes = new byte[input.Length];
        new G722Encoder(20).EncodePairs(input, input, codes);
        return codes;
    }

    private static void Decode(byte[] codes, uint lowerChecksum, uint higherChecksum)
    {
        var lower = new int[codes.Length];
        var higher = new int[codes.Length];
        new G722Decoder().DecodePairs(codes, lower, higher);
        Assert.Equal(lowerChecksum, AppendixTwo.Checksum(lower.Select(r => r << 1)));
        Assert.Equal(higherChecksum, AppendixTwo.Checksum(higher.Select(r => r << 1)));
    }
}
