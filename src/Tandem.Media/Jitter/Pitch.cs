using System.Numerics;
using System.Runtime.InteropServices;

namespace Tandem.Media.Jitter;

/// <summary>
/// Finds where a piece of sound repeats itself, so that a period can be repeated or left out. Searched at 8 kHz, then refined at
/// the rate of the sound.
/// </summary>
internal static class Pitch
{
    private const int CoarseRate = 8000;

    /// <summary>
    /// The lag at which the last <paramref name="window"/> samples of <paramref name="signal"/> resemble what came before them most.
    /// </summary>
    /// <param name="signal">At least <paramref name="window"/> + <paramref name="maxLag"/> samples.</param>
    /// <param name="rate">Hertz.</param>
    /// <param name="window">Samples compared.</param>
    /// <param name="minLag">Shortest lag, samples.</param>
    /// <param name="maxLag">Longest lag, samples.</param>
    /// <param name="likeness">Normalized correlation there, -1 to 1; 1 for silence.</param>
    public static int Lag(ReadOnlySpan<short> signal, int rate, int window, int minLag, int maxLag, out double likeness)
    {
        signal = signal[^(window + maxLag)..];
        Span<float> fine = stackalloc float[signal.Length];
        Widen(signal, fine);
        var factor = Math.Max(1, rate / CoarseRate);
        if (factor == 1)
            return Search(fine, window, minLag, maxLag, out likeness);

        Span<float> coarse = stackalloc float[fine.Length / factor];
        Decimate(fine, coarse, factor);
        var about = Search(coarse, window / factor, minLag / factor, (coarse.Length - (window / factor)), out _) * factor;
        return Search(fine, window, Math.Max(minLag, about - factor), Math.Min(maxLag, about + factor), out likeness);
    }

    /// <summary>The place in <paramref name="signal"/> where <paramref name="pattern"/> fits best, to an eighth of a millisecond.</summary>
    public static int Match(ReadOnlySpan<short> signal, ReadOnlySpan<short> pattern, int rate)
    {
        var step = Math.Max(1, rate / CoarseRate);
        var best = 0;
        var likeness = double.NegativeInfinity;
        for (var at = 0; at + pattern.Length <= signal.Length; at += step)
        {
            var dot = 0L;
            var energy = 1L;
            for (var i = 0; i < pattern.Length; i += step)
            {
                dot += signal[at + i] * pattern[i];
                energy += signal[at + i] * signal[at + i];
            }

            var likeHere = dot / Math.Sqrt(energy);
            if (likeHere > likeness)
            {
                likeness = likeHere;
                best = at;
            }
        }

        return best;
    }

    /// <summary>Root mean square of <paramref name="signal"/>.</summary>
    public static double Level(ReadOnlySpan<short> signal)
    {
        if (signal.IsEmpty)
            return 0;

        var sum = 0L;
        foreach (var sample in signal)
            sum += sample * sample;
        return Math.Sqrt((double)sum / signal.Length);
    }

    private static int Search(ReadOnlySpan<float> signal, int window, int minLag, int maxLag, out double likeness)
    {
        var tail = signal[^window..];
        var tailEnergy = Dot(tail, tail);
        likeness = double.NegativeInfinity;
        var best = maxLag;
        if (tailEnergy < window)
        {
            likeness = 1;
            return best;
        }

        var start = signal.Length - window;
        for (var lag = minLag; lag <= maxLag; lag++)
        {
            var before = signal.Slice(start - lag, window);
            var likeHere = Dot(tail, before) / Math.Sqrt((tailEnergy * Dot(before, before)) + 1);

            // A multiple of the period resembles as well: the shorter one wins unless the longer is clearly better.
            if (likeHere > likeness + 0.001)
            {
                likeness = likeHere;
                best = lag;
            }
        }

        return best;
    }

    private static double Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var sums = Vector<float>.Zero;
        var leftVectors = MemoryMarshal.Cast<float, Vector<float>>(left);
        var rightVectors = MemoryMarshal.Cast<float, Vector<float>>(right);
        for (var i = 0; i < leftVectors.Length; i++)
            sums += leftVectors[i] * rightVectors[i];

        var sum = Vector.Sum(sums);
        for (var i = leftVectors.Length * Vector<float>.Count; i < left.Length; i++)
            sum += left[i] * right[i];
        return sum;
    }

    private static void Widen(ReadOnlySpan<short> from, Span<float> to)
    {
        for (var i = 0; i < from.Length; i++)
            to[i] = from[i];
    }

    private static void Decimate(ReadOnlySpan<float> from, Span<float> to, int factor)
    {
        // Aligned to the end, where the window lies.
        var start = from.Length - (to.Length * factor);
        for (var i = 0; i < to.Length; i++)
        {
            var sum = 0f;
            foreach (var sample in from.Slice(start + (i * factor), factor))
                sum += sample;
            to[i] = sum / factor;
        }
    }
}
