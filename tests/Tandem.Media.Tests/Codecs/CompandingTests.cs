using Tandem.Media.Codecs.G711;

namespace Tandem.Media.Tests.Codecs;

/// <summary>All 65,536 samples and all 256 codes against the procedures of ITU-T G.711 as G.191 states them.</summary>
public class CompandingTests
{
    private static readonly short[] AllSamples = [.. Enumerable.Range(short.MinValue, 65536).Select(v => (short)v)];
    private static readonly byte[] AllCodes = [.. Enumerable.Range(0, 256).Select(v => (byte)v)];

    // The segment is searched, as the table of G.711 has it: nothing in common with how ours finds it.
    private static byte ReferenceMu(short sample)
    {
        var magnitude = sample < 0 ? (~sample >> 2) + 33 : (sample >> 2) + 33;
        magnitude = Math.Min(magnitude, 0x1FFF);
        var segment = 1;
        for (var i = magnitude >> 6; i != 0; i >>= 1)
            segment++;
        var code = ((8 - segment) << 4) | (15 - ((magnitude >> segment) & 15));
        return (byte)(sample >= 0 ? code | 0x80 : code);
    }

    private static byte ReferenceA(short sample)
    {
        var magnitude = sample < 0 ? ~sample >> 4 : sample >> 4;
        if (magnitude > 15)
        {
            var segment = 1;
            for (; magnitude > 31; magnitude >>= 1)
                segment++;
            magnitude = magnitude - 16 + (segment << 4);
        }

        return (byte)((sample >= 0 ? magnitude | 0x80 : magnitude) ^ 0x55);
    }

    private static short ExpandedMu(byte code)
    {
        var turned = (byte)~code;
        var exponent = (turned >> 4) & 7;
        var step = 4 << (exponent + 1);
        var value = (0x80 << exponent) + (step * (turned & 15)) + (step / 2) - (4 * 33);
        return (short)(code < 0x80 ? -value : value);
    }

    private static short ExpandedA(byte code)
    {
        var turned = (code ^ 0x55) & 0x7F;
        var exponent = turned >> 4;
        var value = (((turned & 15) + (exponent > 0 ? 16 : 0)) << 4) + 8;
        if (exponent > 1)
            value <<= exponent - 1;
        return (short)(code > 127 ? value : -value);
    }

    [Fact]
    public void Every_sample_has_the_code_of_the_reference()
    {
        var mu = new byte[65536];
        var a = new byte[65536];
        Companding.EncodeMu(AllSamples, mu);
        Companding.EncodeA(AllSamples, a);
        Assert.Equal(AllSamples.Select(ReferenceMu), mu);
        Assert.Equal(AllSamples.Select(ReferenceA), a);
    }

    [Fact]
    public void Samples_that_fill_no_vector_have_the_same_codes()
    {
        var mu = new byte[1];
        var a = new byte[1];
        for (var i = 0; i < 65536; i++)
        {
            Companding.EncodeMu(AllSamples.AsSpan(i, 1), mu);
            Companding.EncodeA(AllSamples.AsSpan(i, 1), a);
            Assert.Equal(ReferenceMu(AllSamples[i]), mu[0]);
            Assert.Equal(ReferenceA(AllSamples[i]), a[0]);
        }
    }

    [Fact]
    public void Every_code_has_the_sample_of_the_reference()
    {
        var mu = new short[256];
        var a = new short[256];
        Companding.DecodeMu(AllCodes, mu);
        Companding.DecodeA(AllCodes, a);
        Assert.Equal(AllCodes.Select(ExpandedMu), mu);
        Assert.Equal(AllCodes.Select(ExpandedA), a);
    }

    // A second conversion adds nothing (G.711 §3.2): 255 of 256 codes come back; µ-law has two zeros.
    [Fact]
    public void A_code_survives_decoding_and_encoding()
    {
        var samples = new short[256];
        var codes = new byte[256];
        Companding.DecodeA(AllCodes, samples);
        Companding.EncodeA(samples, codes);
        Assert.Equal(AllCodes, codes);
        Companding.DecodeMu(AllCodes, samples);
        Companding.EncodeMu(samples, codes);
        Assert.Equal(AllCodes.Where(c => c != 0x7F), codes.Where((_, i) => i != 0x7F));
        Assert.Equal(0xFF, codes[0x7F]);
    }
}
