using Tandem.Server.Options;

namespace Tandem.Server.Http;

/// <summary>Refuses requests beyond the limit of their token, wherever they come from. It is behind authentication: what strangers make up fills no table.</summary>
public sealed class TokenLimitMiddleware(RequestDelegate next, RateLimiter limiter, TandemOptions options)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (!limiter.IsOn || context.Features.Get<Identity>()?.TokenId is not { } token || await limiter.TakeTokenAsync(token) is not { } result)
        {
            await next(context);
            return;
        }

        // Of source and token the one that stands worse is told.
        if (!int.TryParse(context.Response.Headers["RateLimit-Remaining"], out var ofSource) || result.Remaining < ofSource || !result.IsAllowed)
            RateLimitAnswer.Tell(context, options.Http, result);
        await (result.IsAllowed ? next(context) : RateLimitAnswer.RefuseAsync(context, result));
    }
}
