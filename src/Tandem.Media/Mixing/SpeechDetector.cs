using Tandem.Core.Time;

namespace Tandem.Media.Mixing;

/// <summary>
/// Tells speech from silence by level, 20 ms at a time: at once when it becomes loud, after the hangover when it falls silent. The
/// threshold lies above the noise of the line, which is followed slowly. A mutable value without allocation.
/// </summary>
internal struct SpeechDetector
{
    // The floor follows quieter sound in a fifth of a second and louder sound by 3 dB in about 7 s, so that speech hardly lifts it.
    private const float FloorFall = 0.1f;
    private const float FloorRise = 1.002f;

    // Speech stands 9 dB above the noise; a floor as loud as the voice itself (a steady tone) never counts as noise.
    private const float AboveFloor = 8;

    private float _floor;
    private Moment _lastLoud;

    /// <summary>True from the first loud moment to the end of the hangover.</summary>
    public bool IsSpeaking { get; private set; }

    /// <summary>The mean square of what was heard last, smoothed over about 100 ms.</summary>
    public float Level { get; private set; }

    /// <summary>Takes the mean square of 20 ms; true when <see cref="IsSpeaking"/> changed.</summary>
    /// <param name="meanSquare">Of the samples; 0 when nothing came.</param>
    /// <param name="threshold">The mean square below which nothing is speech.</param>
    /// <param name="hangover">How long speech goes on after the last loud moment.</param>
    /// <param name="now">The tick.</param>
    public bool Feed(float meanSquare, float threshold, TimeSpan hangover, Moment now)
    {
        Level += (meanSquare - Level) * 0.25f;
        var limit = Math.Max(threshold, Math.Min(_floor * AboveFloor, threshold * 100));
        var isLoud = meanSquare > limit;
        if (meanSquare < _floor)
            _floor += (meanSquare - _floor) * FloorFall;
        else if (meanSquare > 0)
            _floor = Math.Max(_floor, 1) * FloorRise;

        if (isLoud)
        {
            _lastLoud = now;
            Level = Math.Max(Level, meanSquare * 0.5f);
        }

        var speaks = isLoud || (IsSpeaking && now - _lastLoud < hangover);
        if (speaks == IsSpeaking)
            return false;

        IsSpeaking = speaks;
        return true;
    }
}
