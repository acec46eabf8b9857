using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tandem.Media.Mixing;

/// <summary>
/// Arithmetic on 16-bit samples, by vectors: sums in 32 bits (65,536 full-scale voices fit), saturation when they are narrowed. Gains are
/// factors times 1,024. Spans of one call have the same length.
/// </summary>
internal static class SampleMath
{
    /// <summary>The gain that changes nothing.</summary>
    public const int Unity = 1024;

    private const int GainBits = 10;
    private const double FullScale = 32768.0 * 32768.0;

    /// <summary>The factor of <paramref name="gainDb"/>, which is held between -60 and 30 dB; below, nothing is heard.</summary>
    public static int GainOf(double gainDb) => gainDb < -60 ? 0 : (int)Math.Round(Math.Pow(10, Math.Min(gainDb, 30) / 20) * Unity);

    /// <summary>dB below full scale of a mean square; -100 for digital silence. A full-scale sine is at -3.</summary>
    public static double LevelOf(double meanSquare) => meanSquare <= 0 ? -100 : Math.Max(-100, 10 * Math.Log10(meanSquare / FullScale));

    /// <summary>The mean square of <paramref name="levelDb"/> dB below full scale.</summary>
    public static float MeanSquareOf(double levelDb) => (float)(Math.Pow(10, levelDb / 10) * FullScale);

    /// <summary>sum += samples.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(Span<int> sum, ReadOnlySpan<short> samples)
    {
        var i = 0;
        for (; i <= samples.Length - Vector<short>.Count; i += Vector<short>.Count)
        {
            Vector.Widen(new Vector<short>(samples[i..]), out var low, out var high);
            (new Vector<int>(sum[i..]) + low).CopyTo(sum[i..]);
            (new Vector<int>(sum[(i + Vector<int>.Count)..]) + high).CopyTo(sum[(i + Vector<int>.Count)..]);
        }

        for (; i < samples.Length; i++)
            sum[i] += samples[i];
    }

    /// <summary>sum += samples × gain / 1024; the gain may be negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled(Span<int> sum, ReadOnlySpan<short> samples, int gain)
    {
        var i = 0;
        var factor = new Vector<int>(gain);
        for (; i <= samples.Length - Vector<short>.Count; i += Vector<short>.Count)
        {
            Vector.Widen(new Vector<short>(samples[i..]), out var low, out var high);
            (new Vector<int>(sum[i..]) + Vector.ShiftRightArithmetic(low * factor, GainBits)).CopyTo(sum[i..]);
            var second = sum[(i + Vector<int>.Count)..];
            (new Vector<int>(second) + Vector.ShiftRightArithmetic(high * factor, GainBits)).CopyTo(second);
        }

        for (; i < samples.Length; i++)
            sum[i] += (samples[i] * gain) >> GainBits;
    }

    /// <summary>result = sum, saturated.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Narrow(ReadOnlySpan<int> sum, Span<short> result)
    {
        var i = 0;
        for (; i <= result.Length - Vector<short>.Count; i += Vector<short>.Count)
            Vector.NarrowWithSaturation(new Vector<int>(sum[i..]), new Vector<int>(sum[(i + Vector<int>.Count)..])).CopyTo(result[i..]);

        for (; i < result.Length; i++)
            result[i] = Saturate(sum[i]);
    }

    /// <summary>result = sum - own, saturated: what somebody hears who is in the sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void NarrowWithout(ReadOnlySpan<int> sum, ReadOnlySpan<short> own, Span<short> result)
    {
        var i = 0;
        for (; i <= result.Length - Vector<short>.Count; i += Vector<short>.Count)
        {
            Vector.Widen(new Vector<short>(own[i..]), out var low, out var high);
            Vector.NarrowWithSaturation(new Vector<int>(sum[i..]) - low, new Vector<int>(sum[(i + Vector<int>.Count)..]) - high).CopyTo(result[i..]);
        }

        for (; i < result.Length; i++)
            result[i] = Saturate(sum[i] - own[i]);
    }

    /// <summary>samples = samples × gain / 1024, saturated.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scale(Span<short> samples, int gain)
    {
        if (gain == Unity)
            return;

        var i = 0;
        var factor = new Vector<int>(gain);
        for (; i <= samples.Length - Vector<short>.Count; i += Vector<short>.Count)
        {
            Vector.Widen(new Vector<short>(samples[i..]), out var low, out var high);
            Vector.NarrowWithSaturation(
                Vector.ShiftRightArithmetic(low * factor, GainBits),
                Vector.ShiftRightArithmetic(high * factor, GainBits)).CopyTo(samples[i..]);
        }

        for (; i < samples.Length; i++)
            samples[i] = Saturate((samples[i] * gain) >> GainBits);
    }

    /// <summary>samples += more, saturated.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Mix(Span<short> samples, ReadOnlySpan<short> more)
    {
        var i = 0;
        for (; i <= samples.Length - Vector<short>.Count; i += Vector<short>.Count)
        {
            Vector.Widen(new Vector<short>(samples[i..]), out var low, out var high);
            Vector.Widen(new Vector<short>(more[i..]), out var moreLow, out var moreHigh);
            Vector.NarrowWithSaturation(low + moreLow, high + moreHigh).CopyTo(samples[i..]);
        }

        for (; i < samples.Length; i++)
            samples[i] = Saturate(samples[i] + more[i]);
    }

    /// <summary>The mean of the squares of the samples; 0 for none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float MeanSquare(ReadOnlySpan<short> samples)
    {
        if (samples.IsEmpty)
            return 0;

        var i = 0;
        var sums = Vector<float>.Zero;
        for (; i <= samples.Length - Vector<short>.Count; i += Vector<short>.Count)
        {
            Vector.Widen(new Vector<short>(samples[i..]), out var low, out var high);
            var (a, b) = (Vector.ConvertToSingle(low), Vector.ConvertToSingle(high));
            sums += (a * a) + (b * b);
        }

        var sum = Vector.Sum(sums);
        for (; i < samples.Length; i++)
            sum += (float)samples[i] * samples[i];
        return sum / samples.Length;
    }

    /// <summary>
    /// Lets <paramref name="samples"/> begin where other sound ended, at the value <paramref name="last"/>: the step is spread over the
    /// first <paramref name="length"/> samples, so that a change of source does not click.
    /// </summary>
    public static void Join(short last, Span<short> samples, int length)
    {
        length = Math.Min(length, samples.Length);
        if (length == 0)
            return;

        var step = last - samples[0];
        for (var i = 0; i < length; i++)
            samples[i] = Saturate(samples[i] + (step * (length - i) / length));
    }

    private static short Saturate(int value) => (short)Math.Clamp(value, short.MinValue, short.MaxValue);
}
