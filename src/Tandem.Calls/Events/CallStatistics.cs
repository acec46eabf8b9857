using Tandem.Calls.Calls;

namespace Tandem.Calls.Events;

/// <summary>Totals of the calls since the start, or since the operator cleared them.</summary>
/// <param name="TotalCalls">Calls that came into being.</param>
/// <param name="CompletedCalls">Calls that ended, answered or not.</param>
/// <param name="AnsweredCalls">Calls that ended after an answer.</param>
/// <param name="AverageDurationSeconds">Mean time from answer to end of the answered calls; 0 when there is none.</param>
/// <param name="EndedByReason">Ended calls by the reason of their verdict; reasons that never came are absent.</param>
public sealed record CallStatistics(
    long TotalCalls,
    long CompletedCalls,
    long AnsweredCalls,
    double AverageDurationSeconds,
    IReadOnlyDictionary<EndReason, long> EndedByReason);
