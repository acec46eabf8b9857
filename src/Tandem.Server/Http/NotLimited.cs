namespace Tandem.Server.Http;

/// <summary>
/// Marks a route that the rate limit does not count: probes must not fail because somebody asks often. Who shows credentials, where they are looked at,
/// is counted all the same.
/// </summary>
public sealed class NotLimited;
