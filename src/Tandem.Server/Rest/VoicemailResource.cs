using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Recording;
using Tandem.Calls.Tenants;
using Tandem.Calls.Voicemail;
using Tandem.Core.Time;
using Tandem.Media.Recording;
using Tandem.Server.Http;
using Tandem.Storage;
using Tandem.Storage.Audit;

namespace Tandem.Server.Rest;

/// <summary>Voicemail of extensions: <c>/api/v1/mailboxes/{number}/messages</c>. The counts of the lamp follow by themselves.</summary>
public static class VoicemailResource
{
    private const string Box = "/mailboxes/{number}";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet(Box + "/voicemail", BoxAsync).Needs(Permission.VoicemailRead).Produces<Failure>(404).WithSummary("What is set for a voicemail, and whether wrong PINs have locked it");
        api.MapPut(Box + "/voicemail/pin", SetPinAsync).Needs(Permission.VoicemailWrite).Produces<FieldFailure>(400).Produces<Failure>(404).WithSummary("Sets the PIN, or takes it away with null; opens a locked box");
        api.MapDelete(Box + "/voicemail/greeting", DropGreetingAsync).Needs(Permission.VoicemailWrite).Produces<Failure>(404).WithSummary("Deletes the greeting: callers hear the exchange's own");
        api.MapGet(Box + "/messages", ListAsync).Needs(Permission.VoicemailRead).Produces<Failure>(404).WithSummary("Messages: those not heard first, and of both the oldest first");
        api.MapGet(Box + "/messages/{id}", FindAsync).Needs(Permission.VoicemailRead).Produces<Failure>(404).WithSummary("One message");
        api.MapGet(Box + "/messages/{id}/audio", AudioAsync).Needs(Permission.VoicemailRead).Produces(200, contentType: "audio/wav").Produces<Failure>(404)
            .WithSummary("The sound as WAV or Ogg/Opus; Range is understood");
        api.MapPatch(Box + "/messages/{id}", MarkAsync).Needs(Permission.VoicemailWrite).Produces<Failure>(404).WithSummary("Marks a message as heard or not");
        api.MapDelete(Box + "/messages/{id}", DeleteAsync).Needs(Permission.VoicemailWrite).Produces<Failure>(404).WithSummary("Deletes a message and its sound");
    }

    private static async Task<Results<Ok<Envelope<VoicemailBox>>, JsonHttpResult<Failure>>> BoxAsync(
        Identity who, TandemStorage storage, VoicemailKeeper voicemail, Clock clock, string number, CancellationToken cancellation)
    {
        if (!Exists(storage, who, number))
            return NoExtension();

        var box = await voicemail.BoxAsync(who.Tenant, number, cancellation);
        return ApiAnswer.Data(new VoicemailBox(number, box.HasPin, box.Greeting.Length > 0, voicemail.Guard.IsLocked(who.Tenant, number, clock.Now), voicemail.Options.MaxMessages));
    }

    private static async Task<Results<Ok<Envelope<Done>>, JsonHttpResult<FieldFailure>, JsonHttpResult<Failure>>> SetPinAsync(
        Identity who, TandemStorage storage, VoicemailKeeper voicemail, AuditLog audit, string number, PinChange change, CancellationToken cancellation)
    {
        if (!Exists(storage, who, number))
            return NoExtension();
        if (change.Pin is { Length: > 0 } pin && !Pin.IsGood(pin, voicemail.Options.MinPin))
            return ApiAnswer.Invalid("pin", $"{voicemail.Options.MinPin} to {Pin.MostDigits} digits that are not all the same, or null");

        await voicemail.SetPinAsync(who.Tenant, number, change.Pin ?? "", cancellation);
        audit.Write(who, "voicemail.pin", number, change.Pin is { Length: > 0 } ? "set" : "taken away");
        return ApiAnswer.Data(new Done(change.Pin is { Length: > 0 } ? "PIN set" : "PIN taken away"));
    }

    private static async Task<Results<Ok<Envelope<Done>>, JsonHttpResult<Failure>>> DropGreetingAsync(
        Identity who, TandemStorage storage, VoicemailKeeper voicemail, AuditLog audit, string number, CancellationToken cancellation)
    {
        if (!Exists(storage, who, number))
            return NoExtension();

        await voicemail.SetGreetingAsync(who.Tenant, number, "", cancellation);
        audit.Write(who, "voicemail.greeting.remove", number);
        return ApiAnswer.Data(new Done("Greeting removed"));
    }

    private static async Task<Results<Ok<Envelope<List<MessageView>>>, JsonHttpResult<Failure>>> ListAsync(
        Identity who, TandemStorage storage, VoicemailKeeper voicemail, string number, CancellationToken cancellation) => Exists(storage, who, number)
        ? ApiAnswer.Data((await voicemail.MessagesAsync(who.Tenant, number, cancellation)).Select(MessageView.From).ToList())
        : NoExtension();

    private static async Task<Results<Ok<Envelope<MessageView>>, JsonHttpResult<Failure>>> FindAsync(
        Identity who, VoicemailKeeper voicemail, string number, string id, CancellationToken cancellation) =>
        await voicemail.FindAsync(who.Tenant, number, id, cancellation) is { } message ? ApiAnswer.Data(MessageView.From(message)) : NotFound();

    private static async Task<IResult> AudioAsync(
        Identity who, TandemStorage storage, VoicemailKeeper voicemail, RecordingKeeper recordings, AuditLog audit, string number, string id, CancellationToken cancellation)
    {
        if (await voicemail.FindAsync(who.Tenant, number, id, cancellation) is not { } message)
            return NotFound();
        if (await storage.Recordings.FindAsync(who.Tenant, id, cancellation) is not { } entry || recordings.TryOpen(entry) is not { } file)
            return ApiAnswer.Fail(404, "NO_AUDIO", "The file of the message is not there, or its key is not");

        audit.Write(who, "voicemail.listen", number, $"{id} of {message.Caller}");
        var isWav = entry.Format == RecordingFormat.Wav;
        return TypedResults.Stream(file.OpenAudio(), isWav ? "audio/wav" : "audio/ogg", $"{id}.{(isWav ? "wav" : "ogg")}", enableRangeProcessing: true);
    }

    private static async Task<Results<Ok<Envelope<MessageView>>, JsonHttpResult<Failure>>> MarkAsync(
        Identity who, VoicemailKeeper voicemail, AuditLog audit, string number, string id, MessageChange change, CancellationToken cancellation)
    {
        if (!await voicemail.MarkAsync(who.Tenant, number, id, change.Heard, cancellation))
            return NotFound();

        audit.Write(who, "voicemail.mark", number, $"{id}: {(change.Heard ? "heard" : "not heard")}");
        return await FindAsync(who, voicemail, number, id, cancellation);
    }

    private static async Task<Results<Ok<Envelope<Done>>, JsonHttpResult<Failure>>> DeleteAsync(
        Identity who, VoicemailKeeper voicemail, AuditLog audit, string number, string id, CancellationToken cancellation)
    {
        if (!await voicemail.DeleteAsync(who.Tenant, number, id, cancellation))
            return NotFound();

        audit.Write(who, "voicemail.delete", number, id);
        return ApiAnswer.Data(new Done("Message deleted"));
    }

    private static bool Exists(TandemStorage storage, Identity who, string number) => storage.Directory.Find(who.Tenant, number) is not null;

    private static JsonHttpResult<Failure> NoExtension() => ApiAnswer.Fail(404, "NOT_FOUND", "No such extension");

    private static JsonHttpResult<Failure> NotFound() => ApiAnswer.Fail(404, "NOT_FOUND", "No such message");
}

/// <summary>What is set for a voicemail.</summary>
/// <param name="Locked">Wrong PINs have locked it for a while.</param>
/// <param name="MaxMessages">As many it holds.</param>
public sealed record VoicemailBox(string Number, bool HasPin, bool HasGreeting, bool Locked, int MaxMessages);

/// <summary>A PIN to set; null takes it away.</summary>
public sealed record PinChange(string? Pin = null);

/// <summary>How a message is to be marked.</summary>
public sealed record MessageChange(bool Heard = true);

/// <summary>A message.</summary>
/// <param name="Caller">Who left it; empty when he wanted to stay unknown.</param>
/// <param name="Duration">Seconds.</param>
/// <param name="Audio">Where its sound is.</param>
public sealed record MessageView(string Id, string Number, string Caller, string CallId, DateTimeOffset ReceivedAt, double Duration, bool Heard, bool Urgent, string Audio)
{
    internal static MessageView From(VoiceMessage message) => new(
        message.Id, message.Number, message.Caller, message.CallId, message.ReceivedAt, ApiTime.Seconds(message.Duration), message.IsHeard, message.IsUrgent,
        $"/api/v1/mailboxes/{message.Number}/messages/{message.Id}/audio");
}
