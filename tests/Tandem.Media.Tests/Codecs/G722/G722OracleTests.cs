using Tandem.Media.Codecs.G722;

namespace Tandem.Media.Tests.Codecs.G722;

/// <summary>Filters and coders together, bit by bit beside libspandsp over tones, noise, silence, squares and random codes.</summary>
public unsafe class G722OracleTests
{
    private const int Length = 160_000;

    public static TheoryData<string> Signals => ["silence", "tone", "sweep", "noise", "quiet noise", "loud square", "speech-like"];

    [Theory]
    [MemberData(nameof(Signals))]
    public void The_encoder_gives_the_same_bits(string signal)
    {
        var samples = Make(signal);
        var ours = new byte[Length / 2];
        Assert.Equal(ours.Length, new G722Encoder(20).Encode(samples, ours));

        var theirs = new byte[Length / 2];
        var state = SpanDsp.EncodeInit(0, 64000, 0);
        fixed (short* input = samples)
        fixed (byte* output = theirs)
            Assert.Equal(theirs.Length, SpanDsp.Encode(state, output, input, Length));
        SpanDsp.EncodeFree(state);
        Assert.Equal(Convert.ToHexString(theirs), Convert.ToHexString(ours));
    }

    [Theory]
    [MemberData(nameof(Signals))]
    public void The_decoder_gives_the_same_samples(string signal)
    {
        var codes = new byte[Length / 2];
        new G722Encoder(20).Encode(Make(signal), codes);
        Compare(codes);
    }

    [Fact]
    public void The_decoder_gives_the_same_samples_for_random_codes()
    {
        var codes = new byte[Length / 2];
        new Random(1).NextBytes(codes);
        Compare(codes);
    }

    // The coders alone, so that full scale meets no filter.
    [Theory]
    [InlineData(32767)]
    [InlineData(20000)]
    [InlineData(900)]
    [InlineData(20)]
    public void The_coders_alone_give_the_same_bits_for_noise(int peak)
    {
        var random = new Random(peak);
        var words = new short[Length];
        for (var i = 0; i < Length; i++)
            words[i] = (short)(i / 4000 % 5 == 4 ? 0 : random.Next(-peak - 1, peak + 1) & ~1);

        int[] bands = [.. words.Select(w => w >> 1)];
        var ours = new byte[Length];
        new G722Encoder(20).EncodePairs(bands, bands, ours);
        var theirs = new byte[Length];
        var state = SpanDsp.EncodeInit(0, 64000, 0);
        SpanDsp.ByPassFilters(state);
        fixed (short* input = words)
        fixed (byte* output = theirs)
            Assert.Equal(Length, SpanDsp.Encode(state, output, input, Length));
        SpanDsp.EncodeFree(state);
        Assert.Equal(Convert.ToHexString(theirs), Convert.ToHexString(ours));
    }

    private static void Compare(byte[] codes)
    {
        var ours = new short[2 * codes.Length];
        Assert.Equal(ours.Length, new G722Decoder().Decode(codes, ours));

        var theirs = new short[2 * codes.Length];
        var state = SpanDsp.DecodeInit(0, 64000, 0);
        fixed (byte* input = codes)
        fixed (short* output = theirs)
            Assert.Equal(theirs.Length, SpanDsp.Decode(state, output, input, codes.Length));
        SpanDsp.DecodeFree(state);

        // Libspandsp lets the sum of the filter wrap around where the Recommendation limits it (clause 6.2.2.3); nothing comes after that sum.
        var different = Enumerable.Range(0, ours.Length)
            .FirstOrDefault(i => ours[i] != theirs[i] && ours[i] is not (short.MinValue or short.MaxValue), -1);
        Assert.True(different < 0, $"sample {different}: {(different < 0 ? 0 : ours[different])}, libspandsp {(different < 0 ? 0 : theirs[different])}");
    }

    private static short[] Make(string signal)
    {
        var samples = new short[Length];
        var random = new Random(42);
        for (var i = 0; i < Length; i++)
        {
            var t = i / 16000.0;
            samples[i] = (short)(signal switch
            {
                "tone" => 12_000 * Math.Sin(2 * Math.PI * 1000 * t),
                "sweep" => 9_000 * Math.Sin(2 * Math.PI * t * (100 + (380 * t))),
                "noise" => random.Next(-16_000, 16_000),
                "quiet noise" => random.Next(-12, 12),
                "loud square" => i / 37 % 2 == 0 ? 24_000 : -24_000,
                "speech-like" => 8_000 * Math.Sin(2 * Math.PI * 140 * t) * Math.Sin(2 * Math.PI * 3 * t) * Math.Sin(2 * Math.PI * 2200 * t),
                _ => 0,
            });
        }

        return samples;
    }
}
