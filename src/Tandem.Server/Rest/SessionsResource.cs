using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Tenants;
using Tandem.Server.Http;
using Tandem.Storage;
using Tandem.Storage.Administration;

namespace Tandem.Server.Rest;

/// <summary>Signing in and out: <c>/api/v1/sessions</c>.</summary>
public static class SessionsResource
{
    private const int LongestText = 256;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/sessions", BeginAsync).WithMetadata(new OpenToAll()).Produces<Envelope<Session>>(201).Produces<Failure>(400).Produces<Failure>(401).Produces<Failure>(503)
            .WithSummary("Signs in; the session is in the cookie of the answer");
        api.MapGet("/sessions/current", Current).NeedsSignIn().WithSummary("Who is signed in");
        api.MapDelete("/sessions/current", EndAsync).NeedsSignIn().WithSummary("Signs out");
    }

    private static async Task<Results<JsonHttpResult<Envelope<Session>>, JsonHttpResult<Failure>>> BeginAsync(
        HttpContext context, SignInRequest request, TandemStorage storage, SignInGate gate, TimeProvider time)
    {
        if (string.IsNullOrEmpty(request.User) || string.IsNullOrEmpty(request.Password) || request.User.Length > LongestText || request.Password.Length > LongestText)
            return ApiAnswer.Fail(400, "BAD_REQUEST", "user and password must be texts of 1 to 256 characters");

        // Checking a password is slow on purpose: only a few at once, so that guessing cannot starve the calls.
        using var turn = await gate.TryEnterAsync(context.RequestAborted);
        if (turn is null)
        {
            context.Response.Headers.RetryAfter = "5";
            return ApiAnswer.Fail(503, "BUSY", "Too many sign-ins at once, please try again");
        }

        // A locked user gets the same answer as a wrong password: whether a user exists is nobody's business.
        if (await storage.Admins.SignInAsync(TenantId.Default, request.User, request.Password, context.RequestAborted) != SignInResult.Accepted)
            return ApiAnswer.Fail(401, "WRONG_CREDENTIALS", "Wrong user or password");

        var text = await storage.Sessions.BeginAsync(TenantId.Default, request.User, SessionCookie.Lifetime, context.RequestAborted);
        SessionCookie.Set(context, text);
        return TypedResults.Json(new Envelope<Session>(true, new Session(request.User, "session", time.GetUtcNow() + SessionCookie.Lifetime)), statusCode: 201);
    }

    private static Ok<Envelope<Session>> Current(Identity who) =>
        ApiAnswer.Data(new Session(who.Name, who.Kind.ToString().ToLowerInvariant(), who.ExpiresAt));

    private static async Task<Ok<Envelope<Session?>>> EndAsync(HttpContext context, TandemStorage storage)
    {
        if (SessionCookie.Read(context) is { } text)
            await storage.Sessions.EndAsync(text, context.RequestAborted);

        SessionCookie.Clear(context);
        return ApiAnswer.Data<Session?>(null);
    }
}

/// <summary>The body of a sign-in.</summary>
public sealed record SignInRequest(string? User, string? Password);

/// <summary>Who is signed in, how (<c>session</c>, <c>token</c>, <c>loopback</c>) and until when (null: no end).</summary>
public sealed record Session(string User, string Kind, DateTimeOffset? ExpiresAt);
