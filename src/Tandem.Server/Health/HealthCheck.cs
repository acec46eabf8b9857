namespace Tandem.Server.Health;

/// <summary>One part: <c>ok</c> or <c>error</c>, and a line for people.</summary>
public sealed record HealthCheck(string Status, string Message);
