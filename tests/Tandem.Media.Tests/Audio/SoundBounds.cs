using System.Runtime.CompilerServices;
using Tandem.Testing.Audio;

namespace Tandem.Media.Tests.Audio;

/// <summary>What a way may do to speech. Every report is printed to the output of its test (<c>-showLiveOutput</c> shows it); one that is out of bounds fails with it.</summary>
/// <param name="DistanceDb">The largest spectral distance; null where it is not compared.</param>
/// <param name="Delay">The longest delay; null where it is not compared.</param>
/// <param name="Clicks">The most clicks.</param>
/// <param name="LowestDb">The lowest level, relative to what was said.</param>
/// <param name="HighestDb">The highest level.</param>
internal sealed record SoundBounds(double? DistanceDb, TimeSpan? Delay, int Clicks = 0, double LowestDb = -2.5, double HighestDb = 1)
{
    public void Check(SoundReport report, [CallerArgumentExpression(nameof(report))] string what = "")
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {report}");
        Assert.True(report.Gaps == 0, $"{what}: gaps: {report}");
        Assert.True(report.Clicks <= Clicks, $"{what}: more than {Clicks} clicks: {report}");
        Assert.True(report.LevelDb >= LowestDb && report.LevelDb <= HighestDb, $"{what}: the level is not within {LowestDb} to {HighestDb} dB: {report}");
        Assert.True(DistanceDb is not { } distance || report.SpectralDistanceDb <= distance, $"{what}: the spectrum is further off than {DistanceDb} dB: {report}");
        Assert.True(
            Delay is not { } delay || (report.Delay >= TimeSpan.Zero && report.Delay <= delay), $"{what}: the delay is not within 0 to {Delay?.TotalMilliseconds} ms: {report}");
    }
}
