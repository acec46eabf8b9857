using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Tenants;
using Tandem.Server.Http;
using Tandem.Server.Webhooks;
using Tandem.Storage;
using Tandem.Storage.Audit;
using Tandem.Storage.Webhooks;

namespace Tandem.Server.Rest;

/// <summary>What became of events on the way to a webhook: <c>/api/v1/webhooks/{id}/deliveries</c>.</summary>
public static class DeliveriesResource
{
    private const int MaxLimit = 500;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/webhooks/{id}/deliveries", ListAsync).Needs(Permission.WebhooksRead).Produces<Failure>(400).Produces<Failure>(404).WithSummary("Deliveries, newest event first");
        api.MapGet("/webhooks/{id}/deliveries/{deliveryId}", FindAsync).Needs(Permission.WebhooksRead).Produces<Failure>(404).WithSummary("One delivery with the event that it carries");
        api.MapPost("/webhooks/{id}/deliveries/{deliveryId}/replay", ReplayAsync).Needs(Permission.WebhooksWrite).Produces<Failure>(404)
            .WithSummary("Sends a delivery that is over once more");
        api.MapPost("/webhooks/{id}/replay", ReplayDeadAsync).Needs(Permission.WebhooksWrite).Produces<Failure>(404).WithSummary("Sends all dead letters once more");
    }

    private static async Task<Results<Ok<Envelope<DeliveryPage>>, JsonHttpResult<Failure>>> ListAsync(
        Identity who, TandemStorage storage, string id, CancellationToken cancellation, string? state, string? callId, int? limit, string? cursor)
    {
        if (limit is < 1 or > MaxLimit)
            return ApiAnswer.Fail(400, "BAD_REQUEST", $"limit must be 1 to {MaxLimit}");

        DeliveryState? wanted = null;
        if (state is not null)
        {
            if (!Enum.TryParse<DeliveryState>(state, ignoreCase: true, out var known) || char.IsAsciiDigit(state.FirstOrDefault()) || !Enum.IsDefined(known))
                return ApiAnswer.Fail(400, "BAD_REQUEST", "state must be PENDING, WAITING, DELIVERED or DEAD");
            wanted = known;
        }

        (long, string)? after = null;
        if (cursor is not null && (after = PageCursor.Read(cursor)) is null)
            return ApiAnswer.Fail(400, "BAD_REQUEST", "cursor must be the nextCursor of a page before");
        if (await storage.Webhooks.FindAsync(who.Tenant, id, cancellation) is null)
            return WebhooksResource.NotFound();

        // One more than asked for tells whether there is another page.
        var count = limit ?? 50;
        var found = await storage.Deliveries.ListAsync(who.Tenant, id, new DeliveryFilter(wanted, callId, after, count + 1), cancellation);
        var page = found.Take(count).ToList();
        var counts = await storage.Deliveries.CountAsync(who.Tenant, id, cancellation);
        return ApiAnswer.Data(new DeliveryPage(
            page.Select(DeliveryView.From).ToList(),
            Enum.GetValues<DeliveryState>().ToDictionary(CallText.Word, value => counts.GetValueOrDefault(value)),
            found.Count > count ? PageCursor.Write(page[^1].Sequence, page[^1].Id) : null));
    }

    private static async Task<Results<Ok<Envelope<DeliveryDetail>>, JsonHttpResult<Failure>>> FindAsync(
        Identity who, TandemStorage storage, string id, string deliveryId, CancellationToken cancellation) =>
        await storage.Deliveries.FindAsync(who.Tenant, id, deliveryId, cancellation) is { } delivery
            ? ApiAnswer.Data(new DeliveryDetail(DeliveryView.From(delivery), JsonNode.Parse(delivery.Body)))
            : NotFound();

    private static async Task<Results<Ok<Envelope<Done>>, JsonHttpResult<Failure>>> ReplayAsync(
        Identity who, TandemStorage storage, AuditLog audit, WebhookDispatcher dispatcher, string id, string deliveryId, CancellationToken cancellation)
    {
        if (!await storage.Deliveries.ReplayAsync(who.Tenant, id, deliveryId, cancellation))
            return NotFound();

        dispatcher.Touch(id);
        audit.Write(who, "delivery.replay", deliveryId, $"webhook {id}");
        return ApiAnswer.Data(new Done("The delivery is made once more"));
    }

    private static async Task<Results<Ok<Envelope<ReplayCount>>, JsonHttpResult<Failure>>> ReplayDeadAsync(
        Identity who, TandemStorage storage, AuditLog audit, WebhookDispatcher dispatcher, string id, CancellationToken cancellation)
    {
        if (await storage.Webhooks.FindAsync(who.Tenant, id, cancellation) is null)
            return WebhooksResource.NotFound();

        var replayed = await storage.Deliveries.ReplayDeadAsync(who.Tenant, id, cancellation);
        dispatcher.Touch(id);
        audit.Write(who, "webhook.replay", id, $"{replayed} dead letters");
        return ApiAnswer.Data(new ReplayCount(replayed));
    }

    private static JsonHttpResult<Failure> NotFound() => ApiAnswer.Fail(404, "NOT_FOUND", "No such delivery, or it is not over yet");
}

/// <summary>A page of deliveries, how many there are in each state, and where the next page begins; null at the end.</summary>
public sealed record DeliveryPage(List<DeliveryView> Deliveries, Dictionary<string, long> Counts, string? NextCursor);

/// <summary>One event on its way.</summary>
/// <param name="State"><c>PENDING</c>, <c>WAITING</c> (for an earlier event of its call), <c>DELIVERED</c> or <c>DEAD</c>.</param>
/// <param name="NextAttemptAt">When it is tried next; null unless it is pending.</param>
/// <param name="LastStatus">The HTTP status of the last attempt; null when there was no answer.</param>
public sealed record DeliveryView(
    string Id, string EventId, string EventType, string? CallId, string State, int Attempts, DateTimeOffset CreatedAt, DateTimeOffset? NextAttemptAt, DateTimeOffset? FinishedAt,
    int? LastStatus, string LastError)
{
    internal static DeliveryView From(WebhookDelivery delivery) => new(
        delivery.Id, delivery.EventId, delivery.EventType, delivery.CallId.Length > 0 ? delivery.CallId : null, CallText.Word(delivery.State), delivery.Attempts, delivery.CreatedAt,
        delivery.State == DeliveryState.Pending ? delivery.NextAttemptAt : null, delivery.FinishedAt, delivery.LastStatus > 0 ? delivery.LastStatus : null, delivery.LastError);
}

/// <summary>A delivery and the event.</summary>
public sealed record DeliveryDetail(DeliveryView Delivery, JsonNode? Event);

/// <summary>How many are sent once more.</summary>
public sealed record ReplayCount(int Replayed);
