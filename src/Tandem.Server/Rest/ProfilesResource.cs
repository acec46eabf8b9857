using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;
using Tandem.Server.Http;
using Tandem.Server.Options;
using Tandem.Storage;
using Tandem.Storage.Audit;

namespace Tandem.Server.Rest;

/// <summary>
/// SIP profiles, the accounts of a tenant at providers: <c>/api/v1/profiles</c>. What is saved is live at once; the password is
/// written and never read.
/// </summary>
public static class ProfilesResource
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/profiles", List).Needs(Permission.ProfilesRead).WithSummary("SIP profiles by name, and how they stand");
        api.MapPost("/profiles", AddAsync).Needs(Permission.ProfilesWrite).Produces<Failure>(400).Produces<Failure>(409)
            .WithSummary("Adds a SIP profile; it registers within a second");
        api.MapGet("/profiles/{id}", Find).Versioned(VersionAsync).Needs(Permission.ProfilesRead).Produces<Failure>(404).WithSummary("A SIP profile, how it stands, and what happened");
        api.MapPut("/profiles/{id}", ReplaceAsync).Versioned(VersionAsync).Needs(Permission.ProfilesWrite).Produces<Failure>(400).Produces<Failure>(404).Produces<Failure>(409)
            .WithSummary("Replaces a SIP profile; what is missing gets its default, except password and client key");
        api.MapPatch("/profiles/{id}", ChangeAsync).Versioned(VersionAsync).Needs(Permission.ProfilesWrite).Produces<Failure>(400).Produces<Failure>(404).Produces<Failure>(409)
            .WithSummary("Changes what is named of a SIP profile; calls in progress are left alone");
        api.MapDelete("/profiles/{id}", RemoveAsync).Versioned(VersionAsync).Needs(Permission.ProfilesWrite).Produces<Failure>(404)
            .WithSummary("Removes a SIP profile and its numbers; it unregisters");
    }

    private static Ok<Envelope<List<ProfileView>>> List(Identity who, TandemStorage storage, TrunkTable trunks) =>
        ApiAnswer.Data(storage.ProfileDirectory.Of(who.Tenant).OrderBy(profile => profile.Name, StringComparer.Ordinal)
            .Select(profile => View(profile, trunks, withHistory: false)).ToList());

    private static Results<Ok<Envelope<ProfileView>>, JsonHttpResult<Failure>> Find(Identity who, TandemStorage storage, TrunkTable trunks, string id) =>
        Of(who, storage, id) is { } profile ? ApiAnswer.Data(View(profile, trunks, withHistory: true)) : NotFound();

    private static async Task<Results<Created<Envelope<ProfileView>>, JsonHttpResult<Failure>>> AddAsync(
        Identity who, TandemStorage storage, AuditLog audit, TrunkTable trunks, TandemOptions options, TimeProvider time, ProfileDraft draft, CancellationToken cancellation)
    {
        if (draft.Over(Blank(who.Tenant), time.GetUtcNow(), out var fault) is not { } profile)
            return Invalid(fault);

        try
        {
            if (await storage.Profiles.AddAsync(profile, options.Trunks.MaxProfiles, cancellation) is not { } added)
                return Taken();

            audit.Write(who, "profile.create", added.Id.Value, Describe(added, draft));
            return TypedResults.Created($"/api/v1/profiles/{added.Id.Value}", new Envelope<ProfileView>(true, View(added, trunks, withHistory: true)));
        }
        catch (StorageException e)
        {
            return ApiAnswer.Fail(409, "LIMIT", e.Message);
        }
    }

    private static Task<Results<Ok<Envelope<ProfileView>>, JsonHttpResult<Failure>>> ReplaceAsync(
        Identity who, TandemStorage storage, AuditLog audit, TrunkTable trunks, TimeProvider time, string id, ProfileDraft draft, CancellationToken cancellation) =>
        SaveAsync(who, storage, audit, trunks, time, id, draft, before => Blank(before.Tenant) with
        {
            Id = before.Id,
            Token = before.Token,
            Password = before.Password,
            ClientKey = before.ClientKey,
            CreatedAt = before.CreatedAt,
            Version = before.Version,
        }, cancellation);

    private static Task<Results<Ok<Envelope<ProfileView>>, JsonHttpResult<Failure>>> ChangeAsync(
        Identity who, TandemStorage storage, AuditLog audit, TrunkTable trunks, TimeProvider time, string id, ProfileDraft draft, CancellationToken cancellation) =>
        SaveAsync(who, storage, audit, trunks, time, id, draft, before => before, cancellation);

    private static async Task<Results<Ok<Envelope<ProfileView>>, JsonHttpResult<Failure>>> SaveAsync(
        Identity who, TandemStorage storage, AuditLog audit, TrunkTable trunks, TimeProvider time, string id, ProfileDraft draft, Func<SipProfile, SipProfile> start, CancellationToken cancellation)
    {
        if (await storage.Profiles.FindAsync(who.Tenant, id, cancellation) is not { } before || before.Id.Value != id)
            return NotFound();
        if (draft.Over(start(before), time.GetUtcNow(), out var fault) is not { } profile)
            return Invalid(fault);

        if (await storage.Profiles.UpdateAsync(profile, cancellation) is not { } saved)
            return Taken();

        audit.Write(who, "profile.change", id, Describe(saved, draft));
        return ApiAnswer.Data(View(saved, trunks, withHistory: true));
    }

    private static async Task<Results<Ok<Envelope<Done>>, JsonHttpResult<Failure>>> RemoveAsync(
        Identity who, TandemStorage storage, AuditLog audit, string id, CancellationToken cancellation)
    {
        if (!await storage.Profiles.RemoveAsync(who.Tenant, new ProfileId(id), cancellation))
            return NotFound();

        audit.Write(who, "profile.remove", id);
        return ApiAnswer.Data(new Done("Removed"));
    }

    // Where its calls go and as whom; of a password only that it was written.
    internal static string Describe(SipProfile profile, ProfileDraft draft) =>
        $"name {profile.Name}, server {profile.Server}, user {profile.UserName}, enabled {profile.Enabled}{(draft.Password is null ? "" : ", password set")}{(draft.ClientKey is null ? "" : ", client key set")}";

    /// <summary>A profile with nothing but defaults.</summary>
    internal static SipProfile Blank(TenantId tenant) => new() { Id = default, Tenant = tenant, Name = "", Server = "", Token = "" };

    internal static SipProfile? Of(Identity who, TandemStorage storage, string id) =>
        storage.ProfileDirectory.Find(new ProfileId(id)) is { } profile && profile.Tenant == who.Tenant ? profile : null;

    // Of the database: what the directory has may be a moment old.
    private static async ValueTask<string?> VersionAsync(HttpContext context)
    {
        var (who, id) = (context.Features.Get<Identity>(), context.Request.RouteValues["id"] as string);
        return who is not null && id is not null
            && await context.RequestServices.GetRequiredService<TandemStorage>().Profiles.FindAsync(who.Tenant, id, context.RequestAborted) is { } profile
            ? profile.Version.ToString(System.Globalization.CultureInfo.InvariantCulture) : null;
    }

    private static ProfileView View(SipProfile profile, TrunkTable trunks, bool withHistory) =>
        ProfileView.From(profile, trunks.Find(profile.Id), trunks.UsageOf(profile.Id), withHistory, ProfileTls.WarningOf(profile, trunks));

    private static JsonHttpResult<Failure> NotFound() => ApiAnswer.Fail(404, "NOT_FOUND", "No such SIP profile");

    private static JsonHttpResult<Failure> Taken() => ApiAnswer.Fail(409, "CONFLICT", "name: another SIP profile has it, or this one was changed by somebody else meanwhile");

    private static JsonHttpResult<Failure> Invalid(string fault) => ApiAnswer.Fail(400, "VALIDATION_ERROR", fault);
}
