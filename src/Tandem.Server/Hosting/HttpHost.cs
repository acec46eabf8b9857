using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Serilog;
using Tandem.Server.Options;

namespace Tandem.Server.Hosting;

/// <summary>Kestrel and the pages it serves. What is served is in <see cref="HttpPages"/>.</summary>
public sealed class HttpHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HttpHost(WebApplication app, int port)
    {
        _app = app;
        Port = port;
    }

    /// <summary>The port that is bound.</summary>
    public int Port { get; }

    /// <summary>Starts to listen. Requests are answered from here on, whatever the phase of the host.</summary>
    /// <exception cref="StartException">The port cannot be had.</exception>
    public static async Task<HttpHost> StartAsync(ExchangeParts parts, Serilog.ILogger log, CancellationToken cancellation)
    {
        var options = parts.Options;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = "tandem",
            EnvironmentName = options.Server.Environment,
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.Logging.AddSerilog(log);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.Http.MaxBodyBytes;
            kestrel.Limits.MaxConcurrentConnections = options.Http.MaxConnections;
            kestrel.Limits.MaxConcurrentUpgradedConnections = options.Http.MaxConnections;
            var address = IPAddress.Parse(options.Server.ApiHost);
            if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
                kestrel.ListenAnyIP(options.Server.ApiPort);
            else
                kestrel.Listen(address, options.Server.ApiPort);
        });

        // The process decides when it ends (StopSignals), not the web host.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        parts.Register(builder.Services);
        HttpPages.AddServices(builder.Services, options);
        var app = builder.Build();
        HttpPages.Map(app);
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (IOException e) when (Find<SocketException>(e) is { } socket || Find<Microsoft.AspNetCore.Connections.AddressInUseException>(e) is not null)
        {
            await app.DisposeAsync();
            var error = Find<SocketException>(e)?.SocketErrorCode ?? SocketError.AddressAlreadyInUse;
            throw new StartException(StartupChecks.PortProblem("API_PORT", options.Server.ApiHost, options.Server.ApiPort, "TCP", error), e);
        }
        catch (SocketException e)
        {
            await app.DisposeAsync();
            throw new StartException(StartupChecks.PortProblem("API_PORT", options.Server.ApiHost, options.Server.ApiPort, "TCP", e.SocketErrorCode), e);
        }

        return new HttpHost(app, BoundPort(app, options));
    }

    /// <summary>Stops to accept, lets requests in progress end, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _app.StopAsync(soon.Token);
        await _app.DisposeAsync();
    }

    private static int BoundPort(WebApplication app, TandemOptions options)
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        foreach (var address in addresses)
        {
            var colon = address.LastIndexOf(':');
            if (int.TryParse(address.AsSpan(colon + 1), out var port))
                return port;
        }

        return options.Server.ApiPort;
    }

    private static T? Find<T>(Exception? exception)
        where T : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is T found)
                return found;
        }

        return null;
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
