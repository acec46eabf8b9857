using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Events.Public;
using Tandem.Calls.Tenants;
using Tandem.Server.Http;
using Tandem.Server.Options;
using Tandem.Server.Webhooks;
using Tandem.Storage;
using Tandem.Storage.Audit;
using Tandem.Storage.Webhooks;

namespace Tandem.Server.Rest;

/// <summary>Where the events of a tenant are sent: <c>/api/v1/webhooks</c>. Deliveries are in <see cref="DeliveriesResource"/>.</summary>
public static class WebhooksResource
{
    private const int LongestDescription = 256;
    private const int MostTypes = 50;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/webhooks", ListAsync).Needs(Permission.WebhooksRead).WithSummary("Webhooks, oldest first");
        api.MapPost("/webhooks", AddAsync).Needs(Permission.WebhooksWrite).Produces<Envelope<NewWebhook>>(201).Produces<Failure>(400).Produces<Failure>(409)
            .WithSummary("Adds a webhook; its secret is in this answer only");
        api.MapGet("/webhooks/event-types", Types).Needs(Permission.WebhooksRead).WithSummary("The types of events that there are");
        api.MapGet("/webhooks/{id}", FindAsync).VersionedBy(VersionAsync).Needs(Permission.WebhooksRead).Produces<Failure>(404).WithSummary("One webhook");
        api.MapPatch("/webhooks/{id}", ChangeAsync).VersionedBy(VersionAsync).Needs(Permission.WebhooksWrite).Produces<Failure>(400).Produces<Failure>(404)
            .WithSummary("Changes what is given; a webhook that is enabled again gets what waits for it");
        api.MapDelete("/webhooks/{id}", DeleteAsync).VersionedBy(VersionAsync).Needs(Permission.WebhooksWrite).Produces<Failure>(404).WithSummary("Removes a webhook and its deliveries");
        api.MapPost("/webhooks/{id}/secret", RotateAsync).VersionedBy(VersionAsync).Needs(Permission.WebhooksWrite).Produces<Failure>(404)
            .WithSummary("Makes a new secret, shown in this answer only; the old one is signed with as well for a day");
        api.MapPost("/webhooks/{id}/test", TestAsync).Needs(Permission.WebhooksWrite).Produces<Envelope<TestDelivery>>(202).Produces<Failure>(404)
            .WithSummary("Sends an event of the type webhook.test");
    }

    private static async Task<Ok<Envelope<List<WebhookView>>>> ListAsync(Identity who, TandemStorage storage, CancellationToken cancellation) =>
        ApiAnswer.Data((await storage.Webhooks.ListAsync(who.Tenant, cancellation)).Select(WebhookView.From).ToList());

    private static Ok<Envelope<IReadOnlyList<string>>> Types() => ApiAnswer.Data(PublicEventTypes.All);

    private static async Task<Results<Ok<Envelope<WebhookView>>, JsonHttpResult<Failure>>> FindAsync(
        Identity who, TandemStorage storage, string id, CancellationToken cancellation) =>
        await storage.Webhooks.FindAsync(who.Tenant, id, cancellation) is { } webhook ? ApiAnswer.Data(WebhookView.From(webhook)) : NotFound();

    private static async Task<Results<JsonHttpResult<Envelope<NewWebhook>>, JsonHttpResult<Failure>>> AddAsync(
        Identity who, TandemStorage storage, AuditLog audit, TandemOptions options, WebhookChange change, CancellationToken cancellation)
    {
        if ((change.Url is null ? "url is missing" : Problem(options, change)) is { } problem)
            return Refuse(problem);

        var webhook = await storage.Webhooks.AddAsync(
            who.Tenant, change.Url!, change.Description ?? "", change.EventTypes ?? ["*"], change.Enabled ?? true, options.Webhooks.MaximumPerTenant, cancellation);
        if (webhook is null)
            return ApiAnswer.Fail(409, "LIMIT_REACHED", $"A tenant may have {options.Webhooks.MaximumPerTenant} webhooks (WEBHOOKS_PER_TENANT)");

        audit.Write(who, "webhook.create", webhook.Id, Describe(webhook));
        return TypedResults.Json(new Envelope<NewWebhook>(true, NewWebhook.From(webhook)), statusCode: 201);
    }

    private static async Task<Results<Ok<Envelope<WebhookView>>, JsonHttpResult<Failure>>> ChangeAsync(
        Identity who, TandemStorage storage, AuditLog audit, TandemOptions options, string id, WebhookChange change, CancellationToken cancellation)
    {
        if (Problem(options, change) is { } problem)
            return Refuse(problem);

        if (await storage.Webhooks.UpdateAsync(who.Tenant, id, change.Url, change.Description, change.EventTypes, change.Enabled, cancellation) is not { } webhook)
            return NotFound();

        audit.Write(who, "webhook.change", id, Describe(webhook));
        return ApiAnswer.Data(WebhookView.From(webhook));
    }

    private static async Task<Results<Ok<Envelope<Done>>, JsonHttpResult<Failure>>> DeleteAsync(
        Identity who, TandemStorage storage, AuditLog audit, string id, CancellationToken cancellation)
    {
        if (!await storage.Webhooks.DeleteAsync(who.Tenant, id, cancellation))
            return NotFound();

        audit.Write(who, "webhook.remove", id);
        return ApiAnswer.Data(new Done("Webhook removed"));
    }

    private static async Task<Results<Ok<Envelope<NewWebhook>>, JsonHttpResult<Failure>>> RotateAsync(
        Identity who, TandemStorage storage, AuditLog audit, TandemOptions options, string id, CancellationToken cancellation)
    {
        if (await storage.Webhooks.RotateAsync(who.Tenant, id, options.Webhooks.SecretOverlap, cancellation) is not { } webhook)
            return NotFound();

        audit.Write(who, "webhook.secret", id);
        return ApiAnswer.Data(NewWebhook.From(webhook));
    }

    private static async Task<Results<JsonHttpResult<Envelope<TestDelivery>>, JsonHttpResult<Failure>>> TestAsync(
        Identity who, TandemStorage storage, AuditLog audit, WebhookDispatcher dispatcher, TimeProvider time, string id, CancellationToken cancellation)
    {
        if (await storage.Webhooks.FindAsync(who.Tenant, id, cancellation) is not { } webhook)
            return NotFound();

        var now = time.GetUtcNow();
        var e = PublicEvents.Test(who.Tenant, $"evt_test_{Guid.NewGuid():N}", webhook.Id, now.ToUnixTimeMilliseconds() * 1_000, now);
        var delivery = await storage.WebhookQueue.AddAsync(webhook, e, now, cancellation);
        dispatcher.Touch(webhook.Id);
        audit.Write(who, "webhook.test", webhook.Id, $"event {e.Id}");
        return TypedResults.Json(new Envelope<TestDelivery>(true, new TestDelivery(delivery, e.Id)), statusCode: 202);
    }

    private static async ValueTask<object?> VersionAsync(HttpContext context, Identity who) =>
        await context.Service<TandemStorage>().Webhooks.FindAsync(who.Tenant, context.Part("id"), context.RequestAborted) is { } webhook ? WebhookView.From(webhook) : null;

    // The host alone: path and query of such an address are often its key.
    private static string Describe(Webhook webhook) =>
        $"to {(Uri.TryCreate(webhook.Url, UriKind.Absolute, out var url) ? url.Host : "")}, events {string.Join(',', webhook.EventTypes)}, enabled {webhook.Enabled}";

    private static string? Problem(TandemOptions options, WebhookChange change)
    {
        if (change.Url is not null && new WebhookTargets(options.Webhooks.AllowPrivate).Problem(change.Url) is { } problem)
            return problem;
        if (change.Description?.Length > LongestDescription)
            return $"description must have at most {LongestDescription} characters";
        if (change.EventTypes is null)
            return null;
        if (change.EventTypes.Count is 0 or > MostTypes)
            return $"eventTypes must hold 1 to {MostTypes} types";

        foreach (var type in change.EventTypes)
        {
            if (type is null || !PublicEventTypes.IsPattern(type))
                return "eventTypes must be *, a group like call.*, or types of GET /api/v1/webhooks/event-types";
        }

        return null;
    }

    private static JsonHttpResult<Failure> Refuse(string problem) => ApiAnswer.Fail(400, "BAD_REQUEST", problem);

    internal static JsonHttpResult<Failure> NotFound() => ApiAnswer.Fail(404, "NOT_FOUND", "No such webhook");
}

