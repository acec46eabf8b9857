using System.Net;
using Tandem.Server.Options;

namespace Tandem.Server.Http;

/// <summary>Refuses requests beyond the limit of their source with 429, and tells every client how it stands. It is before authentication: who guesses is counted too.</summary>
public sealed class RateLimitMiddleware(RequestDelegate next, RateLimiter limiter, TandemOptions options)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (!limiter.IsOn || IsFree(context))
        {
            await next(context);
            return;
        }

        var result = await limiter.TakeAsync(context.Connection.RemoteIpAddress ?? IPAddress.None);
        RateLimitAnswer.Tell(context, options.Http, result);
        await (result.IsAllowed ? next(context) : RateLimitAnswer.RefuseAsync(context, result));
    }

    // Credentials are looked up in the database, good or not: whatever the route, that is counted.
    private static bool IsFree(HttpContext context) =>
        context.GetEndpoint()?.Metadata is { } metadata && metadata.GetMetadata<NotLimited>() is not null
        && (metadata.GetMetadata<OpenToAll>() is not null || (HttpAuthentication.TokenOf(context) is null && SessionCookie.Read(context) is null));
}
