using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Recording;
using Tandem.Calls.Tenants;
using Tandem.Media.Recording;
using Tandem.Server.Http;
using Tandem.Storage;
using Tandem.Storage.Audit;

namespace Tandem.Server.Rest;

/// <summary>Who gets at a recording besides those who may read them, and who keeps it: holds and links that expire.</summary>
public static class RecordingAccessResource
{
    private const int LongestLink = 7 * 24 * 3600;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapPut("/recordings/{id}/hold", HoldAsync).Needs(Permission.RecordingsWrite).Produces<Failure>(404).WithSummary("Holds a recording: nothing deletes it");
        api.MapDelete("/recordings/{id}/hold", LetGoAsync).Needs(Permission.RecordingsWrite).Produces<Failure>(404).WithSummary("Holds it no more");
        api.MapPost("/recordings/{id}/link", LinkAsync).Needs(Permission.RecordingsRead).Produces<Failure>(400).Produces<Failure>(404)
            .WithSummary("Makes a link to its sound that opens without signing in, until it expires");
        api.MapGet("/recordings/shared/{link}", SharedAsync).WithMetadata(new OpenToAll()).Produces(200, contentType: "audio/wav").Produces<Failure>(404)
            .WithSummary("The sound behind a link; Range is understood");
    }

    private static Task<Results<Ok<Envelope<RecordingHold>>, JsonHttpResult<Failure>>> HoldAsync(Identity who, TandemStorage storage, AuditLog audit, string id, CancellationToken cancellation) =>
        SetHoldAsync(who, storage, audit, id, true, cancellation);

    private static Task<Results<Ok<Envelope<RecordingHold>>, JsonHttpResult<Failure>>> LetGoAsync(Identity who, TandemStorage storage, AuditLog audit, string id, CancellationToken cancellation) =>
        SetHoldAsync(who, storage, audit, id, false, cancellation);

    private static async Task<Results<Ok<Envelope<RecordingHold>>, JsonHttpResult<Failure>>> SetHoldAsync(
        Identity who, TandemStorage storage, AuditLog audit, string id, bool isHeld, CancellationToken cancellation)
    {
        if (!await storage.Recordings.HoldAsync(who.Tenant, id, isHeld, cancellation))
            return NotFound();

        audit.Write(who, isHeld ? "recording.hold" : "recording.let-go", id);
        return ApiAnswer.Data(new RecordingHold(isHeld));
    }

    private static async Task<Results<Ok<Envelope<RecordingLink>>, JsonHttpResult<Failure>>> LinkAsync(
        Identity who, TandemStorage storage, AuditLog audit, TimeProvider time, string id, RecordingLinkBody body, CancellationToken cancellation)
    {
        if (body.ExpiresSeconds is < 1 or > LongestLink)
            return ApiAnswer.Fail(400, "BAD_REQUEST", $"expiresSeconds must be 1 to {LongestLink}");
        if (await storage.Recordings.FindAsync(who.Tenant, id, cancellation) is null)
            return NotFound();

        var expires = time.GetUtcNow().AddSeconds(body.ExpiresSeconds);
        audit.Write(who, "recording.link", id, $"until {expires:O}");
        return ApiAnswer.Data(new RecordingLink("/api/v1/recordings/shared/" + storage.RecordingLinks.Make(who.Tenant, id, expires), expires));
    }

    private static async Task<IResult> SharedAsync(HttpContext context, TandemStorage storage, RecordingKeeper recordings, AuditLog audit, TimeProvider time, string link, CancellationToken cancellation)
    {
        if (storage.RecordingLinks.Read(link, time.GetUtcNow()) is not { } shared
            || await storage.Recordings.FindAsync(shared.Tenant, shared.Id, cancellation) is not { } entry
            || recordings.TryOpen(entry) is not { } file)
            return NotFound();

        audit.Write(new AuditEntry(shared.Tenant, "link", "", "", context.Connection.RemoteIpAddress?.ToString() ?? "", "recording.listen", entry.Id, "by a link"));
        var isWav = entry.Format == RecordingFormat.Wav;
        return TypedResults.Stream(file.OpenAudio(), isWav ? "audio/wav" : "audio/ogg", $"{entry.Id}.{(isWav ? "wav" : "ogg")}", enableRangeProcessing: true);
    }

    private static JsonHttpResult<Failure> NotFound() => ApiAnswer.Fail(404, "NOT_FOUND", "No such recording");
}

/// <summary>Whether a recording is held.</summary>
public sealed record RecordingHold(bool Held);

/// <summary>For how long a link is to open: 1 s to 7 days.</summary>
public sealed record RecordingLinkBody(int ExpiresSeconds = 3600);

/// <summary>A link and when it expires.</summary>
public sealed record RecordingLink(string Path, DateTimeOffset ExpiresAt);
