using Tandem.Server.Options;
using Tandem.Server.Rest;
using Tandem.Storage;

namespace Tandem.Server.Http;

/// <summary>
/// Who may ask. In Development a request from this machine itself acts as administrator. Everybody else, and in Production
/// everybody, needs a session cookie or <c>Authorization: Bearer</c> with an API token; only routes marked <see cref="OpenToAll"/> do not.
/// </summary>
public sealed class HttpAuthentication(RequestDelegate next, TandemOptions options, TandemStorage storage)
{
    private const string Bearer = "Bearer ";
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

        if (await FindAsync(context) is { } identity || (identity = LoopbackReader(context, endpoint)) is not null)
        {
            context.Features.Set(identity);
            await next(context);
            return;
        }

        context.Response.Headers.WWWAuthenticate = "Bearer realm=\"tandem\"";
        await ApiAnswer.WriteErrorAsync(context, StatusCodes.Status401Unauthorized, "UNAUTHORIZED", "Authentication required");
    }

    private async Task<Identity?> FindAsync(HttpContext context)
    {
        var authorization = context.Request.Headers.Authorization.ToString();
        if (authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            var text = authorization[Bearer.Length..].Trim();
            return text.Length is > 0 and <= LongestToken && await storage.Tokens.FindAsync(text, context.RequestAborted) is { } token
                ? new Identity(IdentityKind.Token, token.Name, token.ExpiresAt)
                : null;
        }

        // What a browser sends by itself counts only when no other site made it do so.
        if (!RequestOrigin.IsSameSite(context, options.Http.CorsOrigins))
            return null;

        if (SessionCookie.Read(context) is { } cookie && await storage.Sessions.FindAsync(cookie, context.RequestAborted) is { } session)
            return new Identity(IdentityKind.Session, session.UserName, session.ExpiresAt);

        return _isDevelopment && IsThisMachine(context) ? new Identity(IdentityKind.Loopback, "loopback") : null;
    }

    private Identity? LoopbackReader(HttpContext context, Endpoint? endpoint) =>
        endpoint?.Metadata.GetMetadata<OpenToLoopback>() is not null && IsThisMachine(context) ? new Identity(IdentityKind.Loopback, "loopback") : null;

    private bool IsThisMachine(HttpContext context) =>
        RequestOrigin.IsLoopback(context) && RequestOrigin.HasOwnHost(context, options.Server.ServerAddress);
}
