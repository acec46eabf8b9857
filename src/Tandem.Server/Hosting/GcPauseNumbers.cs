namespace Tandem.Server.Hosting;

/// <summary>Pauses since the start. All but the count in milliseconds; no more than 6 % above the truth.</summary>
public sealed record GcPauseNumbers(long Count, double P50, double P99, double P999, double Longest, double Total);
