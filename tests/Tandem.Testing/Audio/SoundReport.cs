namespace Tandem.Testing.Audio;

/// <summary>How a sound came through.</summary>
/// <param name="Delay">By how much it lags behind the reference; negative when it is ahead.</param>
/// <param name="Likeness">The correlation at that delay, 1 for the same waveform. Vocoders (G.729, GSM) and low-rate Opus stay well below.</param>
/// <param name="LevelDb">Its level relative to the reference, over the moments in which the reference sounds.</param>
/// <param name="SpectralDistanceDb">Mean over those moments of the root mean square difference of the levels of third-octave bands, levels made equal before.</param>
/// <param name="Gaps">Stretches of 5 ms or more in which the reference sounds and this does not.</param>
/// <param name="Clicks">Sudden breaks of the waveform that the reference does not have.</param>
public sealed record SoundReport(TimeSpan Delay, double Likeness, double LevelDb, double SpectralDistanceDb, int Gaps, int Clicks)
{
    public override string ToString() =>
        FormattableString.Invariant($"delay {Delay.TotalMilliseconds:F2} ms, likeness {Likeness:F3}, level {LevelDb:F1} dB, spectral distance {SpectralDistanceDb:F2} dB, {Gaps} gaps, {Clicks} clicks");
}
