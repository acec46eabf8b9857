using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Calls.Origination;
using Tandem.Calls.Rooms;
using Tandem.Calls.Routing;
using Tandem.Calls.Tenants;
using Tandem.Server.Http;
using Tandem.Server.Rest.Commands;
using Tandem.Storage.Audit;

namespace Tandem.Server.Rest;

/// <summary>Calls somebody for a room: <c>/api/v1/rooms/{name}/dial</c>. Who answers is in it.</summary>
public static class RoomDialResource
{
    private const int LongestRing = 300;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/rooms/{name}/dial", DialAsync).Needs(Permission.RoomsControl).Produces<Envelope<RoomDialed>>(201).Produces<FieldFailure>(400).Produces<Failure>(503)
            .WithSummary("Rings a number; who answers is in the room");
        api.MapGet("/rooms/{name}/dial", List).Needs(Permission.CallsRead).Produces<Failure>(404).WithSummary("Who is rung for a room");
    }

    private static Results<Ok<Envelope<List<RoomDialState>>>, JsonHttpResult<Failure>> List(Identity who, RoomTable rooms, string name)
    {
        var key = new RoomKey(who.Tenant, name);
        var dials = rooms.DialsOf(key);
        return dials.Count > 0 || rooms.Find(key) is not null
            ? ApiAnswer.Data(dials.Select(RoomDialState.From).ToList())
            : ApiAnswer.Fail(404, "NOT_FOUND", "Nobody is in such a room, and nobody is rung for it");
    }

    private static async Task<IResult> DialAsync(Identity who, IExchangeView exchange, AuditLog audit, string name, RoomDialBody body)
    {
        if (!RoomDefinition.IsName(name))
            return ApiAnswer.Invalid("name", "1 to 16 digits");
        if (!Destination.TryParse(body.To, out var to, out var wrong))
            return ApiAnswer.Invalid("to", wrong);
        if (body.Role is not null && RoomText.Role(body.Role) is null)
            return ApiAnswer.Invalid("role", RoomText.Roles);
        if (body.Name is { Length: > RoomGuest.LongestName } || body.Name?.Any(char.IsControl) == true)
            return ApiAnswer.Invalid("name", $"up to {RoomGuest.LongestName} characters");
        if (body.RingSeconds is < 1 or > LongestRing)
            return ApiAnswer.Invalid("ringSeconds", $"1 to {LongestRing}");

        var order = new RoomDialOrder(to, to.AsNumber())
        {
            Guest = new RoomGuest(RoomText.Role(body.Role) ?? RoomRole.Participant, body.Muted, body.Name ?? ""),
            RingTime = body.RingSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        };
        var reply = await exchange.DialAsync(new RoomKey(who.Tenant, name), order);
        if (reply.Result != CommandResult.Begun || reply.Call is not { } call)
            return ApiAnswer.Fail(503, "REFUSED", reply.Text);

        audit.Write(who, "room.dial", name, $"{to} as {RoomText.Of(order.Guest.Role)}");
        return ApiAnswer.Made($"/api/v1/calls/{call.Id}", new RoomDialed(call.Id.Value, reply.CommandId, name, order.Number, RoomText.Of(order.Guest.Role)));
    }
}

/// <summary>Whom to call for a room.</summary>
/// <param name="To">A number as a phone of the tenant would dial it, or a destination that can be rung.</param>
/// <param name="Role"><c>listener</c>, <c>participant</c> (where nothing is said), <c>moderator</c> or <c>admin</c>.</param>
/// <param name="Muted">He is muted at first.</param>
/// <param name="Name">How the others know him.</param>
/// <param name="RingSeconds">How long it may ring; as ROOM_DIAL_TIME says where nothing is said.</param>
public sealed record RoomDialBody(string? To = null, string? Role = null, bool Muted = false, string? Name = null, double? RingSeconds = null);

/// <summary>Somebody is being called for a room.</summary>
/// <param name="Id">The call.</param>
/// <param name="CommandId">Names the order in the events <c>conference.dial</c> and <c>call.command</c>.</param>
public sealed record RoomDialed(string Id, string CommandId, string Room, string Number, string Role);

/// <summary>Somebody who is rung for a room.</summary>
/// <param name="CallId">The call that rings; <c>hangup</c> of it stops the ringing.</param>
public sealed record RoomDialState(string? CallId, string CommandId, string Number, string Role, bool Muted, string Name, DateTimeOffset Since)
{
    internal static RoomDialState From(RoomDial dial) =>
        new(dial.Call?.Value, dial.CommandId, dial.Number, RoomText.Of(dial.Guest.Role), dial.Guest.IsMuted, dial.Guest.Name, dial.At);
}
