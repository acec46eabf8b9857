namespace Tandem.Server.Metrics;

/// <summary>A family of numbers as a source told it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type"><c>counter</c>, <c>gauge</c> or <c>histogram</c>.</param>
/// <param name="Help">What it is, for people.</param>
/// <param name="Samples">Its samples.</param>
public sealed record MetricFamily(string Name, string Type, string Help, List<MetricSample> Samples);
