using Tandem.Calls.Tenants;

namespace Tandem.Server.Http;

/// <summary>How routes are marked.</summary>
public static class NeedsExtensions
{
    /// <summary>Only requests with this permission; others get 403.</summary>
    public static TBuilder Needs<TBuilder>(this TBuilder route, Permission permission)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new Needs(permission));

    /// <summary>Everybody who has signed in: the route is about himself.</summary>
    public static TBuilder NeedsSignIn<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new Needs((Permission?)null));
}