/// <summary>What is to be set; what is missing stays as it is, or has its default in a new webhook.</summary>
/// <param name="EventTypes"><c>*</c>, groups like <c>call.*</c>, or types. Default all.</param>
public sealed record WebhookChange(string? Url, string? Description = null, List<string>? EventTypes = null, bool? Enabled = null);

/// <summary>A webhook.</summary>
/// <param name="PreviousSecretUntil">Until when the secret before the last change counts too; null when there is none.</param>
public sealed record WebhookView(
    string Id, string Url, string Description, IReadOnlyList<string> EventTypes, bool Enabled, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt, DateTimeOffset? PreviousSecretUntil)
{
    internal static WebhookView From(Webhook webhook) => new(
        webhook.Id, webhook.Url, webhook.Description, webhook.EventTypes, webhook.Enabled, webhook.CreatedAt, webhook.ChangedAt, webhook.PreviousUntil);
}

/// <summary>A webhook with its secret, which is shown this once.</summary>
public sealed record NewWebhook(
    string Id, string Url, string Description, IReadOnlyList<string> EventTypes, bool Enabled, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt, DateTimeOffset? PreviousSecretUntil,
    string Secret)
{
    internal static NewWebhook From(Webhook webhook) => new(
        webhook.Id, webhook.Url, webhook.Description, webhook.EventTypes, webhook.Enabled, webhook.CreatedAt, webhook.ChangedAt, webhook.PreviousUntil, webhook.Secret?.Reveal() ?? "");
}

/// <summary>A test that is under way.</summary>
/// <param name="EventId">The <c>webhook-id</c> that the receiver sees.</param>
public sealed record TestDelivery(string DeliveryId, string EventId);
