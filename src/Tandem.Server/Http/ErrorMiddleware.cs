using Tandem.Server.Rest;

namespace Tandem.Server.Http;

/// <summary>Turns what a handler throws into an answer: 4xx for a request that cannot be read, 500 without any detail for the rest.</summary>
public sealed class ErrorMiddleware(RequestDelegate next, ILogger<ErrorMiddleware> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);

            // Some refusals of the framework (a body that is too large, a type that nobody reads) have a status and nothing else.
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null, ContentLength: null })
                await RefuseAsync(context, context.Response.StatusCode);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client left; there is nobody to answer.
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await RefuseAsync(context, e.StatusCode);
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            log.LogError(e, "HTTP {Method} {Path} failed", context.Request.Method, context.GetEndpoint()?.DisplayName ?? "without a route");
            context.Response.Clear();
            await ApiAnswer.WriteErrorAsync(context, StatusCodes.Status500InternalServerError, "INTERNAL", "Internal server error");
        }
    }

    private static Task RefuseAsync(HttpContext context, int status)
    {
        // A method that a route does not have is a route that does not exist, as in document 5.
        if (status == StatusCodes.Status405MethodNotAllowed)
        {
            status = StatusCodes.Status404NotFound;
            context.Response.Headers.Remove("Allow");
        }

        var (code, error) = status switch
        {
            StatusCodes.Status413PayloadTooLarge => ("TOO_LARGE", "Request body too large"),
            StatusCodes.Status415UnsupportedMediaType => ("UNSUPPORTED_TYPE", "The body must be application/json"),
            StatusCodes.Status404NotFound => ("NOT_FOUND", "Not found"),
            >= 500 => ("INTERNAL", "Internal server error"),
            _ => ("BAD_REQUEST", "Bad request"),
        };
        return ApiAnswer.WriteErrorAsync(context, status, code, error);
    }
}
