using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;
using Tandem.Server.Rest;

namespace Tandem.Server.Http;

/// <summary>
/// Bodies that a handler reads by itself (JSON is read before any filter runs). They are taken in as a whole before what follows, above all before
/// <see cref="Preconditions.Versioned"/> takes a turn: nobody waits for a client that sends slowly but its own request.
/// </summary>
internal static class WholeBody
{
    // What has more is in a file meanwhile, which goes with the request.
    private const int InMemory = 64 << 10;

    /// <summary>Reads the body to its end; the handler finds it as if it had not been read. To be named before <c>Versioned</c>.</summary>
    /// <param name="route">The route.</param>
    /// <param name="refuse">Looks at the head of the request first: an answer when the body is not wanted, null when it may come.</param>
    public static RouteHandlerBuilder ReadsBody(this RouteHandlerBuilder route, Func<HttpContext, JsonHttpResult<Failure>?> refuse) => route.AddEndpointFilter(async (invocation, next) =>
    {
        var context = invocation.HttpContext;
        if (refuse(context) is { } refusal)
            return refusal;

        var body = new FileBufferingReadStream(context.Request.Body, InMemory, bufferLimit: null, Path.GetTempPath);
        context.Response.RegisterForDisposeAsync(body);
        context.Request.Body = body;
        try
        {
            await body.DrainAsync(context.RequestAborted);
        }
        catch (IOException e) when (e is not BadHttpRequestException && !context.RequestAborted.IsCancellationRequested)
        {
            return ApiAnswer.Fail(StatusCodes.Status503ServiceUnavailable, "STORAGE", "the body cannot be kept while it is looked at: is there room for temporary files?");
        }

        body.Position = 0;
        return await next(invocation);
    });
}
