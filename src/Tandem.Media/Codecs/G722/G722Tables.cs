namespace Tandem.Media.Codecs.G722;

/// <summary>The constant tables of ITU-T G.722 (clauses 3 and 6), under the names of the Recommendation.</summary>
internal static class G722Tables
{
    /// <summary>QMF coefficients, the even ones from h0 to h22; the odd ones are the same in reverse (table 11).</summary>
    public static ReadOnlySpan<short> Qmf => [3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11];

    /// <summary>Decision levels of the 6-bit lower quantizer, Q6 (table 14).</summary>
    public static ReadOnlySpan<short> Q6 =>
    [
        0, 35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023, 1121, 1219, 1339, 1458, 1612, 1765,
        1980, 2195, 2557, 2919,
    ];

    /// <summary>Codes of the lower band for negative differences, ILN (table 16), by interval 1 to 30.</summary>
    public static ReadOnlySpan<byte> Iln =>
    [
        0, 63, 62, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4,
    ];

    /// <summary>Codes of the lower band for positive differences, ILP.</summary>
    public static ReadOnlySpan<byte> Ilp =>
    [
        0, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42, 41, 40, 39, 38, 37, 36, 35, 34, 33, 32,
    ];

    /// <summary>Outputs of the inverse quantizer of 4 bits, sign included, QQ4 (tables 17 and 18): they drive the predictor.</summary>
    public static ReadOnlySpan<short> Qm4 => [0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0];

    /// <summary>Outputs of the inverse quantizer of 5 bits, QQ5: what a decoder of mode 2 hears.</summary>
    public static ReadOnlySpan<short> Qm5 =>
    [
        -280, -280, -23352, -17560, -14120, -11664, -9752, -8184, -6864, -5712, -4696, -3784, -2960, -2208, -1520, -880,
        23352, 17560, 14120, 11664, 9752, 8184, 6864, 5712, 4696, 3784, 2960, 2208, 1520, 880, 280, -280,
    ];

    /// <summary>Outputs of the inverse quantizer of 6 bits, QQ6: what a decoder of mode 1 hears.</summary>
    public static ReadOnlySpan<short> Qm6 =>
    [
        -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360, -8576, -7856,
        -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688, -1360, -1040, -728,
        24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456,
        4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432, -136,
    ];

    /// <summary>Logarithmic scale factor steps of the lower band by its upper four bits: WL of RIL (tables 17 and 19).</summary>
    public static ReadOnlySpan<short> Wl => [-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60];

    /// <summary>Outputs of the inverse quantizer of the higher band, QQ2 (table 21).</summary>
    public static ReadOnlySpan<short> Qm2 => [-7408, -1616, 7408, 1616];

    /// <summary>Scale factor steps of the higher band by its code, WH (table 22).</summary>
    public static ReadOnlySpan<short> Wh => [798, -214, 798, -214];

    /// <summary>The largest logarithmic scale factor of the lower band, NBL.</summary>
    public const int HighestLower = 18432;

    /// <summary>The largest of the higher band, NBH.</summary>
    public const int HighestHigher = 22528;

    /// <summary>The largest quotient of a difference by the scale factor that the lower quantizer tells from others.</summary>
    public const int HighestQuotient = 2919;

    /// <summary>Bits behind the point of <see cref="LowerReciprocal"/>.</summary>
    public const int ReciprocalBits = 44;

    private static readonly int[] LowerScales = [.. Enumerable.Range(0, (HighestLower >> 6) + 1).Select(log => Scale(log, 8))];
    private static readonly int[] HigherScales = [.. Enumerable.Range(0, (HighestHigher >> 6) + 1).Select(log => Scale(log, 10))];
    private static readonly long[] LowerReciprocals = [.. LowerScales.Select(scale => ((1L << ReciprocalBits) + scale - 1) / scale)];
    private static readonly byte[] LowerCodes = MakeLowerCodes();

    /// <summary>SCALEL for a logarithm in steps of a 32nd (NBL / 64).</summary>
    public static int LowerScale(int log) => LowerScales[log];

    /// <summary>SCALEH.</summary>
    public static int HigherScale(int log) => HigherScales[log];

    /// <summary>One over <see cref="LowerScale"/>, rounded up, so that the product with less than 2^28 is exact once it is cut off.</summary>
    public static long LowerReciprocal(int log) => LowerReciprocals[log];

    /// <summary>QUANTL: the code for a quotient, 0 to <see cref="HighestQuotient"/>, of a difference that is negative or not.</summary>
    public static int LowerCode(int quotient, bool isNegative) => LowerCodes[(isNegative ? HighestQuotient + 1 : 0) + quotient];

    // ILB, shifted by the whole part of the logarithm (SCALEL, SCALEH).
    private static int Scale(int log, int largest)
    {
        var shift = largest - (log >> 5);
        var mantissa = Ilb[log & 31];
        return (shift < 0 ? mantissa << -shift : mantissa >> shift) << 2;
    }

    // A magnitude lies in interval i when it is below (Q6[i] * DETL) >> 12 and not below the same of i - 1.
    private static byte[] MakeLowerCodes()
    {
        var codes = new byte[2 * (HighestQuotient + 1)];
        for (int quotient = 0, interval = 1; quotient <= HighestQuotient; quotient++)
        {
            while (interval < 30 && Q6[interval] <= quotient)
                interval++;
            codes[quotient] = Ilp[interval];
            codes[HighestQuotient + 1 + quotient] = Iln[interval];
        }

        return codes;
    }

    /// <summary>Inverse logarithm, ILB (table 15).</summary>
    public static ReadOnlySpan<short> Ilb =>
    [
        2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834,
        2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
    ];
}
