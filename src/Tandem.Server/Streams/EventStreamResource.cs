using Tandem.Calls.Tenants;
using Tandem.Server.Http;
using Tandem.Server.Options;
using Tandem.Server.Rest;
using Tandem.Storage;

namespace Tandem.Server.Streams;

/// <summary>The events of a tenant over WebSocket: <c>/api/v1/events</c>.</summary>
public static class EventStreamResource
{
    /// <summary>The sub-protocol, for clients that have to name one to bring their token along.</summary>
    public const string SubProtocol = "tandem-events";

    public static void AddServices(IServiceCollection services, TandemOptions options)
    {
        services.AddSingleton(parts => new EventHub(options.Streams, parts.GetRequiredService<TandemStorage>(), parts.GetRequiredService<TimeProvider>()));
        services.AddSingleton<Metrics.IMetricSource>(parts => parts.GetRequiredService<EventHub>());
    }

    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/events", FollowAsync).Needs(Permission.EventsRead).WithMetadata(new TokenInProtocol())
            .Produces(101).Produces<FieldFailure>(400).Produces<Failure>(409).Produces<Failure>(426).Produces<Failure>(503)
            .WithSummary("Events as they happen, over WebSocket, and those since a number");

    private static async Task FollowAsync(
        HttpContext context, Identity who, EventHub hub, TandemStorage storage, TimeProvider time, IHostApplicationLifetime life,
        string? types, string? call, string? extension, long? after)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.Upgrade = "websocket";
            await ApiAnswer.WriteErrorAsync(context, StatusCodes.Status426UpgradeRequired, "UPGRADE_REQUIRED", "Events are served over WebSocket");
            return;
        }

        var filter = StreamFilter.Read(types, call, extension, out var problem);
        if (after is < 0)
            problem = new FieldProblem("after", "the sequence of the last event that you have");
        if (filter is null || problem is not null)
        {
            await ApiAnswer.Invalid(problem!).ExecuteAsync(context);
            return;
        }

        // What asks for nothing yet must not cost a place: the numbers are looked at first.
        if (after > await Task.Run(() => storage.Streams.Last(who.Tenant)))
        {
            await ApiAnswer.WriteErrorAsync(context, StatusCodes.Status409Conflict, "AHEAD", "The stream has not come so far: it is another one than you followed");
            return;
        }

        await ServeAsync(context, who, hub, storage, time, life.ApplicationStopping, filter, after);
    }

    private static async Task ServeAsync(
        HttpContext context, Identity who, EventHub hub, TandemStorage storage, TimeProvider time, CancellationToken stopping, StreamFilter filter, long? after)
    {
        if (await Task.Run(() => hub.Join(who.Tenant)) is not { } tail)
        {
            await ApiAnswer.WriteErrorAsync(context, StatusCodes.Status503ServiceUnavailable, "TOO_MANY", "Too many follow events now");
            return;
        }

        StreamFollower? follower = null;
        try
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
            {
                SubProtocol = context.WebSockets.WebSocketRequestedProtocols.Contains(SubProtocol) ? SubProtocol : null,
                KeepAliveInterval = hub.Options.PingInterval,
                KeepAliveTimeout = hub.Options.PingInterval,
            });
            follower = new StreamFollower(hub, storage, socket, filter, time);
            hub.Serve(follower);
            await follower.RunAsync(tail, after, () => IdentityCheck.IsGoodAsync(context, who, storage), stopping);
        }
        finally
        {
            hub.Leave(tail, follower);
        }
    }
}
