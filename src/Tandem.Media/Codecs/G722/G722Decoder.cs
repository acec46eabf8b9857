using System.Runtime.CompilerServices;

namespace Tandem.Media.Codecs.G722;

/// <summary>ITU-T G.722 at 64 kbit/s (RFC 3551 §4.5.2): a byte gives two samples at 16 kHz. Our own, bit by bit as the Recommendation computes it.</summary>
internal sealed class G722Decoder : IAudioDecoder
{
    private readonly QuadratureFilter _filter = new();
    private readonly int[] _low = new int[QuadratureFilter.Piece];
    private readonly int[] _high = new int[QuadratureFilter.Piece];
    private G722Band _lower;
    private G722Band _higher;

    public G722Decoder() => Reset();

    public int SampleRate => 16000;

    public int Decode(ReadOnlySpan<byte> payload, Span<short> samples)
    {
        if (payload.Length > samples.Length / 2)
            return 0;

        for (var at = 0; at < payload.Length;)
        {
            var count = Math.Min(payload.Length - at, QuadratureFilter.Piece);
            var low = _low.AsSpan(0, count);
            var high = _high.AsSpan(0, count);
            DecodePairs(payload.Slice(at, count), low, high);
            _filter.Join(low, high, samples.Slice(2 * at, 2 * count));
            at += count;
        }

        return 2 * payload.Length;
    }

    public bool Conceal(Span<short> samples) => false;

    public bool Recover(ReadOnlySpan<byte> next, Span<short> samples) => false;

    public int SamplesOf(ReadOnlySpan<byte> payload) => 2 * payload.Length;

    public void Reset()
    {
        _filter.Reset();
        _lower.Reset(32);
        _higher.Reset(8);
    }

    public void Dispose()
    {
    }

    /// <summary>The ADPCM decoders alone, RL and RH; the test sequences of Appendix II by-pass the filters too.</summary>
    internal void DecodePairs(ReadOnlySpan<byte> codes, Span<int> low, Span<int> high)
    {
        // In locals the state stays in registers.
        var lower = _lower;
        var higher = _higher;
        for (var i = 0; i < codes.Length; i++)
        {
            low[i] = DecodeLower(ref lower, codes[i] & 63);
            high[i] = DecodeHigher(ref higher, codes[i] >> 6);
        }

        _lower = lower;
        _higher = higher;
    }

    // INVQBL of all six bits for the sound, INVQAL of the upper four for the predictor.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int DecodeLower(ref G722Band band, int bits)
    {
        var sample = Math.Clamp(band.S + ((band.Det * G722Tables.Qm6[bits]) >> 15), -16384, 16383);
        var quantized = (band.Det * G722Tables.Qm4[bits >> 2]) >> 15;
        band.AdaptLower(G722Tables.Wl[bits >> 2]);
        band.Predict(quantized);
        return sample;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int DecodeHigher(ref G722Band band, int bits)
    {
        var quantized = (band.Det * G722Tables.Qm2[bits]) >> 15;
        var sample = Math.Clamp(band.S + quantized, -16384, 16383);
        band.AdaptHigher(G722Tables.Wh[bits]);
        band.Predict(quantized);
        return sample;
    }
}
