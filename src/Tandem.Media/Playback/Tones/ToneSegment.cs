namespace Tandem.Media.Playback.Tones;

/// <summary>A piece of a tone: one frequency, two together, one whose loudness follows another, or a pause.</summary>
/// <param name="First">Hertz; 0 for a pause.</param>
/// <param name="Second">Hertz of the second frequency; 0 when there is none.</param>
/// <param name="IsModulated">The second is not added: the first swells and fades with it.</param>
/// <param name="Milliseconds">Its length; 0 for without end.</param>
public readonly record struct ToneSegment(double First, double Second, bool IsModulated, int Milliseconds)
{
    /// <summary>No sound.</summary>
    public bool IsPause => First == 0;
}
