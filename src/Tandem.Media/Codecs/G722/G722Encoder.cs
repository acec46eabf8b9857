using System.Runtime.CompilerServices;

namespace Tandem.Media.Codecs.G722;

/// <summary>
/// ITU-T G.722 at 64 kbit/s (RFC 3551 §4.5.2): two samples of 16 kHz give one byte, two bits of the higher band before six of the lower.
/// Our own, bit by bit as the Recommendation computes it.
/// </summary>
internal sealed class G722Encoder : IAudioEncoder
{
    private readonly QuadratureFilter _filter = new();
    private readonly int _packetMilliseconds;
    private readonly int[] _low = new int[QuadratureFilter.Piece];
    private readonly int[] _high = new int[QuadratureFilter.Piece];
    private G722Band _lower;
    private G722Band _higher;

    public G722Encoder(int packetMilliseconds)
    {
        _packetMilliseconds = packetMilliseconds;
        Reset();
    }

    public int SampleRate => 16000;

    public int MaxPayload => 8 * _packetMilliseconds;

    public int Encode(ReadOnlySpan<short> samples, Span<byte> payload)
    {
        var total = samples.Length / 2;
        payload = payload[..total];
        for (var at = 0; at < total;)
        {
            var count = Math.Min(total - at, QuadratureFilter.Piece);
            var low = _low.AsSpan(0, count);
            var high = _high.AsSpan(0, count);
            _filter.Split(samples.Slice(2 * at, 2 * count), low, high);
            EncodePairs(low, high, payload.Slice(at, count));
            at += count;
        }

        return total;
    }

    public void SetLoss(double fraction)
    {
    }

    public void Reset()
    {
        _filter.Reset();
        _lower.Reset(32);
        _higher.Reset(8);
    }

    public void Dispose()
    {
    }

    /// <summary>The ADPCM coders alone, XL and XH; the test sequences of Appendix II by-pass the filters too.</summary>
    internal void EncodePairs(ReadOnlySpan<int> low, ReadOnlySpan<int> high, Span<byte> codes)
    {
        // In locals the state stays in registers.
        var lower = _lower;
        var higher = _higher;
        for (var i = 0; i < codes.Length; i++)
        {
            var code = EncodeLower(ref lower, low[i]);
            codes[i] = (byte)((EncodeHigher(ref higher, high[i]) << 6) | code);
        }

        _lower = lower;
        _higher = higher;
    }

    // SUBTRA and QUANTL. A magnitude m is at or above the level (q * det) >> 12 when q * det < (m + 1) << 12: the largest such q is a
    // quotient, which names the interval in a table.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int EncodeLower(ref G722Band band, int sample)
    {
        var difference = Math.Clamp(sample - band.S, short.MinValue, short.MaxValue);
        var magnitude = difference ^ (difference >> 31);
        var dividend = Math.Min(((magnitude + 1) << 12) - 1, G722Tables.HighestQuotient * band.Det);
        var quotient = (int)((dividend * G722Tables.LowerReciprocal(band.Log)) >> G722Tables.ReciprocalBits);
        var code = G722Tables.LowerCode(quotient, difference < 0);
        var upper = code >> 2;
        var quantized = (band.Det * G722Tables.Qm4[upper]) >> 15;
        band.AdaptLower(G722Tables.Wl[upper]);
        band.Predict(quantized);
        return code;
    }

    // SUBTRA and QUANTH: one level.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int EncodeHigher(ref G722Band band, int sample)
    {
        var difference = Math.Clamp(sample - band.S, short.MinValue, short.MaxValue);
        var magnitude = difference ^ (difference >> 31);
        var code = (difference < 0 ? 0 : 2) | (magnitude >= (564 * band.Det) >> 12 ? 0 : 1);
        var quantized = (band.Det * G722Tables.Qm2[code]) >> 15;
        band.AdaptHigher(G722Tables.Wh[code]);
        band.Predict(quantized);
        return code;
    }
}
