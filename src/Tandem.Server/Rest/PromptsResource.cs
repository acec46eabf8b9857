using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Tenants;
using Tandem.Media.Playback;
using Tandem.Media.Playback.Prompts;
using Tandem.Server.Http;
using Tandem.Storage.Audit;

namespace Tandem.Server.Rest;

/// <summary>Prompts of the tenant, and the built-in ones: <c>/api/v1/prompts</c>.</summary>
public static class PromptsResource
{
    private const int MaxList = 1_000;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/prompts", List).Needs(Permission.CallsRead).Produces<Failure>(400).WithSummary("Prompts of the tenant, by name; with builtIn=true those that come with the exchange");
        api.MapGet("/prompts/{name}", Find).VersionedBy(Version).Needs(Permission.CallsRead).Produces<Failure>(404).WithSummary("One prompt");
        api.MapGet("/prompts/{name}/audio", Audio).Needs(Permission.CallsRead).Produces(200, null, "audio/wav", "audio/ogg").Produces<Failure>(404).WithSummary("The sound of a prompt, as it was uploaded");
        foreach (var route in new[] { api.MapPut("/prompts/{name}", SaveAsync), api.MapPost("/prompts/{name}", SaveAsync) })
        {
            route.ReadsBody(SoundBodies.Refuse).VersionedBy(Version).Needs(Permission.SoundsWrite).Accepts<Stream>("audio/wav", "audio/ogg", "*/*")
                .Produces<Failure>(400).Produces<Failure>(409).Produces<Failure>(413).Produces<Failure>(415).Produces<Failure>(503)
                .WithSummary("Stores a prompt: the body is a WAV or Ogg/Opus file");
        }

        api.MapDelete("/prompts/{name}", Remove).VersionedBy(Version).Needs(Permission.SoundsWrite).Produces<Failure>(404).WithSummary("Removes a prompt; a built-in one of that name is heard again");
    }

    private static Results<Ok<Envelope<List<Prompt>>>, JsonHttpResult<Failure>> List(Identity who, SoundLibrary sounds, bool? builtIn, int? offset)
    {
        if (offset is < 0)
            return ApiAnswer.Fail(400, "BAD_REQUEST", "offset must be 0 or more");

        if (builtIn is true)
        {
            return ApiAnswer.Data(BuiltInPrompts.Languages.SelectMany(language => BuiltInPrompts.Of(language).Select(name => Prompt.BuiltInOne(language, name)))
                .Skip(offset ?? 0).Take(MaxList).ToList());
        }

        var own = sounds.Store.Prompts(who.Tenant.Value);
        return ApiAnswer.Data(own.Names().Skip(offset ?? 0).Take(MaxList).Select(own.Find).OfType<StoredSound>().Select(Prompt.From).ToList());
    }

    private static Results<Ok<Envelope<Prompt>>, JsonHttpResult<Failure>> Find(Identity who, SoundLibrary sounds, string name) =>
        sounds.Store.Prompts(who.Tenant.Value).Find(name) is { } sound ? ApiAnswer.Data(Prompt.From(sound)) : NotFound();

    private static Results<PhysicalFileHttpResult, JsonHttpResult<Failure>> Audio(Identity who, SoundLibrary sounds, string name)
    {
        var own = sounds.Store.Prompts(who.Tenant.Value);
        return own.PathOf(name) is { } path && own.Find(name) is { } sound ? SoundBodies.File(path, sound) : NotFound();
    }

    private static async Task<Results<Ok<Envelope<Prompt>>, Created<Envelope<Prompt>>, JsonHttpResult<Failure>>> SaveAsync(
        HttpContext context, Identity who, SoundLibrary sounds, TenantStorage stored, AuditLog audit, string name)
    {
        if (await stored.ProblemAsync(who.Tenant, context.Request.Body.Length, context.RequestAborted) is { } full)
            return ApiAnswer.Fail(409, "FULL", full);

        var saved = await sounds.Store.SavePromptAsync(who.Tenant.Value, name, context.Request.Body, context.RequestAborted);
        if (saved.Error == SaveError.None)
        {
            stored.Add(who.Tenant, saved.Sound?.Bytes ?? 0);
            audit.Write(who, "prompt.save", name);
        }

        return SoundBodies.Answer(saved, "/api/v1/prompts/" + name, Prompt.From);
    }

    private static Results<Ok<Envelope<Removed>>, JsonHttpResult<Failure>> Remove(Identity who, SoundLibrary sounds, AuditLog audit, string name)
    {
        if (!sounds.Store.Prompts(who.Tenant.Value).Remove(name))
            return NotFound();

        audit.Write(who, "prompt.remove", name);
        return ApiAnswer.Data(new Removed(name));
    }

    private static ValueTask<object?> Version(HttpContext context, Identity who)
    {
        var sounds = context.Service<SoundLibrary>();
        return new(sounds.Store.Prompts(who.Tenant.Value).Find(context.Part("name")) is { } sound ? Prompt.From(sound) : null);
    }

    private static JsonHttpResult<Failure> NotFound() => ApiAnswer.Fail(404, "NOT_FOUND", "No such prompt");
}

/// <summary>A prompt.</summary>
/// <param name="Language">The language of a built-in one; null for those of the tenant.</param>
/// <param name="Kind">Container and encoding.</param>
/// <param name="Duration">Seconds.</param>
public sealed record Prompt(
    string Name, bool BuiltIn, string? Language, string? Kind, long? Bytes, int? SampleRate, int? Channels, double? Duration, DateTimeOffset? ModifiedAt)
{
    internal static Prompt From(StoredSound sound) =>
        new(sound.Name, false, null, sound.Kind, sound.Bytes, sound.SampleRate, sound.Channels, Math.Round(sound.Duration.TotalSeconds, 3), sound.ModifiedAt);

    internal static Prompt BuiltInOne(string language, string name) => new(name, true, language, null, null, null, null, null, null);
}

/// <summary>What was removed.</summary>
public sealed record Removed(string Name);
