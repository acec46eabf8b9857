namespace Tandem.Storage.Journal;

/// <summary>Sums over all records of a tenant.</summary>
/// <param name="Calls">Records.</param>
/// <param name="Answered">Records of calls that were answered.</param>
/// <param name="Duration">Their durations together, answer to end.</param>
public sealed record CallTotals(long Calls, long Answered, TimeSpan Duration)
{
    /// <summary>The mean duration of an answered call; zero when there is none.</summary>
    public TimeSpan AverageDuration => Answered == 0 ? TimeSpan.Zero : Duration / Answered;
}
