using System.Net;
using System.Reflection;
using Tandem.Calls.Tenants;

namespace Tandem.Server.Http;

/// <summary>Who makes a request. A handler gets it by a parameter <c>Identity who</c>.</summary>
/// <param name="Kind">How they proved it.</param>
/// <param name="Name">The user, the name of the token, or <c>loopback</c>.</param>
/// <param name="ExpiresAt">When the session or token ends; null for never.</param>
public sealed record Identity(IdentityKind Kind, string Name, DateTimeOffset? ExpiresAt = null) : IBindableFromHttpContext<Identity>
{
    /// <summary>The tenant that the request acts in. An operator may choose another than his own (<c>X-Tenant</c>).</summary>
    public TenantId Tenant { get; init; } = TenantId.Default;

    /// <summary>The tenant that the user or token belongs to.</summary>
    public TenantId Home { get; init; } = TenantId.Default;

    /// <summary>The role of the user, or of the user that made the token.</summary>
    public Role Role { get; init; }

    /// <summary>What this request may do: what the role may, and for a token no more than its scopes.</summary>
    public PermissionSet Permissions { get; init; }

    /// <summary>The user, for a session.</summary>
    public string? UserId { get; init; }

    /// <summary>The token, for a token.</summary>
    public string? TokenId { get; init; }

    /// <summary>The user at the root of what the request makes: himself, or who made the token; empty for the command line and loopback.</summary>
    public (TenantId Tenant, string User) Author { get; init; } = (TenantId.Default, "");

    /// <summary>Where the request came from; null when the connection does not say.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>True when the permission is there.</summary>
    public bool May(Permission permission) => Permissions.Contains(permission);

    /// <summary>This machine in Development: operator of the default tenant.</summary>
    internal static Identity Loopback(IPAddress? source) =>
        new(IdentityKind.Loopback, "loopback") { Role = Role.Operator, Permissions = PermissionSet.All, Source = source };

    /// <summary>The identity that authentication found.</summary>
    public static ValueTask<Identity?> BindAsync(HttpContext context, ParameterInfo parameter) => ValueTask.FromResult(context.Features.Get<Identity>());
}
