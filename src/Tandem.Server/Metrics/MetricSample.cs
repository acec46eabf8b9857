namespace Tandem.Server.Metrics;

/// <summary>One number of a family, or one histogram.</summary>
/// <param name="Labels">What tells it from the others.</param>
/// <param name="Value">The number.</param>
/// <param name="Histogram">The histogram; null for a number.</param>
public sealed record MetricSample(IReadOnlyList<(string Name, string Value)> Labels, double Value, HistogramSum? Histogram);
