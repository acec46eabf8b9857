using System.Runtime.CompilerServices;

namespace Tandem.Media.Codecs.G722;

/// <summary>
/// The adaptive predictor and scale factor of one sub-band (ITU-T G.722 clause 6.2, blocks 3L/3H and 4L/4H), the same in encoder and
/// decoder. Names follow the Recommendation. Arithmetic is of 16 bits with saturation.
/// </summary>
internal struct G722Band
{
    private short _b1, _b2, _b3, _b4, _b5, _b6;
    private short _d1, _d2, _d3, _d4, _d5, _d6;
    private int _a1, _a2;
    private int _p1, _p2;
    private int _r1, _r2;
    private int _sz;
    private int _nb;

    /// <summary>The predicted sample, SL or SH.</summary>
    public int S { get; private set; }

    /// <summary>The quantizer scale factor, DETL or DETH.</summary>
    public int Det { get; private set; }

    /// <summary>Starts anew (clause 6.3.2): the scale factor at its smallest, 32 for the lower band and 8 for the higher.</summary>
    public void Reset(int det) => this = new G722Band { Det = det };

    /// <summary>LOGSCL and SCALEL: the scale factor for the next sample of the lower band.</summary>
    public void AdaptLower(int step)
    {
        _nb = Math.Clamp(((_nb * 127) >> 7) + step, 0, 18432);
        Det = InverseLog(8 - (_nb >> 11));
    }

    /// <summary>LOGSCH and SCALEH: the same of the higher band.</summary>
    public void AdaptHigher(int step)
    {
        _nb = Math.Clamp(((_nb * 127) >> 7) + step, 0, 22528);
        Det = InverseLog(10 - (_nb >> 11));
    }

    /// <summary>Block 4: the quantized difference <paramref name="d"/> adapts the predictor and gives the next <see cref="S"/>.</summary>
    public void Predict(int d)
    {
        // RECONS, PARREC
        var r = Saturate(S + d);
        var p = Saturate(_sz + d);

        // UPPOL2
        var sign = p >> 31;
        var a1Times4 = Saturate(_a1 << 2);
        var wd = sign == _p1 >> 31 ? -a1Times4 : a1Times4;
        var a2 = (Math.Min(wd, short.MaxValue) >> 7) + (sign == _p2 >> 31 ? 128 : -128) + ((_a2 * 32512) >> 15);
        a2 = Math.Clamp(a2, -12288, 12288);

        // UPPOL1
        var a1 = Saturate((sign == _p1 >> 31 ? 192 : -192) + ((_a1 * 32640) >> 15));
        var limit = 15360 - a2;
        a1 = Math.Clamp(a1, -limit, limit);

        // UPZERO
        var step = d == 0 ? 0 : 128;
        var inverse = d >> 31;
        _b1 = Adapt(_b1, _d1, step, inverse);
        _b2 = Adapt(_b2, _d2, step, inverse);
        _b3 = Adapt(_b3, _d3, step, inverse);
        _b4 = Adapt(_b4, _d4, step, inverse);
        _b5 = Adapt(_b5, _d5, step, inverse);
        _b6 = Adapt(_b6, _d6, step, inverse);

        // DELAYA
        _d6 = _d5;
        _d5 = _d4;
        _d4 = _d3;
        _d3 = _d2;
        _d2 = _d1;
        _d1 = (short)d;
        _r2 = _r1;
        _r1 = r;
        _p2 = _p1;
        _p1 = p;
        _a1 = a1;
        _a2 = a2;

        // FILTEP
        var sp = Saturate(((a1 * Saturate(_r1 << 1)) >> 15) + ((a2 * Saturate(_r2 << 1)) >> 15));

        // FILTEZ
        var sz = Product(_b6, _d6);
        sz = Saturate(sz + Product(_b5, _d5));
        sz = Saturate(sz + Product(_b4, _d4));
        sz = Saturate(sz + Product(_b3, _d3));
        sz = Saturate(sz + Product(_b2, _d2));
        _sz = Saturate(sz + Product(_b1, _d1));

        // PREDIC
        S = Saturate(sp + _sz);
    }

    private static int InverseLog(int exponent, int mantissa) => (exponent < 0 ? mantissa << -exponent : mantissa >> exponent) << 2;

    private readonly int InverseLog(int exponent) => InverseLog(exponent, G722Tables.Ilb[(_nb >> 6) & 31]);

    private static short Adapt(short b, short d, int step, int inverse)
    {
        var change = (d >> 31) == inverse ? step : -step;
        return (short)Saturate(change + ((b * 32640) >> 15));
    }

    private static int Product(int b, int d) => (b * Saturate(d << 1)) >> 15;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Saturate(int value) => Math.Clamp(value, short.MinValue, short.MaxValue);
}
