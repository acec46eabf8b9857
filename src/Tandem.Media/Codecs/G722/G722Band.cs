using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tandem.Media.Codecs.G722;

/// <summary>
/// The adaptive predictor and scale factor of one sub-band (ITU-T G.722 clause 6.2, blocks 3L/3H and 4L/4H), the same in encoder and
/// decoder. Names follow the Recommendation. Arithmetic is of 16 bits with saturation, done in 32; the six zeros lie side by side in a vector.
/// </summary>
internal struct G722Band
{
    /// <summary>Six products of at most this size cannot leave 16 bits, whatever their order.</summary>
    private const int SafeProduct = short.MaxValue / 6;

    // b1 to b6, and two lanes whose d is always 0.
    private Vector256<int> _b;

    // d1 to d6, doubled as FILTEZ wants them.
    private Vector256<int> _d;

    private int _a1;
    private int _a2;
    private int _p1;
    private int _p2;

    // r1, doubled as FILTEP wants it; as r2 it serves once more.
    private int _r1;
    private int _sz;
    private int _nb;

    /// <summary>The predicted sample, SL or SH.</summary>
    public int S { get; private set; }

    /// <summary>The quantizer scale factor, DETL or DETH.</summary>
    public int Det { get; private set; }

    /// <summary>The place of <see cref="Det"/> in tables: its logarithm in steps of a 32nd.</summary>
    public readonly int Log => _nb >> 6;

    /// <summary>Starts anew (clause 6.3.2): the scale factor at its smallest, 32 for the lower band and 8 for the higher.</summary>
    public void Reset(int det) => this = new G722Band { Det = det };

    /// <summary>LOGSCL and SCALEL: the scale factor for the next sample of the lower band.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AdaptLower(int step)
    {
        _nb = Math.Clamp(((_nb * 127) >> 7) + step, 0, G722Tables.HighestLower);
        Det = G722Tables.LowerScale(_nb >> 6);
    }

    /// <summary>LOGSCH and SCALEH: the same of the higher band.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AdaptHigher(int step)
    {
        _nb = Math.Clamp(((_nb * 127) >> 7) + step, 0, G722Tables.HighestHigher);
        Det = G722Tables.HigherScale(_nb >> 6);
    }

    /// <summary>Block 4: the quantized difference <paramref name="d"/> adapts the predictor and gives the next <see cref="S"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Predict(int d)
    {
        // UPZERO: every b leaks by a 256th and moves by 128 with the sign of d times its own d; not at all when d is 0.
        var doubled = Vector256.Create(Saturate(d << 1));
        var opposite = (_d ^ doubled) >> 31;
        var change = Vector256.AndNot((Vector256.Create(128) ^ opposite) - opposite, Vector256.Equals(doubled, Vector256<int>.Zero));
        _b = ((_b * Vector256.Create(32640)) >> 15) + change;

        // DELAYA: d1 to d5 move on, d becomes the first; the last lane, always 0, fills the two that are unused.
        var moved = Vector256.Shuffle(_d, Vector256.Create(0, 0, 1, 2, 3, 4, 7, 7));
        _d = Vector256.ConditionalSelect(Vector256.Create(-1, 0, 0, 0, 0, 0, 0, 0), doubled, moved);

        // FILTEZ
        var products = (_b * _d) >> 15;

        // RECONS, PARREC; -1 where the sign of p differs from that of the p before, and of the one before that.
        var r = Saturate(S + d);
        var p = Saturate(_sz + d);
        var differs1 = (p ^ _p1) >> 31;
        var differs2 = (p ^ _p2) >> 31;
        _p2 = _p1;
        _p1 = p;

        // UPPOL2
        var a1Times4 = Saturate(_a1 << 2);
        var turned = Math.Min((a1Times4 ^ ~differs1) - ~differs1, short.MaxValue);
        _a2 = Math.Clamp((turned >> 7) + ((128 ^ differs2) - differs2) + ((_a2 * 32512) >> 15), -12288, 12288);

        // UPPOL1
        var limit = 15360 - _a2;
        _a1 = Math.Clamp(((192 ^ differs1) - differs1) + ((_a1 * 32640) >> 15), -limit, limit);

        // FILTEP
        var r1 = Saturate(r << 1);
        var sp = Saturate(((_a1 * r1) >> 15) + ((_a2 * _r1) >> 15));
        _r1 = r1;

        // PREDIC
        _sz = Vector256.GreaterThanAny(Vector256.Abs(products), Vector256.Create(SafeProduct)) ? SumInOrder(products) : Vector256.Sum(products);
        S = Saturate(sp + _sz);
    }

    // The sum as the Recommendation forms it, from the oldest on and limited after each.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int SumInOrder(Vector256<int> products)
    {
        var sum = 0;
        for (var i = 5; i >= 0; i--)
            sum = Saturate(sum + Math.Min(products[i], short.MaxValue));
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Saturate(int value) => Math.Clamp(value, short.MinValue, short.MaxValue);
}
