using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Parking;
using Tandem.Calls.Tenants;
using Tandem.Server.Http;

namespace Tandem.Server.Rest;

/// <summary>The calls that are parked: <c>/api/v1/parking</c>.</summary>
public static class ParkingResource
{
    public static void Map(RouteGroupBuilder api) => api.MapGet("/parking", List).Needs(Permission.CallsRead).WithSummary("Parked calls by slot");

    private static Ok<Envelope<List<ParkedView>>> List(Identity who, IExchangeView exchange) => ApiAnswer.Data(exchange.Parked(who.Tenant).Select(ParkedView.From).ToList());
}

/// <summary>A call that waits in a slot.</summary>
/// <param name="Slot">The number that retrieves it.</param>
/// <param name="CallId">The call.</param>
/// <param name="Number">Who is parked.</param>
/// <param name="ParkedBy">The number that parked; null when no phone did.</param>
/// <param name="ParkedAt">Since when.</param>
/// <param name="Until">When it goes back to who parked it.</param>
public sealed record ParkedView(string Slot, string CallId, string Number, string? ParkedBy, DateTimeOffset ParkedAt, DateTimeOffset Until)
{
    internal static ParkedView From(ParkedCall parked) =>
        new(parked.Slot, parked.Call.Value, parked.Number, parked.ParkedBy.Length > 0 ? parked.ParkedBy : null, parked.At, parked.Until);
}
