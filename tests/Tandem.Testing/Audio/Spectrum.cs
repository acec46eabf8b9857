using System.Numerics;

namespace Tandem.Testing.Audio;

/// <summary>The discrete Fourier transform, radix 2, in place.</summary>
public static class Spectrum
{
    /// <summary>The smallest power of two that is not below <paramref name="length"/>.</summary>
    public static int SizeFor(int length) => (int)BitOperations.RoundUpToPowerOf2((uint)length);

    public static void Forward(Span<Complex> values) => Transform(values, -1);

    /// <summary>Back again, without the division by the length.</summary>
    public static void Inverse(Span<Complex> values) => Transform(values, 1);

    private static void Transform(Span<Complex> values, int sign)
    {
        for (int i = 1, j = 0; i < values.Length; i++)
        {
            var bit = values.Length >> 1;
            for (; (j & bit) != 0; bit >>= 1)
                j ^= bit;
            j ^= bit;
            if (i < j)
                (values[i], values[j]) = (values[j], values[i]);
        }

        for (var size = 2; size <= values.Length; size *= 2)
        {
            var turn = Complex.FromPolarCoordinates(1, sign * 2 * Math.PI / size);
            for (var start = 0; start < values.Length; start += size)
            {
                var factor = Complex.One;
                for (var i = start; i < start + (size / 2); i++)
                {
                    var other = values[i + (size / 2)] * factor;
                    values[i + (size / 2)] = values[i] - other;
                    values[i] += other;
                    factor *= turn;
                }
            }
        }
    }
}
