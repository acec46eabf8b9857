using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Recording;
using Tandem.Calls.Tenants;
using Tandem.Media.Recording;
using Tandem.Server.Http;
using Tandem.Storage;
using Tandem.Storage.Audit;

namespace Tandem.Server.Rest;

/// <summary>Recordings of calls: <c>/api/v1/recordings</c>. They lie encrypted and are decrypted while they are sent.</summary>
public static class RecordingsResource
{
    private const int MaxLimit = 500;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/recordings", ListAsync).Needs(Permission.RecordingsRead).Produces<Failure>(400).WithSummary("Recordings, newest first");
        api.MapGet("/recordings/{id}", FindAsync).Needs(Permission.RecordingsRead).Produces<Failure>(404).WithSummary("One recording");
        api.MapGet("/recordings/{id}/audio", AudioAsync).Needs(Permission.RecordingsRead).Produces(200, contentType: "audio/wav").Produces<Failure>(404)
            .WithSummary("The sound as WAV or Ogg/Opus; Range is understood");
        api.MapGet("/recordings/{id}/peaks", PeaksAsync).Needs(Permission.RecordingsRead).Produces<Envelope<RecordingPeaks>>().Produces<Failure>(404).WithSummary("Levels for a picture of the sound");
        api.MapDelete("/recordings/{id}", DeleteAsync).Needs(Permission.RecordingsWrite).Produces<Envelope<Done>>().Produces<Failure>(404).Produces<Failure>(409).WithSummary("Deletes a recording");
    }

    private static async Task<Results<Ok<Envelope<RecordingPage>>, JsonHttpResult<Failure>>> ListAsync(
        Identity who, TandemStorage storage, CancellationToken cancellation, string? number, string? callId, string? state, DateTimeOffset? from, DateTimeOffset? to,
        int? limit, string? cursor)
    {
        if (limit is < 1 or > MaxLimit)
            return ApiAnswer.Fail(400, "BAD_REQUEST", $"limit must be 1 to {MaxLimit}");

        RecordingState? wanted = null;
        if (state is not null)
        {
            if (!Enum.TryParse<RecordingState>(state, ignoreCase: true, out var known) || char.IsAsciiDigit(state.FirstOrDefault()) || !Enum.IsDefined(known))
                return ApiAnswer.Fail(400, "BAD_REQUEST", "state must be RECORDING, COMPLETE, RECOVERED, FAILED or ABANDONED");
            wanted = known;
        }

        (DateTimeOffset, string)? after = null;
        if (cursor is not null && (after = PageCursor.ReadTime(cursor)) is null)
            return ApiAnswer.Fail(400, "BAD_REQUEST", "cursor must be the nextCursor of a page before");

        // One more than asked for tells whether there is another page.
        var count = limit ?? 50;
        var entries = await storage.Recordings.ListAsync(
            who.Tenant, new RecordingFilter(number, callId, wanted, from, to, after, count + 1), cancellation);
        var page = entries.Take(count).ToList();
        return ApiAnswer.Data(new RecordingPage(
            page.Select(RecordingView.From).ToList(), entries.Count > count ? PageCursor.Write(page[^1].StartedAt, page[^1].Id) : null));
    }

    private static async Task<Results<Ok<Envelope<RecordingView>>, JsonHttpResult<Failure>>> FindAsync(Identity who, TandemStorage storage, string id, CancellationToken cancellation) =>
        await storage.Recordings.FindAsync(who.Tenant, id, cancellation) is { } entry ? ApiAnswer.Data(RecordingView.From(entry)) : NotFound();

    private static async Task<IResult> AudioAsync(Identity who, TandemStorage storage, RecordingKeeper recordings, AuditLog audit, string id, CancellationToken cancellation)
    {
        if (await storage.Recordings.FindAsync(who.Tenant, id, cancellation) is not { } entry)
            return NotFound();
        if (recordings.TryOpen(entry) is not { } file)
            return Gone();

        audit.Write(who, "recording.listen", entry.Id, Describe(entry));
        var isWav = entry.Format == RecordingFormat.Wav;
        return TypedResults.Stream(
            file.OpenAudio(), isWav ? "audio/wav" : "audio/ogg", $"{entry.Id}.{(isWav ? "wav" : "ogg")}", enableRangeProcessing: true);
    }

    private static async Task<IResult> PeaksAsync(Identity who, TandemStorage storage, RecordingKeeper recordings, AuditLog audit, string id, CancellationToken cancellation)
    {
        if (await storage.Recordings.FindAsync(who.Tenant, id, cancellation) is not { } entry)
            return NotFound();

        using var file = recordings.TryOpen(entry);
        if (file is null)
            return Gone();

        try
        {
            var peaks = file.ReadPeaks().Select(channel => channel.Select(peak => (int)peak).ToArray()).ToArray();
            audit.Write(who, "recording.peaks", entry.Id, Describe(entry));
            return ApiAnswer.Data(new RecordingPeaks(RecordingFile.PeaksPerSecond, peaks));
        }
        catch (InvalidDataException)
        {
            return ApiAnswer.Fail(500, "DAMAGED", "The file of the recording was changed");
        }
    }

    private static async Task<IResult> DeleteAsync(Identity who, TandemStorage storage, RecordingKeeper recordings, AuditLog audit, string id, CancellationToken cancellation)
    {
        if (await storage.Recordings.FindAsync(who.Tenant, id, cancellation) is not { } entry)
            return NotFound();

        // The voicemail of one that is being made may be gone already.
        if (entry.State == RecordingState.Recording || entry.EndedAt is null)
            return ApiAnswer.Fail(409, "IN_PROGRESS", "The recording is being made");
        if (entry.IsHeld)
            return ApiAnswer.Fail(409, "HELD", "The recording is held");

        if (!await recordings.DeleteAsync(entry, cancellation))
            return ApiAnswer.Fail(500, "NOT_DELETED", "The file of the recording cannot be deleted");

        audit.Write(who, "recording.delete", entry.Id, Describe(entry));
        return ApiAnswer.Data(new Done("Recording deleted"));
    }

    private static string Describe(RecordingEntry entry) => $"{entry.CallerNumber} to {entry.CalleeNumber}, begun {entry.StartedAt:O}";

    private static JsonHttpResult<Failure> NotFound() => ApiAnswer.Fail(404, "NOT_FOUND", "No such recording");

    private static JsonHttpResult<Failure> Gone() => ApiAnswer.Fail(404, "NO_AUDIO", "The file of the recording is not there, or its key is not");
}

