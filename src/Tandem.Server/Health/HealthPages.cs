using System.Data.Common;
using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Calls.Tenants;
using Tandem.Server.Cli;
using Tandem.Server.Hosting;
using Tandem.Server.Http;
using Tandem.Server.Options;
using Tandem.Server.Rest;
using Tandem.Storage;

namespace Tandem.Server.Health;

/// <summary>The health pages, in the shapes of document 3. All but the detailed one are open, and none counts for the rate limit.</summary>
public static class HealthPages
{
    private const string Service = "telephony-gateway";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static void Map(WebApplication app)
    {
        var health = app.MapGroup("/health").WithTags("health").WithMetadata(new NotLimited());
        health.MapGet("", Basic).WithMetadata(new OpenToAll()).WithSummary("The process answers");
        health.MapGet("/live", Live).WithMetadata(new OpenToAll()).WithSummary("The process need not be restarted");
        health.MapGet("/ready", Ready).WithMetadata(new OpenToAll()).Produces<ProbeAnswer>().Produces<ProbeAnswer>(503).WithSummary("New calls are taken");
        health.MapGet("/detailed", DetailedAsync).WithMetadata(new OpenToLoopback()).Needs(Permission.SystemRead).Produces<DetailedAnswer>().Produces<DetailedAnswer>(503).WithSummary("The parts one by one; 503 when one fails");
    }

    private static string VersionOf(TandemOptions options) => options.Server.AppVersion.Length > 0 ? options.Server.AppVersion : VersionCommand.Version;

    private static Ok<HealthAnswer> Basic(TandemOptions options, TimeProvider time) =>
        TypedResults.Ok(new HealthAnswer("ok", time.GetUtcNow(), Service, VersionOf(options)));

    private static Ok<ProbeAnswer> Live(TimeProvider time) =>
        TypedResults.Ok(new ProbeAnswer("alive", time.GetUtcNow(), "The process answers"));

    private static JsonHttpResult<ProbeAnswer> Ready(HostState state, TimeProvider time) => state.IsReady
        ? TypedResults.Json(new ProbeAnswer("ready", time.GetUtcNow(), "New calls are taken"), statusCode: 200)
        : TypedResults.Json(new ProbeAnswer("not ready", time.GetUtcNow(), $"The exchange is {state.Phase.ToString().ToLowerInvariant()}"), statusCode: 503);

    private static async Task<JsonHttpResult<DetailedAnswer>> DetailedAsync(
        HostState state, TandemStorage storage, IExchangeView exchange, ClusterPresence cluster, IEnumerable<IHealthProbe> probes, TandemOptions options, TimeProvider time, CancellationToken cancellation)
    {
        var checks = new Dictionary<string, HealthCheck>
        {
            ["database"] = await DatabaseAsync(storage, time, cancellation),
            ["redis"] = RedisHealth.Of(cluster),
            ["callManager"] = state.IsReady
                ? new HealthCheck("ok", $"{exchange.Gauges().Calls} calls in progress")
                : new HealthCheck("error", $"the exchange is {state.Phase.ToString().ToLowerInvariant()}"),
        };
        foreach (var probe in probes)
            checks[probe.Name] = await ProbeAsync(probe, time, cancellation);

        var isOk = checks.Values.All(check => check.Status == "ok");
        return TypedResults.Json(
            new DetailedAnswer(isOk ? "ok" : "error", time.GetUtcNow(), Service, VersionOf(options), checks), statusCode: isOk ? 200 : 503);
    }

    private static async Task<HealthCheck> ProbeAsync(IHealthProbe probe, TimeProvider time, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            return await probe.CheckAsync(patience.Token);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            return new HealthCheck("error", e is OperationCanceledException ? "no answer in time" : $"the check failed: {e.GetType().Name}");
        }
    }

    private static async Task<HealthCheck> DatabaseAsync(TandemStorage storage, TimeProvider time, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            await storage.Database.PingAsync(patience.Token);
        }
        catch (Exception e) when (e is DbException or IOException or TimeoutException or InvalidOperationException
            || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return new HealthCheck("error", "the database does not answer");
        }

        var writer = storage.Writer.Statistics();
        return writer.IsAway
            ? new HealthCheck("error", $"the database takes no writes; {writer.QueueLength + writer.Spilled} wait")
            : new HealthCheck("ok", storage.Database.Dialect);
    }
}
