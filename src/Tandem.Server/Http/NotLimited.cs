namespace Tandem.Server.Http;

/// <summary>Marks a route that the rate limit does not count: probes must not fail because somebody asks often.</summary>
public sealed class NotLimited;
