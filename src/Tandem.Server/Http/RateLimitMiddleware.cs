using System.Globalization;
using System.Net;
using Tandem.Server.Options;
using Tandem.Server.Rest;

namespace Tandem.Server.Http;

/// <summary>Refuses requests beyond the limit of their source with 429, in document 5's words, and tells every client how it stands.</summary>
public sealed class RateLimitMiddleware(RequestDelegate next, RateLimiter limiter, TandemOptions options)
{
    private const string TooMany = "Too many requests from this IP, please try again later.";

    private readonly string _policy = string.Create(
        CultureInfo.InvariantCulture, $"{options.Http.RateLimitMax};w={(long)options.Http.RateLimitWindow.TotalSeconds}");

    public async Task InvokeAsync(HttpContext context)
    {
        if (!limiter.IsOn || context.GetEndpoint()?.Metadata.GetMetadata<NotLimited>() is not null)
        {
            await next(context);
            return;
        }

        var result = limiter.Take(context.Connection.RemoteIpAddress ?? IPAddress.None);
        var headers = context.Response.Headers;
        headers["RateLimit-Policy"] = _policy;
        headers["RateLimit-Limit"] = Number(result.Limit);
        headers["RateLimit-Remaining"] = Number(result.Remaining);
        headers["RateLimit-Reset"] = Number(result.ResetSeconds);
        if (result.IsAllowed)
        {
            await next(context);
            return;
        }

        headers.RetryAfter = Number(result.ResetSeconds);
        await ApiAnswer.WriteErrorAsync(context, StatusCodes.Status429TooManyRequests, "RATE_LIMITED", TooMany);
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
