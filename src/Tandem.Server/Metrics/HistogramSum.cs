namespace Tandem.Server.Metrics;

/// <summary>A histogram that is kept elsewhere, read at one moment.</summary>
/// <param name="Bounds">Upper bounds, inclusive, rising.</param>
/// <param name="Count">How many values lie in a bucket; one more than bounds.</param>
/// <param name="Sum">The sum of all values.</param>
public sealed record HistogramSum(IReadOnlyList<double> Bounds, Func<int, long> Count, double Sum);
