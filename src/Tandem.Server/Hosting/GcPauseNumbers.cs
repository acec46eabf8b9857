namespace Tandem.Server.Hosting;

/// <summary>
/// Pauses since the start, in milliseconds, no more than 6 % above the truth; <paramref name="Count"/> is how many there were, <paramref name="Long"/> how many of 5 ms or more.
/// </summary>
public sealed record GcPauseNumbers(long Count, double P50, double P99, double P999, double Longest, double Total, long Long);
