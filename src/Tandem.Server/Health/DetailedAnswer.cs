namespace Tandem.Server.Health;

/// <summary>The answer of <c>/health/detailed</c>.</summary>
public sealed record DetailedAnswer(string Status, DateTimeOffset Timestamp, string Service, string Version, HealthChecks Checks);
