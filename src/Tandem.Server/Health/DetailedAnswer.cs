namespace Tandem.Server.Health;

/// <summary>The answer of <c>/health/detailed</c>: the checks by name, document 3's <c>database</c>, <c>redis</c> and <c>callManager</c> first.</summary>
public sealed record DetailedAnswer(string Status, DateTimeOffset Timestamp, string Service, string Version, IReadOnlyDictionary<string, HealthCheck> Checks);
