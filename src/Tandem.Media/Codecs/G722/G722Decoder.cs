namespace Tandem.Media.Codecs.G722;

/// <summary>ITU-T G.722 at 64 kbit/s (RFC 3551 §4.5.2): a byte gives two samples at 16 kHz. Our own, bit by bit as the Recommendation computes it.</summary>
internal sealed class G722Decoder : IAudioDecoder
{
    private const int Taps = 24;

    private readonly short[] _history = new short[Taps];
    private G722Band _lower;
    private G722Band _higher;

    public G722Decoder() => Reset();

    public int SampleRate => 16000;

    public int Decode(ReadOnlySpan<byte> payload, Span<short> samples)
    {
        if (payload.Length > samples.Length / 2)
            return 0;

        Span<short> window = _history;
        for (var i = 0; i < payload.Length; i++)
        {
            var (low, high) = DecodePair(payload[i]);
            window[2..].CopyTo(window);
            window[Taps - 2] = (short)(low + high);
            window[Taps - 1] = (short)(low - high);
            Join(window, out samples[2 * i], out samples[(2 * i) + 1]);
        }

        return 2 * payload.Length;
    }

    public bool Conceal(Span<short> samples) => false;

    public bool Recover(ReadOnlySpan<byte> next, Span<short> samples) => false;

    public int SamplesOf(ReadOnlySpan<byte> payload) => 2 * payload.Length;

    public void Reset()
    {
        Array.Clear(_history);
        _lower.Reset(32);
        _higher.Reset(8);
    }

    public void Dispose()
    {
    }

    /// <summary>The ADPCM decoders alone, RL and RH, for the test sequences of Appendix II, which by-pass the filters.</summary>
    internal (int Low, int High) DecodePair(int code)
    {
        // Lower band: the predictor follows the upper four bits, the sound all six.
        var bits = code & 63;
        var low = Math.Clamp(_lower.S + ((_lower.Det * G722Tables.Qm6[bits]) >> 15), -16384, 16383);
        var quantized = (_lower.Det * G722Tables.Qm4[bits >> 2]) >> 15;
        _lower.AdaptLower(G722Tables.Wl[bits >> 2]);
        _lower.Predict(quantized);

        bits = code >> 6;
        quantized = (_higher.Det * G722Tables.Qm2[bits]) >> 15;
        var high = Math.Clamp(_higher.S + quantized, -16384, 16383);
        _higher.AdaptHigher(G722Tables.Wh[bits]);
        _higher.Predict(quantized);
        return (low, high);
    }

    // The receive QMF (clause 6.2.2.3, blocks RECA to SELECT).
    private static void Join(ReadOnlySpan<short> window, out short first, out short second)
    {
        var odd = 0;
        var even = 0;
        for (var i = 0; i < Taps / 2; i++)
        {
            even += window[2 * i] * G722Tables.Qmf[i];
            odd += window[(2 * i) + 1] * G722Tables.Qmf[Taps / 2 - 1 - i];
        }

        first = (short)Math.Clamp(odd >> 11, short.MinValue, short.MaxValue);
        second = (short)Math.Clamp(even >> 11, short.MinValue, short.MaxValue);
    }
}
