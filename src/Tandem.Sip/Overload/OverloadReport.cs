namespace Tandem.Sip.Overload;

/// <summary>An overload of one shard has begun, or is over.</summary>
/// <param name="IsOver">False at the begin, true at the end.</param>
/// <param name="Lag">How far the shard was behind: at the begin, or the most of the whole time.</param>
/// <param name="Pressure">How full the queue to the database was, 0 to 1: at the begin, or the most.</param>
/// <param name="Refused">Requests that were refused, 0 at the begin.</param>
/// <param name="Duration">From the begin to the last refusal.</param>
public readonly record struct OverloadReport(bool IsOver, TimeSpan Lag, double Pressure, long Refused, TimeSpan Duration);
