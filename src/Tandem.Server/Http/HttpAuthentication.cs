using System.Net;
using Tandem.Calls.Tenants;
using Tandem.Server.Options;
using Tandem.Server.Rest;
using Tandem.Storage;

namespace Tandem.Server.Http;

/// <summary>
/// Who may ask, and for what. In Development a request from this machine itself acts as operator. Everybody else, and in Production
/// everybody, needs a session cookie or <c>Authorization: Bearer</c> with an API token; only routes marked <see cref="OpenToAll"/> do not.
/// What a request may do is then compared with what its route <see cref="Needs"/>.
/// </summary>
public sealed class HttpAuthentication(RequestDelegate next, TandemOptions options, TandemStorage storage)
{
    private const string Bearer = "Bearer ";
    private const string BearerProtocol = "bearer.";
    private const int LongestToken = 128;

    private readonly bool _isDevelopment = options.Server.Environment == "Development";

    public async Task InvokeAsync(HttpContext context)
    {
        var endpoint = context.GetEndpoint();
        if (endpoint?.Metadata.GetMetadata<OpenToAll>() is not null)
        {
            await next(context);
            return;
        }

        if (await FindAsync(context) is not { } identity && (identity = LoopbackReader(context, endpoint)) is null)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"tandem\"";
            await ApiAnswer.WriteErrorAsync(context, StatusCodes.Status401Unauthorized, "UNAUTHORIZED", "Authentication required");
            return;
        }

        if (TenantChoice.Apply(context, identity, storage.TenantDirectory) is not { } acting)
        {
            await ApiAnswer.WriteErrorAsync(context, StatusCodes.Status404NotFound, "NOT_FOUND", "No such tenant");
            return;
        }

        if (Refusal(endpoint, acting) is { } refusal)
        {
            await ApiAnswer.WriteErrorAsync(context, StatusCodes.Status403Forbidden, "FORBIDDEN", refusal);
            return;
        }

        context.Features.Set(acting);
        await next(context);
    }

    // What is no route of ours (an unknown path, a method that the path does not have) is refused further on, with 404.
    private static string? Refusal(Endpoint? endpoint, Identity who)
    {
        if (endpoint is not RouteEndpoint)
            return null;

        return endpoint.Metadata.GetMetadata<Needs>() switch
        {
            null => "This route is open to nobody",
            { Permission: { } permission } when !who.May(permission) => $"The permission {PermissionSet.Word(permission)} is needed",
            _ => null,
        };
    }

    /// <summary>The token that a request brings along; null when it brings none.</summary>
    internal static string? TokenOf(HttpContext context)
    {
        var authorization = context.Request.Headers.Authorization.ToString();
        if (authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return authorization[Bearer.Length..].Trim();
        if (context.GetEndpoint()?.Metadata.GetMetadata<TokenInProtocol>() is null || !context.WebSockets.IsWebSocketRequest)
            return null;

        foreach (var protocol in context.WebSockets.WebSocketRequestedProtocols)
        {
            if (protocol.StartsWith(BearerProtocol, StringComparison.Ordinal))
                return protocol[BearerProtocol.Length..];
        }

        return null;
    }

    private async Task<Identity?> FindAsync(HttpContext context)
    {
        var source = context.Connection.RemoteIpAddress;
        if (TokenOf(context) is { } text)
            return text.Length is > 0 and <= LongestToken ? await TokenAsync(text, source, context.RequestAborted) : null;

        // What a browser sends by itself counts only when no other site made it do so.
        if (!RequestOrigin.IsSameSite(context, options.Http.CorsOrigins))
            return null;

        if (SessionCookie.Read(context) is { } cookie && await storage.Sessions.FindAsync(cookie, context.RequestAborted) is { } session && IsServed(session.Tenant))
        {
            return new Identity(IdentityKind.Session, session.UserName, session.ExpiresAt)
            {
                Tenant = session.Tenant,
                Home = session.Tenant,
                Role = session.Role,
                Permissions = Roles.PermissionsOf(session.Role),
                UserId = session.UserName,
                Author = (session.Tenant, session.UserName),
                Source = source,
            };
        }

        return _isDevelopment && IsThisMachine(context) ? Identity.Loopback(source) : null;
    }

    // A token from an address that it is not for is answered as one that does not exist.
    private async Task<Identity?> TokenAsync(string text, IPAddress? source, CancellationToken cancellation)
    {
        if (await storage.Tokens.FindAsync(text, cancellation) is not { } token || !token.Allows(source) || !IsServed(token.Tenant))
            return null;

        await storage.Tokens.TouchAsync(token, cancellation);
        return new Identity(IdentityKind.Token, token.Name, token.ExpiresAt)
        {
            Tenant = token.Tenant,
            Home = token.Tenant,
            Role = token.Role,
            Permissions = token.Permissions,
            TokenId = token.Id,
            Author = (token.MakerTenant, token.MadeBy),
            Source = source,
        };
    }

    private bool IsServed(TenantId tenant) => storage.TenantDirectory.Find(tenant) is { Enabled: true };

    // A probe of the operating system sees what the route shows, and nothing else.
    private Identity? LoopbackReader(HttpContext context, Endpoint? endpoint) =>
        (endpoint?.Metadata.GetMetadata<OpenToLoopback>() is not null && IsThisMachine(context)) || endpoint?.Metadata.GetMetadata<OpenToPrefixes>()?.Admits(context) == true
            ? Identity.Loopback(context.Connection.RemoteIpAddress) : null;

    private bool IsThisMachine(HttpContext context) =>
        RequestOrigin.IsLoopback(context) && RequestOrigin.HasOwnHost(context, options.Server.ServerAddress);
}
