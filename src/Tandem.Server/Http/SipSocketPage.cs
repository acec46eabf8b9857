using System.Net;
using System.Net.WebSockets;
using Tandem.Core.Net;
using Tandem.Server.Metrics;
using Tandem.Server.Options;
using Tandem.Server.Rest;
using Tandem.Sip.Transport;

namespace Tandem.Server.Http;

/// <summary>
/// SIP over WebSocket (RFC 7118) at <c>/sip</c>. It is open without a session, because SIP asks for credentials of its own; but a page
/// of another site may use it only when SIP_WS_ORIGINS lets it (RFC 6455 §10.2).
/// </summary>
public static class SipSocketPage
{
    private const string SubProtocol = "sip";

    public static void Map(WebApplication app) =>

        // HTTP/2 asks with CONNECT (RFC 8441).
        app.MapMethods("/sip", [HttpMethods.Get, HttpMethods.Connect], ServeAsync)
            .WithMetadata(new OpenToAll(), new NotLimited())
            .ExcludeFromDescription();

    private static async Task ServeAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var options = services.GetRequiredService<TandemOptions>();
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.Upgrade = "websocket";
            await ApiAnswer.WriteErrorAsync(context, StatusCodes.Status426UpgradeRequired, "UPGRADE_REQUIRED", "SIP over WebSocket is served here (RFC 7118)");
            return;
        }

        if (!context.WebSockets.WebSocketRequestedProtocols.Contains(SubProtocol))
        {
            services.GetRequiredService<SocketMeter>().Failed();
            await ApiAnswer.WriteErrorAsync(context, StatusCodes.Status400BadRequest, "SUBPROTOCOL_REQUIRED", "The WebSocket sub-protocol must be sip (RFC 7118 section 4.1)");
            return;
        }

        if (!options.Http.SipOrigins.Contains("*") && !RequestOrigin.IsSameSite(context, options.Http.SipOrigins))
        {
            services.GetRequiredService<SocketMeter>().Failed();
            await ApiAnswer.WriteErrorAsync(context, StatusCodes.Status403Forbidden, "ORIGIN_REFUSED", "Pages of this origin may not use SIP here (SIP_WS_ORIGINS)");
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = SubProtocol,
            KeepAliveInterval = options.Http.SipPingInterval,
            KeepAliveTimeout = options.Http.SipPingInterval,
        });
        var connection = context.Connection;
        var meter = services.GetRequiredService<SocketMeter>();
        var time = services.GetRequiredService<TimeProvider>();
        var began = time.GetTimestamp();
        meter.Connected();
        try
        {
            await services.GetRequiredService<SipTransport>().RunWebSocketAsync(
                socket, Address(connection.LocalIpAddress, connection.LocalPort), Address(connection.RemoteIpAddress, connection.RemotePort),
                context.Request.IsHttps, services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        }
        finally
        {
            meter.Disconnected(time.GetElapsedTime(began));
        }
    }

    private static NetAddress Address(IPAddress? address, int port) => NetAddress.From(address ?? IPAddress.None, port);
}
