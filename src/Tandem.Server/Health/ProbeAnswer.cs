namespace Tandem.Server.Health;

/// <summary>The answer of <c>/health/live</c> (<c>alive</c>) and <c>/health/ready</c> (<c>ready</c>, <c>not ready</c>).</summary>
public sealed record ProbeAnswer(string Status, DateTimeOffset Timestamp, string Message);
