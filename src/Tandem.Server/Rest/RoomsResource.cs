using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Rooms;
using Tandem.Calls.Tenants;
using Tandem.Media.Mixing;
using Tandem.Server.Http;
using Tandem.Storage.Audit;

namespace Tandem.Server.Rest;

/// <summary>Rooms in which callers hear each other, and who hears whom there: <c>/api/v1/rooms</c>.</summary>
public static class RoomsResource
{
    private const string GainRange = "-60 to 30";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/rooms", List).Needs(Permission.CallsRead).WithSummary("Rooms with somebody in them");
        api.MapGet("/rooms/{name}", Find).Needs(Permission.CallsRead).Produces<Failure>(404).WithSummary("One room");
        api.MapPatch("/rooms/{name}/members/{member:int}", Seat).Needs(Permission.RoomsControl).Produces<Failure>(400).Produces<Failure>(404).WithSummary("Mutes a member, makes it deaf, louder or quieter");
        api.MapPut("/rooms/{name}/routes", Route).Needs(Permission.RoomsControl).Produces<Failure>(400).Produces<Failure>(404).WithSummary("Says how one member hears another");
        api.MapDelete("/rooms/{name}/routes/{from:int}/{to:int}", Unroute).Needs(Permission.RoomsControl).Produces<Failure>(404).WithSummary("Takes that back");
    }

    private static Ok<Envelope<List<RoomState>>> List(Identity who, RoomTable rooms) =>
        ApiAnswer.Data(rooms.Of(who.Tenant).Select(RoomState.From).ToList());

    private static Results<Ok<Envelope<RoomState>>, JsonHttpResult<Failure>> Find(Identity who, RoomTable rooms, string name) =>
        rooms.Find(Key(who, name)) is { } room ? ApiAnswer.Data(RoomState.From(room)) : NoRoom();

    private static Results<Ok<Envelope<RoomState>>, JsonHttpResult<Failure>> Seat(Identity who, RoomTable rooms, AuditLog audit, string name, int member, SeatChange change)
    {
        if (rooms.Find(Key(who, name)) is not { } room || room.Members.FirstOrDefault(m => m.Id.Value == member) is not { } present)
            return NoRoom();
        if (!IsGain(change.GainDb) || !IsGain(change.HearingGainDb))
            return ApiAnswer.Fail(400, "BAD_REQUEST", $"gainDb and hearingGainDb must be {GainRange}");

        if (change.Role is not null && RoomText.Role(change.Role) is null)
            return ApiAnswer.Fail(400, "BAD_REQUEST", $"role must be one of {RoomText.Roles}");

        if (!rooms.Seat(Key(who, name), present.Id, change.On(present.Seat)))
            return NoRoom();
        if (RoomText.Role(change.Role) is { } role)
            rooms.SetRole(Key(who, name), present.Id, role);
        if (change.HandUp is { } isUp)
            rooms.Raise(Key(who, name), present.Id, isUp);

        audit.Write(who, "room.seat", name, $"member {member} ({present.Number})");
        return Find(who, rooms, name);
    }

    private static Results<Ok<Envelope<RoomState>>, JsonHttpResult<Failure>> Route(Identity who, RoomTable rooms, AuditLog audit, string name, RouteState route)
    {
        if (!IsGain(route.GainDb))
            return ApiAnswer.Fail(400, "BAD_REQUEST", $"gainDb must be {GainRange}, or null for not at all");
        if (route.From == route.To)
            return ApiAnswer.Fail(400, "BAD_REQUEST", "from and to must be two members");

        if (!rooms.Route(Key(who, name), new RoomRoute(new MemberId(route.From), new MemberId(route.To), route.GainDb), isTakenBack: false))
            return NoRoom();

        audit.Write(who, "room.route", name, $"{route.From} to {route.To}");
        return Find(who, rooms, name);
    }

    private static Results<Ok<Envelope<RoomState>>, JsonHttpResult<Failure>> Unroute(Identity who, RoomTable rooms, AuditLog audit, string name, int from, int to)
    {
        if (!rooms.Route(Key(who, name), new RoomRoute(new MemberId(from), new MemberId(to), 0), isTakenBack: true))
            return NoRoom();

        audit.Write(who, "room.unroute", name, $"{from} to {to}");
        return Find(who, rooms, name);
    }

    private static RoomKey Key(Identity who, string name) => new(who.Tenant, name);

    private static bool IsGain(double? gain) => gain is null or >= -60 and <= 30;

    private static JsonHttpResult<Failure> NoRoom() => ApiAnswer.Fail(404, "NOT_FOUND", "No such room, or nobody of that number in it");
}

/// <summary>A room with its members and the exceptions of its matrix.</summary>
/// <param name="Speaker">The member who speaks the loudest; null while all are silent.</param>
/// <param name="Recording">The recording that is being made; null for none.</param>
public sealed record RoomState(
    string Name, DateTimeOffset OpenedAt, IReadOnlyList<MemberState> Members, IReadOnlyList<RouteState> Routes, string Title, bool Locked, int? Speaker, string? Recording)
{
    internal static RoomState From(RoomSnapshot room) => new(
        room.Name,
        room.OpenedAt,
        [.. room.Members.Select(MemberState.From)],
        [.. room.Routes.Select(r => new RouteState(r.From.Value, r.To.Value, r.GainDb))],
        room.Definition.Title,
        room.IsLocked,
        room.Speaker?.Value,
        room.Recording.Length > 0 ? room.Recording : null);
}

/// <summary>Somebody in a room.</summary>
public sealed record MemberState(
    int Member, string CallId, string Number, bool Muted, bool Deaf, double GainDb, double HearingGainDb, bool HeardByAll, bool HearsAll, bool Speaking, double LevelDb,
    string Role, bool Waiting, bool HandUp, DateTimeOffset JoinedAt, string Name, bool WasCalled)
{
    internal static MemberState From(RoomMember member) => new(
        member.Id.Value,
        member.Call.ToString(),
        member.Number,
        member.Seat.IsMuted,
        member.Seat.IsDeaf,
        member.Seat.GainDb,
        member.Seat.HearingGainDb,
        member.Seat.IsHeardByAll,
        member.Seat.HearsAll,
        member.IsSpeaking,
        Math.Round(member.LevelDb, 1),
        RoomText.Of(member.Role),
        member.IsWaiting,
        member.HasHandUp,
        member.JoinedAt,
        member.Name,
        member.WasCalled);
}

/// <summary>How one member hears another: dB louder, null for not at all.</summary>
public sealed record RouteState(int From, int To, double? GainDb);

/// <summary>What to change of a seat; what is missing stays.</summary>
public sealed record SeatChange(bool? Muted = null, bool? Deaf = null, double? GainDb = null, double? HearingGainDb = null, bool? HeardByAll = null, bool? HearsAll = null,
    string? Role = null, bool? HandUp = null)
{
    internal MixSeat On(MixSeat seat) => seat with
    {
        IsMuted = Muted ?? seat.IsMuted,
        IsDeaf = Deaf ?? seat.IsDeaf,
        GainDb = GainDb ?? seat.GainDb,
        HearingGainDb = HearingGainDb ?? seat.HearingGainDb,
        IsHeardByAll = HeardByAll ?? seat.IsHeardByAll,
        HearsAll = HearsAll ?? seat.HearsAll,
    };
}
