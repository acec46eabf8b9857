using Tandem.Calls.Calls;
using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Server.Http;
using Tandem.Server.Options;
using Tandem.Server.Rest;
using Tandem.Storage;
using Tandem.Storage.Audit;

namespace Tandem.Server.Streams;

/// <summary>The sound of a call in progress over WebSocket: <c>/api/v1/calls/{id}/audio</c>.</summary>
public static class SoundStreamResource
{
    /// <summary>The sub-protocol, for clients that have to name one to bring their token along.</summary>
    public const string SubProtocol = "tandem-audio";

    private const int FramesPerSecond = 50;

    public static void AddServices(IServiceCollection services, TandemOptions options)
    {
        services.AddSingleton(new SoundStreams(options.Sounds));
        services.AddSingleton<Metrics.IMetricSource>(parts => parts.GetRequiredService<SoundStreams>());
    }

    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/calls/{id}/audio", FollowAsync).Needs(Permission.MonitorCalls).WithMetadata(new TokenInProtocol())
            .Produces(101).Produces<Failure>(404).Produces<Failure>(409).Produces<Failure>(426).Produces<Failure>(503)
            .WithSummary("The sound of a call in progress as it is heard, over WebSocket");

    private static async Task FollowAsync(
        HttpContext context, Identity who, IExchangeView exchange, SoundStreams streams, TandemStorage storage, AuditLog audit, TimeProvider time, IHostApplicationLifetime life, string id)
    {
        if (!exchange.ActiveCalls(who.Tenant).Any(call => call.Id.Value == id))
        {
            await ApiAnswer.WriteErrorAsync(context, StatusCodes.Status404NotFound, "NOT_FOUND", "No such call in progress");
            return;
        }

        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.Upgrade = "websocket";
            await ApiAnswer.WriteErrorAsync(context, StatusCodes.Status426UpgradeRequired, "UPGRADE_REQUIRED", "Sound is served over WebSocket");
            return;
        }

        if (!streams.TryJoin())
        {
            await ApiAnswer.WriteErrorAsync(context, StatusCodes.Status503ServiceUnavailable, "TOO_MANY", "Too many hear calls now");
            return;
        }

        ISoundFork? fork = null;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, life.ApplicationStopping);
        try
        {
            var reply = await exchange.ForkAsync(who.Tenant, new CallId(id), (int)(streams.Options.Buffer.TotalSeconds * FramesPerSecond));
            fork = reply?.Fork;
            if (reply is null)
                await ApiAnswer.WriteErrorAsync(context, StatusCodes.Status404NotFound, "NOT_FOUND", "No such call in progress");
            else if (fork is null)
                await ApiAnswer.WriteErrorAsync(context, StatusCodes.Status409Conflict, "WRONG_STATE", "The call has no sound yet");
            else if (!await fork.Begun.WaitAsync(ended.Token))
                await RefuseAsync(context, exchange, who, id);
            else
                await ServeAsync(context, who, streams, storage, audit, time, life.ApplicationStopping, id, fork);
        }
        catch (OperationCanceledException) when (life.ApplicationStopping.IsCancellationRequested && !context.Response.HasStarted)
        {
            await ApiAnswer.WriteErrorAsync(context, StatusCodes.Status503ServiceUnavailable, "UNAVAILABLE", "The exchange is being stopped");
        }
        finally
        {
            fork?.Stop();
            streams.Leave();
        }
    }

    // It was over in that moment, or it is heard by as many as may.
    private static Task RefuseAsync(HttpContext context, IExchangeView exchange, Identity who, string id) => exchange.ActiveCalls(who.Tenant).Any(call => call.Id.Value == id)
        ? ApiAnswer.WriteErrorAsync(context, StatusCodes.Status503ServiceUnavailable, "TOO_MANY", "Too many hear this call now")
        : ApiAnswer.WriteErrorAsync(context, StatusCodes.Status404NotFound, "NOT_FOUND", "No such call in progress");

    private static async Task ServeAsync(
        HttpContext context, Identity who, SoundStreams streams, TandemStorage storage, AuditLog audit, TimeProvider time, CancellationToken stopping, string id, ISoundFork fork)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = context.WebSockets.WebSocketRequestedProtocols.Contains(SubProtocol) ? SubProtocol : null,
            KeepAliveInterval = streams.Options.CheckInterval,
            KeepAliveTimeout = streams.Options.CheckInterval,
        });
        audit.Write(who, "call.audio", id);
        await new SoundFollower(streams, fork, socket, time).RunAsync(() => IdentityCheck.IsGoodAsync(context, who, storage, Permission.MonitorCalls), stopping);
    }
}
