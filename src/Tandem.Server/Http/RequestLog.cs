using Tandem.Core.Privacy;

namespace Tandem.Server.Http;

/// <summary>
/// One line for each request of the API, at the level debug, and info for what changes something. It names the route and never the path, the query or the
/// body, and who asked by the name of his token, or of his user with all but its end hidden: numbers and names of people are not in it. The audit log says who did what.
/// </summary>
public sealed class RequestLog(RequestDelegate next, ILogger<RequestLog> log, TimeProvider time)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var began = time.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            var level = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsOptions(context.Request.Method) ? LogLevel.Debug : LogLevel.Information;
            if (log.IsEnabled(level) && context.GetEndpoint() is RouteEndpoint route)
            {
                log.Log(
                    level, "HTTP {Method} {Route} {Status} in {Milliseconds} ms by {Who}", context.Request.Method, route.RoutePattern.RawText, context.Response.StatusCode,
                    Math.Round(time.GetElapsedTime(began).TotalMilliseconds, 1), Name(context.Features.Get<Identity>()));
            }
        }
    }

    private static string Name(Identity? who) => who switch
    {
        null => "nobody",
        { Kind: IdentityKind.Session } => PersonalText.Redact(who.Name),
        _ => who.Name,
    };
}
