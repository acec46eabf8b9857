using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Serilog;
using Tandem.Server.Logging;
using Tandem.Server.Metrics;
using Tandem.Server.Options;

namespace Tandem.Server.Hosting;

/// <summary>Kestrel and the pages it serves. What is served is in <see cref="HttpPages"/>.</summary>
public sealed class HttpHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HttpHost(WebApplication app, int port, int? securePort)
    {
        _app = app;
        Port = port;
        SecurePort = securePort;
    }

    /// <summary>The port that is bound.</summary>
    public int Port { get; }

    /// <summary>The port of HTTPS that is bound; null when it is not served.</summary>
    public int? SecurePort { get; }

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
        var isSecure = options.Server.HttpsPort >= 0;
        if (isSecure && options.Server.HttpsPort > 0 && StartupChecks.HttpsProblem(options.Server) is { } problem)
        {
            log.ForContext("component", LogComponents.Api).Warning("HTTPS is not served: {Why:l}", problem);
            isSecure = false;
        }

        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.Http.MaxBodyBytes;
            kestrel.Limits.MaxConcurrentConnections = options.Http.MaxConnections;

            // What is upgraded is SIP over WebSocket, and clients of events: each has limits of its own, and none takes a place of the other.
            kestrel.Limits.MaxConcurrentUpgradedConnections = (long)options.SipTransport.MaxConnections + options.Streams.MaxClients + options.Sounds.MaxClients;
            var address = IPAddress.Parse(options.Server.ApiHost);
            Listen(kestrel, address, options.Server.ApiPort, static _ => { });
            if (isSecure)
                Listen(kestrel, address, options.Server.HttpsPort, listen => Secure(listen, parts));
        });

        // The process decides when it ends (StopSignals), not the web host.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        parts.Register(builder.Services);
        HttpPages.AddServices(builder.Services, options);
        var app = builder.Build();
        HttpPages.Map(app);
        if (parts.Otlp is { } otlp)
            otlp.Sources = app.Services.GetServices<IMetricSource>();

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

        return new HttpHost(app, BoundPort(app, "http://") ?? options.Server.ApiPort, BoundPort(app, "https://"));
    }

    /// <summary>Stops to accept, lets requests in progress end, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _app.StopAsync(soon.Token);
        await _app.DisposeAsync();
    }

    private static void Listen(KestrelServerOptions kestrel, IPAddress address, int port, Action<ListenOptions> configure)
    {
        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            kestrel.ListenAnyIP(port, configure);
        else
            kestrel.Listen(address, port, configure);
    }

    private static void Secure(ListenOptions listen, ExchangeParts parts) => listen.UseHttps(new TlsHandshakeCallbackOptions
    {
        HandshakeTimeout = parts.Options.SipTransport.Tls.HandshakeTimeout,

        // Asked at each handshake: a replaced certificate is in force at once.
        OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = parts.Certificates.Tls.Own,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            AllowRenegotiation = false,
        }),
    });

    private static int? BoundPort(WebApplication app, string scheme)
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        foreach (var address in addresses)
        {
            var colon = address.LastIndexOf(':');
            if (address.StartsWith(scheme, StringComparison.Ordinal) && int.TryParse(address.AsSpan(colon + 1), out var port))
                return port;
        }

        return null;
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
