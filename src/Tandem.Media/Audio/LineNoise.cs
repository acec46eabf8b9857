using Tandem.Media.Mixing;

namespace Tandem.Media.Audio;

/// <summary>
/// The noise of a line on which nobody speaks: white, low, made once. A frame is a view into it at a place that changes from tick to
/// tick, so that no pitch is heard. What a phone describes by itself (RFC 3389) is <see cref="Jitter.ComfortNoise"/>.
/// </summary>
internal sealed class LineNoise
{
    // A prime, so that the places repeat only after all of them came.
    private const int Step = 7919;
    private const int LongestFrame = 960;

    private readonly short[] _noise = new short[16384 + LongestFrame];

    public LineNoise(double levelDb)
    {
        // Uniform noise of amplitude a has the mean square a² / 3.
        var amplitude = levelDb <= -100 ? 0 : Math.Sqrt(3 * SampleMath.MeanSquareOf(levelDb));
        var state = 0x9E3779B9u;
        for (var i = 0; i < _noise.Length; i++)
        {
            state = (state * 1664525) + 1013904223;
            _noise[i] = (short)Math.Round(((state >> 8) / (double)0x800000 - 1) * amplitude);
        }
    }

    /// <summary>Samples for one tick; at most 960.</summary>
    public ReadOnlySpan<short> Frame(int samples, long tick) =>
        _noise.AsSpan((int)(tick * Step & 16383), Math.Min(samples, LongestFrame));
}
