using System.Globalization;
using System.Net;
using Tandem.Server.Options;
using Tandem.Server.Rest;

namespace Tandem.Server.Http;

/// <summary>Refuses requests beyond the limit of their source with 429, in document 5's words, and tells every client how it stands.</summary>
public sealed class RateLimitMiddleware(RequestDelegate next, RateLimiter limiter, TandemOptions options)
{
    private const int LongestToken = 256;
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

        var result = await limiter.TakeAsync(context.Connection.RemoteIpAddress ?? IPAddress.None, TokenOf(context.Request));
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

    // Whether it is a good one is found out later: who shows others than his own is counted by his address all the same.
    private static string? TokenOf(HttpRequest request) =>
        request.Headers.Authorization is [{ Length: > 7 and <= LongestToken } value] && value.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? value[7..] : null;

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
