using System.Globalization;
using Tandem.Server.Options;
using Tandem.Server.Rest;

namespace Tandem.Server.Http;

/// <summary>What a client is told about the rate limit, in document 5's words.</summary>
internal static class RateLimitAnswer
{
    private const string TooMany = "Too many requests from this IP, please try again later.";

    /// <summary>Says in the header fields how it stands.</summary>
    public static void Tell(HttpContext context, HttpOptions options, RateLimitResult result)
    {
        var headers = context.Response.Headers;
        headers["RateLimit-Policy"] = string.Create(CultureInfo.InvariantCulture, $"{options.RateLimitMax};w={(long)options.RateLimitWindow.TotalSeconds}");
        headers["RateLimit-Limit"] = Number(result.Limit);
        headers["RateLimit-Remaining"] = Number(result.Remaining);
        headers["RateLimit-Reset"] = Number(result.ResetSeconds);
    }

    /// <summary>429; in plain text on the routes of document 3, whose programs read a line.</summary>
    public static Task RefuseAsync(HttpContext context, RateLimitResult result)
    {
        context.Response.Headers.RetryAfter = Number(result.ResetSeconds);
        if (context.GetEndpoint()?.Metadata.GetMetadata<RefusedInPlainText>() is not null)
        {
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            context.Response.ContentType = "text/plain; charset=utf-8";
            return context.Response.WriteAsync(TooMany);
        }

        return ApiAnswer.WriteErrorAsync(context, StatusCodes.Status429TooManyRequests, "RATE_LIMITED", TooMany);
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
