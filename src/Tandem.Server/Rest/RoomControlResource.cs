using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Recording;
using Tandem.Calls.Rooms;
using Tandem.Calls.Tenants;
using Tandem.Media.Mixing;
using Tandem.Server.Http;
using Tandem.Storage;
using Tandem.Storage.Audit;

namespace Tandem.Server.Rest;

/// <summary>What is done with a room that is open and with its members: <c>/api/v1/rooms/{name}</c>.</summary>
public static class RoomControlResource
{
    private const int LongestSound = 64;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapPatch("/rooms/{name}", Change).Needs(Permission.RoomsControl).Produces<Failure>(404).WithSummary("Locks or opens a room; mutes all who are no moderators");
        api.MapDelete("/rooms/{name}", End).Needs(Permission.RoomsControl).Produces<Failure>(404).WithSummary("Lets all go");
        api.MapDelete("/rooms/{name}/members/{member:int}", Kick).Needs(Permission.RoomsControl).Produces<Failure>(404).WithSummary("Takes a member out: its call ends");
        api.MapPost("/rooms/{name}/members/{member:int}/move", Move).Needs(Permission.RoomsControl).Produces<Failure>(400).Produces<Failure>(404).Produces<Failure>(409)
            .WithSummary("Brings a member to another room");
        api.MapPost("/rooms/{name}/play", Play).Needs(Permission.RoomsControl).Produces<Failure>(400).Produces<Failure>(404).WithSummary("Plays a sound to all, or to one");
        api.MapDelete("/rooms/{name}/play", StopPlaying).Needs(Permission.RoomsControl).Produces<Failure>(404).WithSummary("Ends what is played");
        api.MapPost("/rooms/{name}/recording", Record).Needs(Permission.RoomsControl).Produces<Failure>(400).Produces<Failure>(404).Produces<Failure>(409).Produces<Failure>(503)
            .WithSummary("Starts or stops the recording of a room");
        api.MapPut("/rooms/{name}/group", Group).Needs(Permission.RoomsControl).Produces<Failure>(400).Produces<Failure>(404).WithSummary("Lets some talk among themselves");
        api.MapDelete("/rooms/{name}/group", Ungroup).Needs(Permission.RoomsControl).Produces<Failure>(404).WithSummary("Lets all hear all again");
    }

    private static Results<Ok<Envelope<RoomState>>, JsonHttpResult<Failure>> Change(Identity who, RoomTable rooms, AuditLog audit, string name, RoomChange change)
    {
        var key = new RoomKey(who.Tenant, name);
        if (rooms.Find(key) is null)
            return NoRoom();

        if (change.Locked is { } isLocked)
            rooms.SetLock(key, isLocked);
        if (change.OthersMuted is { } isMuted)
            rooms.MuteOthers(key, isMuted);
        audit.Write(who, "room.change", name, $"locked {change.Locked}, others muted {change.OthersMuted}");
        return State(who, rooms, name);
    }

    private static Results<Ok<Envelope<RoomEnd>>, JsonHttpResult<Failure>> End(Identity who, RoomTable rooms, AuditLog audit, string name)
    {
        var count = rooms.End(new RoomKey(who.Tenant, name));
        if (count == 0)
            return NoRoom();

        audit.Write(who, "room.end", name, $"{count} members");
        return ApiAnswer.Data(new RoomEnd(count));
    }

    private static Results<Ok<Envelope<Done>>, JsonHttpResult<Failure>> Kick(Identity who, RoomTable rooms, AuditLog audit, string name, int member)
    {
        if (!rooms.Kick(new RoomKey(who.Tenant, name), new MemberId(member)))
            return NoRoom();

        audit.Write(who, "room.kick", name, $"member {member}");
        return ApiAnswer.Data(new Done("Taken out"));
    }

    private static Results<Ok<Envelope<RoomMove>>, JsonHttpResult<Failure>> Move(
        Identity who, RoomTable rooms, TandemStorage storage, AuditLog audit, string name, int member, RoomMoveBody body)
    {
        var key = new RoomKey(who.Tenant, name);
        if (body.Room is not { } to || !RoomDefinition.IsName(to) || to == name)
            return ApiAnswer.Fail(400, "BAD_REQUEST", "room must be the name of another room: 1 to 16 digits");
        if (rooms.Find(key)?.Members.Any(m => m.Id.Value == member) != true)
            return NoRoom();

        var definition = ((IRoomDirectory)storage.PolicyDirectory).Find(who.Tenant, to) ?? RoomDefinition.Made(to);
        if (rooms.Move(key, new MemberId(member), definition, out var refusal) is not { } moved)
            return ApiAnswer.Fail(409, "NOT_MOVED", $"The other room did not take it: {refusal}");

        audit.Write(who, "room.move", name, $"member {member} to {to}");
        return ApiAnswer.Data(new RoomMove(to, moved.Value));
    }

    private static Results<Ok<Envelope<Done>>, JsonHttpResult<Failure>> Play(Identity who, RoomTable rooms, AuditLog audit, string name, RoomPlay body)
    {
        if (string.IsNullOrEmpty(body.Sound) || body.Sound.Length > LongestSound)
            return ApiAnswer.Fail(400, "BAD_REQUEST", "sound must be the name of a prompt");
        if (!rooms.Play(new RoomKey(who.Tenant, name), body.Sound, body.Member is { } member ? new MemberId(member) : null))
            return NoRoom();

        audit.Write(who, "room.play", name, body.Sound);
        return ApiAnswer.Data(new Done("Playing"));
    }

    private static Results<Ok<Envelope<Done>>, JsonHttpResult<Failure>> StopPlaying(Identity who, RoomTable rooms, AuditLog audit, string name)
    {
        if (!rooms.StopPlaying(new RoomKey(who.Tenant, name)))
            return NoRoom();

        audit.Write(who, "room.play", name, "stopped");
        return ApiAnswer.Data(new Done("Stopped"));
    }

    private static Results<Ok<Envelope<RoomRecording>>, JsonHttpResult<Failure>> Record(
        Identity who, RoomTable rooms, TandemStorage storage, AuditLog audit, string name, RecordingOrderBody body)
    {
        if (body.Action is not ("start" or "stop"))
            return ApiAnswer.Fail(400, "BAD_REQUEST", "action must be start or stop");
        if (body.Action == "start" && RecordingDecision.OfRoom(storage.PolicyDirectory, who.Tenant, name) is { Mode: RecordingMode.Never })
            return ApiAnswer.Fail(409, "FORBIDDEN_BY_RULE", "A rule says that this room is not recorded");
        if (rooms.Record(new RoomKey(who.Tenant, name), body.Action == "start") is not { } outcome)
            return NoRoom();
        if (outcome.Problem.Length > 0)
            return ApiAnswer.Fail(503, "REFUSED", "The room is not recorded: " + outcome.Problem);

        audit.Write(who, "room.recording", name, body.Action);
        return ApiAnswer.Data(new RoomRecording(outcome.Recording.Length > 0 ? outcome.Recording : null));
    }

    private static Results<Ok<Envelope<RoomState>>, JsonHttpResult<Failure>> Group(Identity who, RoomTable rooms, AuditLog audit, string name, RoomGroup body)
    {
        var members = (body.Members ?? []).Distinct().Select(member => new MemberId(member)).ToList();
        if (members.Count < 2)
            return ApiAnswer.Fail(400, "BAD_REQUEST", "members must be two or more");
        if (!rooms.Group(new RoomKey(who.Tenant, name), members))
            return NoRoom();

        audit.Write(who, "room.group", name, string.Join(' ', members.Select(m => m.Value)));
        return State(who, rooms, name);
    }

    private static Results<Ok<Envelope<RoomState>>, JsonHttpResult<Failure>> Ungroup(Identity who, RoomTable rooms, AuditLog audit, string name)
    {
        if (!rooms.Ungroup(new RoomKey(who.Tenant, name)))
            return NoRoom();

        audit.Write(who, "room.ungroup", name);
        return State(who, rooms, name);
    }

    private static Results<Ok<Envelope<RoomState>>, JsonHttpResult<Failure>> State(Identity who, RoomTable rooms, string name) =>
        rooms.Find(new RoomKey(who.Tenant, name)) is { } room ? ApiAnswer.Data(RoomState.From(room)) : NoRoom();

    private static JsonHttpResult<Failure> NoRoom() => ApiAnswer.Fail(404, "NOT_FOUND", "No such room, or nobody of that number in it");
}

/// <summary>What to change of a room; what is missing stays.</summary>
public sealed record RoomChange(bool? Locked = null, bool? OthersMuted = null);

/// <summary>How many were let go.</summary>
public sealed record RoomEnd(int Members);

/// <summary>Where to bring a member.</summary>
public sealed record RoomMoveBody(string? Room = null);

/// <summary>Where a member is now, and under which number.</summary>
public sealed record RoomMove(string Room, int Member);

/// <summary>What to play, and to whom; member null for all.</summary>
public sealed record RoomPlay(string? Sound = null, int? Member = null);

/// <summary>The recording of a room that is being made; null for none.</summary>
public sealed record RoomRecording(string? Recording);

/// <summary>Who talk among themselves.</summary>
public sealed record RoomGroup(IReadOnlyList<int>? Members = null);
