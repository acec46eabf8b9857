using Tandem.Server.Health;
using Tandem.Server.Http;
using Tandem.Server.Metrics;
using Tandem.Server.Options;
using Tandem.Server.Rest;

namespace Tandem.Server.Hosting;

/// <summary>What the HTTP port serves. Each part of the API adds its services and its routes here, and nowhere else.</summary>
public static class HttpPages
{
    /// <summary>Services beyond those of <see cref="ExchangeParts.Register"/>.</summary>
    public static void AddServices(IServiceCollection services, TandemOptions options)
    {
        services.AddSingleton<IExchangeView, ExchangeView>();
        services.AddSingleton<IMetricSource>(parts => parts.GetRequiredService<ExchangeParts>().Calls);
        services.AddSingleton<IMetricSource, ExchangeMetrics>();
        services.AddSingleton<IMetricSource, PlatformMetrics>();
        services.AddSingleton<IHealthProbe, DiskProbe>();
        services.AddSingleton<IHealthProbe, SipProbe>();
        services.AddSingleton<IHealthProbe, MediaProbe>();
        ApiSetup.AddServices(services, options);
    }

    /// <summary>Middleware and routes, in the order in which a request passes them.</summary>
    public static void Map(WebApplication app) => ApiSetup.Map(app);
}
