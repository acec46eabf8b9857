namespace Tandem.Server.Health;

/// <summary>The parts of the exchange, in document 3's names.</summary>
public sealed record HealthChecks(HealthCheck Database, HealthCheck Redis, HealthCheck CallManager);
