namespace Tandem.Server.Health;

/// <summary>The answer of <c>/health</c>.</summary>
public sealed record HealthAnswer(string Status, DateTimeOffset Timestamp, string Service, string Version);
