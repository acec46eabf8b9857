using Tandem.Calls.Tenants;

namespace Tandem.Server.Http;

/// <summary>Marks what a request to a route must be allowed to do. A route without this mark, and without one of those that open it, is refused.</summary>
/// <param name="Permission">The permission; null when it is enough to be known (<c>/api/v1/me</c>).</param>
public sealed record Needs(Permission? Permission);
