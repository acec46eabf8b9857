using Tandem.Server.Options;
using Tandem.Server.Rest;
using Tandem.Storage;

namespace Tandem.Server.Http;

/// <summary>
/// ETag, If-Match and If-None-Match (RFC 9110 §13) of configuration routes: two who change the same thing do not undo each other unseen. A handler
/// calls <see cref="Check"/> with the version of what is there before it changes it, and <see cref="Tell"/> with the version of what it answers.
/// </summary>
public static class Preconditions
{
    /// <summary>The tag of a version: strong, for the same version is the same bytes.</summary>
    public static string Tag(string version) => $"\"{version}\"";

    /// <summary>
    /// 412 when the request wants another version than the one that is there (<c>If-Match</c>), or nothing to be there (<c>If-None-Match: *</c>); null when
    /// it may go on.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="version">The version that is there; null when there is nothing.</param>
    public static IResult? Check(HttpContext context, string? version)
    {
        var headers = context.Request.Headers;
        if (headers.IfMatch.Count > 0 && (version is null || !Names(headers.IfMatch.ToString(), version)))
            return Refuse(version);
        if (headers.IfNoneMatch.Count > 0 && version is not null && Names(headers.IfNoneMatch.ToString(), version))
            return Refuse(version);

        return null;
    }

    /// <summary>Sets ETag. True when the client has this version already and 304 is enough.</summary>
    public static bool Tell(HttpContext context, string version)
    {
        context.Response.Headers.ETag = Tag(version);
        return (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
            && context.Request.Headers.IfNoneMatch.Count > 0 && Names(context.Request.Headers.IfNoneMatch.ToString(), version);
    }

    /// <summary>
    /// Does both for a route of one thing: before a change it checks, after it and when reading it tells. Changes of one thing take turns, at this node and among all that
    /// share the database, and what is in memory is brought up to date first: of two with the same version one gets through, wherever they ask.
    /// </summary>
    /// <param name="route">The route.</param>
    /// <param name="current">The version that is there; null when there is nothing, which the handler answers for.</param>
    public static RouteHandlerBuilder Versioned(this RouteHandlerBuilder route, Func<HttpContext, ValueTask<string?>> current) => route.AddEndpointFilter(async (invocation, next) =>
    {
        var context = invocation.HttpContext;
        if (HttpMethods.IsGet(context.Request.Method))
            return await TellAsync(context, await next(invocation), current);

        await using var turn = await TurnAsync(context);
        if (turn is not null)
            return Check(context, await current(context)) ?? await TellAsync(context, await next(invocation), current);

        context.Response.Headers.RetryAfter = "1";
        return ApiAnswer.Fail(StatusCodes.Status503ServiceUnavailable, "BUSY", "Others are changing the same thing, and have not come to an end yet");
    }).WithMetadata(Http.Versioned.Mark).Produces<Failure>(412).Produces<Failure>(503);

    /// <summary>The same for a thing without a counter: its version is a digest of what the API shows of it.</summary>
    /// <param name="route">The route.</param>
    /// <param name="view">What is there now, of the tenant that asks; null when there is nothing.</param>
    public static RouteHandlerBuilder VersionedBy(this RouteHandlerBuilder route, Func<HttpContext, Identity, ValueTask<object?>> view) =>
        route.Versioned(async context => context.Features.Get<Identity>() is { } who && await view(context, who) is { } there ? ViewVersion.Of(there) : null);

    /// <summary>The value of a parameter of the path.</summary>
    internal static string Part(this HttpContext context, string name) => context.Request.RouteValues[name] as string ?? "";

    /// <summary>A service of the host.</summary>
    internal static T Service<T>(this HttpContext context)
        where T : notnull => context.RequestServices.GetRequiredService<T>();

    // The turn of the thing that a request changes, at this node and then among all; null when others keep it for too long.
    private static async ValueTask<IAsyncDisposable?> TurnAsync(HttpContext context)
    {
        var (wait, aborted) = (context.Service<TandemOptions>().Http.TurnWait, context.RequestAborted);
        var (tenant, path) = (context.Features.Get<Identity>()?.Tenant.Value ?? "", context.Request.Path.Value?.ToUpperInvariant() ?? "");
        if (await context.Service<VersionTurns>().TakeAsync(tenant, path, wait, aborted) is not { } here)
            return null;

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        patience.CancelAfter(wait);
        try
        {
            return new BothTurns(here, await context.Service<TandemStorage>().TakeTurnAsync($"{tenant} {path}", patience.Token));
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            here.Dispose();
            return null;
        }
        catch
        {
            here.Dispose();
            throw;
        }
    }

    private static async ValueTask<object?> TellAsync(HttpContext context, object? result, Func<HttpContext, ValueTask<string?>> current)
    {
        var answer = result is INestedHttpResult nested ? nested.Result : result;
        if (answer is not IStatusCodeHttpResult { StatusCode: null or < 300 } || await current(context) is not { } version)
            return result;

        return Tell(context, version) ? TypedResults.StatusCode(StatusCodes.Status304NotModified) : result;
    }

    private static IResult Refuse(string? version) => ApiAnswer.Fail(
        StatusCodes.Status412PreconditionFailed, "PRECONDITION_FAILED",
        version is null ? "There is nothing there that could match" : $"It has changed meanwhile: its version is {Tag(version)}");

    // A list of tags, or *; a weak tag is compared by what it names.
    private static bool Names(string list, string version)
    {
        foreach (var part in list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var tag = part.StartsWith("W/", StringComparison.Ordinal) ? part[2..] : part;
            if (tag == "*" || tag == Tag(version))
                return true;
        }

        return false;
    }

    private sealed class BothTurns(IDisposable here, IAsyncDisposable? amongNodes) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            try
            {
                if (amongNodes is not null)
                    await amongNodes.DisposeAsync();
            }
            finally
            {
                here.Dispose();
            }
        }
    }
}
