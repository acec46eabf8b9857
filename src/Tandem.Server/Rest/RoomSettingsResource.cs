using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Rooms;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Server.Http;
using Tandem.Server.Options;
using Tandem.Storage;
using Tandem.Storage.Audit;

namespace Tandem.Server.Rest;

/// <summary>Rooms that are kept: who may come in, and how they are led: <c>/api/v1/room-settings</c>. They hold for who makes the room next.</summary>
public static class RoomSettingsResource
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/room-settings", ListAsync).Needs(Permission.CallsRead).WithSummary("Rooms that are kept, by name");
        api.MapGet("/room-settings/{name}", FindAsync).VersionedBy(VersionAsync).Needs(Permission.CallsRead).Produces<Failure>(404).WithSummary("One room that is kept");
        api.MapPut("/room-settings/{name}", SaveAsync).VersionedBy(VersionAsync).Needs(Permission.RoomsControl).Produces<Failure>(400).Produces<Failure>(409).WithSummary("Keeps a room, or changes it; a PIN that is left out stays");
        api.MapDelete("/room-settings/{name}", RemoveAsync).VersionedBy(VersionAsync).Needs(Permission.RoomsControl).Produces<Failure>(404).WithSummary("Keeps a room no more; who is in it stays");
    }

    private static async Task<Ok<Envelope<List<RoomSettings>>>> ListAsync(Identity who, TandemStorage storage, CancellationToken cancellation) =>
        ApiAnswer.Data((await storage.Policies.RoomsAsync(who.Tenant, cancellation)).Select(RoomSettings.From).ToList());

    private static async Task<Results<Ok<Envelope<RoomSettings>>, JsonHttpResult<Failure>>> FindAsync(Identity who, TandemStorage storage, string name, CancellationToken cancellation) =>
        await KeptAsync(storage, who, name, cancellation) is { } room ? ApiAnswer.Data(RoomSettings.From(room)) : NotFound();

    private static async Task<Results<Ok<Envelope<RoomSettings>>, JsonHttpResult<Failure>>> SaveAsync(
        Identity who, TandemStorage storage, TandemOptions options, AuditLog audit, string name, RoomSettingsBody body, CancellationToken cancellation)
    {
        var kept = await KeptAsync(storage, who, name, cancellation);
        var (room, problem) = body.Read(name, kept);
        if (room is null)
            return ApiAnswer.Fail(400, "BAD_ROOM", problem);

        if (!await storage.Policies.SaveAsync(who.Tenant, room, cancellation))
            return ApiAnswer.Fail(409, "LIMIT", $"there are {options.Storage.MaxPolicies} rooms, and more are not kept (POLICY_MAX)");

        audit.Write(who, "room.keep", name, room.Title);
        return ApiAnswer.Data(RoomSettings.From(room));
    }

    private static async Task<Results<Ok<Envelope<Done>>, JsonHttpResult<Failure>>> RemoveAsync(Identity who, TandemStorage storage, AuditLog audit, string name, CancellationToken cancellation)
    {
        if (!await storage.Policies.RemoveRoomAsync(who.Tenant, name, cancellation))
            return NotFound();

        audit.Write(who, "room.forget", name);
        return ApiAnswer.Data(new Done("Room removed"));
    }

    private static async ValueTask<object?> VersionAsync(HttpContext context, Identity who) =>
        await KeptAsync(context.Service<TandemStorage>(), who, context.Part("name"), context.RequestAborted) is { } room ? RoomSettings.From(room) : null;

    private static async Task<RoomDefinition?> KeptAsync(TandemStorage storage, Identity who, string name, CancellationToken cancellation) =>
        await storage.Policies.RoomAsync(who.Tenant, name, cancellation);

    private static JsonHttpResult<Failure> NotFound() => ApiAnswer.Fail(404, "NOT_FOUND", "No such room is kept");
}

/// <summary>A room that is kept. The PINs are not shown, only which roles have one.</summary>
/// <param name="Open">The role of who types no PIN; null: nobody comes in without.</param>
public sealed record RoomSettings(
    string Name, string Title, IReadOnlyList<string> RolesWithPin, string? Open, int? MaxMembers, bool WaitForModerator, bool EndWithModerator, bool MuteOnEntry,
    bool Tones, string Greeting, bool Recorded)
{
    internal static RoomSettings From(RoomDefinition room) => new(
        room.Name, room.Title, [.. room.Pins.Keys.Order().Select(RoomText.Of)], room.Open is { } open ? RoomText.Of(open) : null, room.MaxMembers,
        room.WaitsForModerator, room.EndsWithModerator, room.MutesOnEntry, room.HasTones, room.Greeting, room.IsRecorded);
}

/// <summary>What a room is to be like; what is left out has its default, a PIN that is left out stays as it is, and one that is empty is removed.</summary>
/// <param name="Pins">By role: <c>listener</c>, <c>participant</c>, <c>moderator</c>, <c>admin</c>.</param>
/// <param name="Open">The role of who types no PIN; <c>none</c> lets nobody in without.</param>
public sealed record RoomSettingsBody(
    string? Title = null, Dictionary<string, string>? Pins = null, string? Open = null, int? MaxMembers = null, bool WaitForModerator = false,
    bool EndWithModerator = false, bool MuteOnEntry = false, bool Tones = true, string? Greeting = null, bool Recorded = false)
{
    internal (RoomDefinition? Room, string Problem) Read(string name, RoomDefinition? kept)
    {
        if (Title is null)
            return (null, "title: a name for people is expected, it may be empty");

        var pins = kept?.Pins.ToDictionary() ?? [];
        foreach (var (word, pin) in Pins ?? [])
        {
            if (RoomText.Role(word) is not { } role)
                return (null, $"pins: the roles are {RoomText.Roles}");
            if (string.IsNullOrEmpty(pin))
                pins.Remove(role);
            else
                pins[role] = new Secret(pin);
        }

        RoomRole? open = RoomRole.Participant;
        if (Open == "none")
            open = null;
        else if (Open is not null && (open = RoomText.Role(Open)) is null)
            return (null, $"open: none, or one of {RoomText.Roles} is expected");

        var room = new RoomDefinition
        {
            Name = name,
            Title = Title,
            Pins = pins,
            Open = open,
            MaxMembers = MaxMembers,
            WaitsForModerator = WaitForModerator,
            EndsWithModerator = EndWithModerator,
            MutesOnEntry = MuteOnEntry,
            HasTones = Tones,
            Greeting = Greeting ?? "",
            IsRecorded = Recorded,
        };
        return room.Problem() is { } problem ? (null, problem) : (room, "");
    }
}

/// <summary>Rooms in the words of the API.</summary>
internal static class RoomText
{
    public const string Roles = "listener, participant, moderator, admin";

    public static string Of(RoomRole role) => role.ToString().ToLowerInvariant();

    public static RoomRole? Role(string? word) => word switch
    {
        "listener" => RoomRole.Listener,
        "participant" => RoomRole.Participant,
        "moderator" => RoomRole.Moderator,
        "admin" => RoomRole.Admin,
        _ => null,
    };
}
