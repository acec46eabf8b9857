using System.Net;
using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Tenants;
using Tandem.Server.Http;
using Tandem.Storage;
using Tandem.Storage.Administration;
using Tandem.Storage.Audit;

namespace Tandem.Server.Rest;

/// <summary>Signing in and out, and the sessions in force: <c>/api/v1/sessions</c>.</summary>
public static class SessionsResource
{
    private const int LongestText = 256;
    private const int LongestUserAgent = 200;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/sessions", BeginAsync).WithMetadata(new OpenToAll()).Produces<Envelope<Session>>(201).Produces<Failure>(400).Produces<Failure>(401).Produces<Failure>(503)
            .WithSummary("Signs in; the session is in the cookie of the answer");
        api.MapGet("/sessions", ListAsync).NeedsSignIn().Produces<Envelope<List<SessionView>>>().Produces<Failure>(403)
            .WithSummary("The own sessions; with all=true those of all users of the tenant");
        api.MapGet("/sessions/current", Current).NeedsSignIn().WithSummary("Who is signed in");
        api.MapDelete("/sessions/current", EndAsync).NeedsSignIn().WithSummary("Signs out");
        api.MapDelete("/sessions/{id}", EndByIdAsync).NeedsSignIn().Produces<Envelope<Removed>>().Produces<Failure>(404).WithSummary("Ends a session");
    }

    private static async Task<Results<JsonHttpResult<Envelope<Session>>, JsonHttpResult<Failure>>> BeginAsync(
        HttpContext context, SignInRequest request, TandemStorage storage, SignInGate gate, AuditLog audit, TimeProvider time)
    {
        if (string.IsNullOrEmpty(request.User) || string.IsNullOrEmpty(request.Password) || request.User.Length > LongestText || request.Password.Length > LongestText)
            return ApiAnswer.Fail(400, "BAD_REQUEST", "user and password must be texts of 1 to 256 characters");
        if (request.Code is { Length: > LongestText } || request.Tenant is { Length: > LongestText })
            return ApiAnswer.Fail(400, "BAD_REQUEST", "code and tenant must be texts of at most 256 characters");

        // Checking a password is slow on purpose: only a few at once, so that guessing cannot starve the calls.
        using var turn = await gate.TryEnterAsync(context.RequestAborted);
        if (turn is null)
        {
            context.Response.Headers.RetryAfter = "5";
            return ApiAnswer.Fail(503, "BUSY", "Too many sign-ins at once, please try again");
        }

        // A tenant that is not there or disabled costs the same as a wrong password, and so does a locked user: whether they exist is nobody's business.
        var tenant = string.IsNullOrEmpty(request.Tenant) ? TenantId.Default : new TenantId(request.Tenant);
        var result = await storage.Users.SignInAsync(tenant, request.User, request.Password, request.Code, context.RequestAborted);
        if (storage.TenantDirectory.Find(tenant) is not { Enabled: true })
            result = SignInResult.Wrong;
        switch (result)
        {
            case SignInResult.Accepted:
                break;
            case SignInResult.CodeNeeded:
                return ApiAnswer.Fail(401, "CODE_REQUIRED", "The code of the second factor is needed: send the same again with code");
            case SignInResult.WrongCode:
                return ApiAnswer.Fail(401, "WRONG_CODE", "The code is wrong, or was used before");
            default:
                return ApiAnswer.Fail(401, "WRONG_CREDENTIALS", "Wrong user or password");
        }

        var source = context.Connection.RemoteIpAddress;
        var agent = context.Request.Headers.UserAgent.ToString();
        var text = await storage.Sessions.BeginAsync(
            tenant, request.User, SessionCookie.Lifetime, Text(source), agent.Length > LongestUserAgent ? agent[..LongestUserAgent] : agent, context.RequestAborted);
        SessionCookie.Set(context, text);
        audit.Write(
            new Identity(IdentityKind.Session, request.User) { Tenant = tenant, Home = tenant, UserId = request.User, Source = source }, "session.begin", SessionRepository.IdOf(text.Reveal()));
        return TypedResults.Json(new Envelope<Session>(true, new Session(request.User, "session", time.GetUtcNow() + SessionCookie.Lifetime)), statusCode: 201);
    }

    private static Ok<Envelope<Session>> Current(Identity who) =>
        ApiAnswer.Data(new Session(who.Name, who.Kind.ToString().ToLowerInvariant(), who.ExpiresAt));

    private static async Task<Ok<Envelope<Session?>>> EndAsync(HttpContext context, Identity who, TandemStorage storage, AuditLog audit)
    {
        if (SessionCookie.Read(context) is { } text)
        {
            await storage.Sessions.EndAsync(text, context.RequestAborted);
            audit.Write(who with { Tenant = who.Home }, "session.end", SessionRepository.IdOf(text));
        }

        SessionCookie.Clear(context);
        return ApiAnswer.Data<Session?>(null);
    }

    private static async Task<IResult> ListAsync(HttpContext context, Identity who, TandemStorage storage, bool? all, CancellationToken cancellation)
    {
        if (all == true && !who.May(Permission.UsersWrite))
            return ApiAnswer.Fail(403, "FORBIDDEN", $"The permission {PermissionSet.Word(Permission.UsersWrite)} is needed");
        if (all != true && who.UserId is null)
            return ApiAnswer.Data(new List<SessionView>());

        var current = SessionCookie.Read(context) is { } text ? SessionRepository.IdOf(text) : "";
        var sessions = all == true
            ? await storage.Sessions.ListAsync(who.Tenant, null, cancellation)
            : await storage.Sessions.ListAsync(who.Home, who.UserId, cancellation);
        return ApiAnswer.Data(sessions.Select(s => new SessionView(s.Id, s.UserName, s.CreatedAt, s.ExpiresAt, s.Source, s.UserAgent, s.Id == current)).ToList());
    }

    // Who looks after users ends any session of the tenant, everybody his own; whether others exist is not told.
    private static async Task<IResult> EndByIdAsync(Identity who, TandemStorage storage, AuditLog audit, string id, CancellationToken cancellation)
    {
        var isEnded = who.May(Permission.UsersWrite)
            ? await storage.Sessions.EndByIdAsync(who.Tenant, id, null, cancellation)
            : who.UserId is { } name && await storage.Sessions.EndByIdAsync(who.Home, id, name, cancellation);
        if (!isEnded)
            return ApiAnswer.Fail(404, "NOT_FOUND", "No such session");

        audit.Write(who, "session.end", id);
        return ApiAnswer.Data(new Removed(id));
    }

    private static string Text(IPAddress? source) => source is { IsIPv4MappedToIPv6: true } ? source.MapToIPv4().ToString() : source?.ToString() ?? "";
}

/// <summary>The body of a sign-in.</summary>
/// <param name="Code">The code of the second factor, or a recovery code, where the user has one.</param>
/// <param name="Tenant">The id of the user's tenant; the default tenant without it.</param>
public sealed record SignInRequest(string? User, string? Password, string? Code = null, string? Tenant = null);

/// <summary>Who is signed in, how (<c>session</c>, <c>token</c>, <c>loopback</c>) and until when (null: no end).</summary>
public sealed record Session(string User, string Kind, DateTimeOffset? ExpiresAt);

/// <summary>A session in force.</summary>
/// <param name="Current">It is the one that asks.</param>
public sealed record SessionView(string Id, string User, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, string Source, string UserAgent, bool Current);
