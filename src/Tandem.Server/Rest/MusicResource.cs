using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Tenants;
using Tandem.Media.Playback;
using Tandem.Media.Playback.Prompts;
using Tandem.Server.Http;
using Tandem.Storage.Audit;

namespace Tandem.Server.Rest;

/// <summary>Lists of music on hold: <c>/api/v1/music</c>.</summary>
public static class MusicResource
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/music", Lists).Needs(Permission.CallsRead).WithSummary("The lists of music that have pieces");
        api.MapGet("/music/{list}", Find).Needs(Permission.CallsRead).Produces<Failure>(404).WithSummary("The pieces of a list, in the order in which they are played");
        api.MapGet("/music/{list}/{name}/audio", Audio).Needs(Permission.CallsRead).Produces(200, null, "audio/wav", "audio/ogg").Produces<Failure>(404).WithSummary("The sound of a piece, as it was uploaded");
        foreach (var route in new[] { api.MapPut("/music/{list}/{name}", SaveAsync), api.MapPost("/music/{list}/{name}", SaveAsync) })
        {
            route.ReadsBody(SoundBodies.Refuse).VersionedBy(Version).Needs(Permission.SoundsWrite).Accepts<Stream>("audio/wav", "audio/ogg", "*/*")
                .Produces<Failure>(400).Produces<Failure>(409).Produces<Failure>(413).Produces<Failure>(415).Produces<Failure>(503)
                .WithSummary("Stores a piece: the body is a WAV or Ogg/Opus file; the list comes into being with its first one");
        }

        api.MapDelete("/music/{list}/{name}", Remove).VersionedBy(Version).Needs(Permission.SoundsWrite).Produces<Failure>(404).WithSummary("Removes a piece; the list goes with its last one");
    }

    private static Ok<Envelope<List<MusicList>>> Lists(Identity who, SoundLibrary sounds) =>
        ApiAnswer.Data(sounds.Store.MusicLists(who.Tenant.Value).Select(list => MusicList.From(list, sounds.Store.Music(who.Tenant.Value, list)!)).ToList());

    private static Results<Ok<Envelope<List<Prompt>>>, JsonHttpResult<Failure>> Find(Identity who, SoundLibrary sounds, string list)
    {
        var folder = sounds.Store.Music(who.Tenant.Value, list);
        var pieces = folder?.Names().Select(folder.Find).OfType<StoredSound>().Select(Prompt.From).ToList();
        return pieces is { Count: > 0 } ? ApiAnswer.Data(pieces) : NotFound();
    }

    private static Results<PhysicalFileHttpResult, JsonHttpResult<Failure>> Audio(Identity who, SoundLibrary sounds, string list, string name)
    {
        var folder = sounds.Store.Music(who.Tenant.Value, list);
        return folder?.PathOf(name) is { } path && folder.Find(name) is { } sound ? SoundBodies.File(path, sound) : NotFound();
    }

    private static async Task<Results<Ok<Envelope<Prompt>>, Created<Envelope<Prompt>>, JsonHttpResult<Failure>>> SaveAsync(
        HttpContext context, Identity who, SoundLibrary sounds, TenantStorage stored, AuditLog audit, string list, string name)
    {
        if (await stored.ProblemAsync(who.Tenant, context.Request.Body.Length, context.RequestAborted) is { } full)
            return ApiAnswer.Fail(409, "FULL", full);

        var saved = await sounds.Store.SaveMusicAsync(who.Tenant.Value, list, name, context.Request.Body, context.RequestAborted);
        if (saved.Error == SaveError.None)
        {
            stored.Add(who.Tenant, saved.Sound?.Bytes ?? 0);
            sounds.MusicChanged(who.Tenant.Value, list);
            audit.Write(who, "music.save", $"{list}/{name}");
        }

        return SoundBodies.Answer(saved, $"/api/v1/music/{list}/{name}", Prompt.From);
    }

    private static Results<Ok<Envelope<Removed>>, JsonHttpResult<Failure>> Remove(Identity who, SoundLibrary sounds, AuditLog audit, string list, string name)
    {
        if (!sounds.Store.RemoveMusic(who.Tenant.Value, list, name))
            return NotFound();

        sounds.MusicChanged(who.Tenant.Value, list);
        audit.Write(who, "music.remove", $"{list}/{name}");
        return ApiAnswer.Data(new Removed(name));
    }

    private static ValueTask<object?> Version(HttpContext context, Identity who)
    {
        var sounds = context.Service<SoundLibrary>();
        return new(sounds.Store.Music(who.Tenant.Value, context.Part("list"))?.Find(context.Part("name")) is { } sound ? Prompt.From(sound) : null);
    }

    private static JsonHttpResult<Failure> NotFound() => ApiAnswer.Fail(404, "NOT_FOUND", "No such list or piece of music");
}

/// <summary>A list of music.</summary>
/// <param name="Pieces">How many it has.</param>
public sealed record MusicList(string Name, int Pieces, long Bytes)
{
    internal static MusicList From(string name, SoundFolder folder) => new(name, folder.Names().Count, folder.Bytes());
}
