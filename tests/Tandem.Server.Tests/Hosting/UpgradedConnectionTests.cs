using System.Net.WebSockets;

namespace Tandem.Server.Hosting;

public sealed class UpgradedConnectionTests
{
    // SIP over WebSocket and clients of events have limits of their own.
    [Fact]
    public async Task Clients_of_events_take_no_place_of_telephones()
    {
        await using var running = await RunningExchange.StartAsync(options => options with { SipTransport = options.SipTransport with { MaxConnections = 1 } });
        using var first = await OpenAsync(running, "/api/v1/events");
        using var second = await OpenAsync(running, "/api/v1/events");
        using var phone = await OpenAsync(running, "/sip", "sip");
        Assert.Equal((WebSocketState.Open, WebSocketState.Open, WebSocketState.Open), (first.State, second.State, phone.State));
    }

    private static async Task<ClientWebSocket> OpenAsync(RunningExchange running, string path, string? protocol = null)
    {
        var socket = new ClientWebSocket();
        if (protocol is not null)
            socket.Options.AddSubProtocol(protocol);
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{running.Host.Report.HttpPort}{path}"), TestContext.Current.CancellationToken);
        return socket;
    }
}