/// <summary>A page of recordings, and where the next one begins; null at the end.</summary>
public sealed record RecordingPage(List<RecordingView> Recordings, string? NextCursor);

/// <summary>Peaks of each channel, 0 to 127.</summary>
public sealed record RecordingPeaks(int PerSecond, int[][] Channels);

/// <summary>A recording.</summary>
/// <param name="CallId">The <c>id</c> of its call; null when it belongs to none.</param>
/// <param name="Channels"><c>MIXED</c>, <c>STEREO</c> (left the caller, right the callee) or <c>FIRST</c>.</param>
/// <param name="Duration">Seconds.</param>
/// <param name="Bytes">Size of the encrypted file.</param>
/// <param name="Sha256">Of the encrypted file.</param>
/// <param name="Held">Nothing deletes it.</param>
/// <param name="ConsentAt">When the announcement that the call is recorded had been played; null without one.</param>
/// <param name="Dropped">Seconds that the disk or the machine was too slow for; they are silence.</param>
public sealed record RecordingView(
    string Id, string? CallId, string CallerNumber, string CalleeNumber, string Format, string Channels, string State, DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt, double Duration, long Bytes, string Sha256, double Dropped, string EndReason, bool Held, DateTimeOffset? ConsentAt)
{
    internal static RecordingView From(RecordingEntry entry) => new(
        entry.Id, entry.CallId.Length > 0 ? entry.CallId : null, entry.CallerNumber, entry.CalleeNumber, CallText.Word(entry.Format), CallText.Word(entry.Channels),
        CallText.Word(entry.State), entry.StartedAt, entry.EndedAt, ApiTime.Seconds(entry.Duration), entry.Bytes, entry.Sha256, ApiTime.Seconds(entry.Dropped),
        entry.EndReason, entry.IsHeld, entry.ConsentAt);
}
