using System.Text;
using Tandem.Calls.Tenants;
using Tandem.Server.Http;
using Tandem.Server.Options;

namespace Tandem.Server.Metrics;

/// <summary><c>/metrics</c> in the text format of Prometheus: for this machine, for the networks of METRICS_OPEN, and for who may read the system.</summary>
public static class MetricsPage
{
    /// <summary>The sources that need nothing of the running exchange.</summary>
    public static void AddServices(IServiceCollection services)
    {
        services.AddSingleton<HttpMeter>();
        services.AddSingleton<SocketMeter>();
        services.AddSingleton<IMetricSource>(parts => parts.GetRequiredService<HttpMeter>());
        services.AddSingleton<IMetricSource>(parts => parts.GetRequiredService<SocketMeter>());
        services.AddSingleton<IMetricSource, ProcessMetrics>();
    }

    public static void Map(WebApplication app)
    {
        var options = app.Services.GetRequiredService<TandemOptions>();
        app.MapGet("/metrics", Read).WithTags("metrics").Needs(Permission.SystemRead)
            .WithMetadata(new OpenToLoopback(), new OpenToPrefixes(options.Metrics.Open), new NotLimited())
            .Produces<string>(200, "text/plain").WithSummary("All numbers in the text format of Prometheus");
    }

    private static IResult Read(IEnumerable<IMetricSource> sources)
    {
        var page = new PrometheusWriter();
        foreach (var source in sources)
            source.Write(page);
        return TypedResults.Bytes(Encoding.UTF8.GetBytes(page.ToString()), PrometheusWriter.MediaType);
    }
}
