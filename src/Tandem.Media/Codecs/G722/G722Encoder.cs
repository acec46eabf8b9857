using System.Runtime.CompilerServices;

namespace Tandem.Media.Codecs.G722;

/// <summary>
/// ITU-T G.722 at 64 kbit/s (RFC 3551 §4.5.2): two samples of 16 kHz give one byte, two bits of the higher band before six of the lower.
/// Our own, bit by bit as the Recommendation computes it.
/// </summary>
internal sealed class G722Encoder(int packetMilliseconds) : IAudioEncoder
{
    private const int Taps = 24;

    private readonly short[] _history = new short[Taps];
    private G722Band _lower = New(32);
    private G722Band _higher = New(8);

    public int SampleRate => 16000;

    public int MaxPayload => 8 * packetMilliseconds;

    public int Encode(ReadOnlySpan<short> samples, Span<byte> payload)
    {
        var count = samples.Length / 2;
        payload = payload[..count];
        Span<short> window = _history;
        for (var i = 0; i < count; i++)
        {
            window[2..].CopyTo(window);
            window[Taps - 2] = samples[2 * i];
            window[Taps - 1] = samples[(2 * i) + 1];
            Split(window, out var low, out var high);
            payload[i] = EncodePair(low, high);
        }

        return count;
    }

    public void SetLoss(double fraction)
    {
    }

    public void Reset()
    {
        Array.Clear(_history);
        _lower.Reset(32);
        _higher.Reset(8);
    }

    public void Dispose()
    {
    }

    /// <summary>The ADPCM coders alone, for the test sequences of Appendix II, which by-pass the filters.</summary>
    internal byte EncodePair(int low, int high) => (byte)(EncodeHigher(high) << 6 | EncodeLower(low));

    // The transmit QMF (clause 6.2.1, blocks RECX to TRANSMIT): polyphase halves of one filter, sum and difference.
    private static void Split(ReadOnlySpan<short> window, out int low, out int high)
    {
        var even = 0;
        var odd = 0;
        for (var i = 0; i < Taps / 2; i++)
        {
            odd += window[2 * i] * G722Tables.Qmf[i];
            even += window[(2 * i) + 1] * G722Tables.Qmf[Taps / 2 - 1 - i];
        }

        low = Math.Clamp((even + odd) >> 14, -16384, 16383);
        high = Math.Clamp((even - odd) >> 14, -16384, 16383);
    }

    private int EncodeLower(int sample)
    {
        var difference = Math.Clamp(sample - _lower.S, short.MinValue, short.MaxValue);
        var magnitude = difference ^ (difference >> 31);
        var interval = 1;
        while (interval < 30 && magnitude >= (G722Tables.Q6[interval] * _lower.Det) >> 12)
            interval++;

        int code = difference < 0 ? G722Tables.Iln[interval] : G722Tables.Ilp[interval];
        var upper = code >> 2;
        var quantized = (_lower.Det * G722Tables.Qm4[upper]) >> 15;
        _lower.AdaptLower(G722Tables.Wl[upper]);
        _lower.Predict(quantized);
        return code;
    }

    private int EncodeHigher(int sample)
    {
        var difference = Math.Clamp(sample - _higher.S, short.MinValue, short.MaxValue);
        var magnitude = difference ^ (difference >> 31);
        var isOuter = magnitude >= (564 * _higher.Det) >> 12;
        var code = (difference < 0 ? 0 : 2) | (isOuter ? 0 : 1);
        var quantized = (_higher.Det * G722Tables.Qm2[code]) >> 15;
        _higher.AdaptHigher(G722Tables.Wh[code]);
        _higher.Predict(quantized);
        return code;
    }

    private static G722Band New(int det)
    {
        Unsafe.SkipInit(out G722Band band);
        band.Reset(det);
        return band;
    }
}
