using System.Net;
using System.Net.Sockets;
using System.Text;
using Tandem.Core.Net;
using Tandem.Server.Hosting;
using Tandem.Server.Options;
using Tandem.Server.Rest;

namespace Tandem.Server.Metrics;

public class MetricsPageTests
{
    [Fact]
    public async Task The_page_is_what_prometheus_reads_and_has_document_3s_families()
    {
        await using var exchange = await RunningExchange.StartAsync();
        await AskAsync(exchange.Host.Report.SipPort);
        await exchange.GetAsync("/api/v1/rooms");

        // A request is counted a moment after its answer has gone out.
        const string asked = "sip_requests_total{service=\"telephony-gateway\",method=\"OPTIONS\",status=\"success\"}";
        const string listed = "http_requests_total{service=\"telephony-gateway\",method=\"GET\",endpoint=\"/rooms\",status_code=\"200\"}";
        await Webhooks.Until.TrueAsync(async () => await exchange.GetAsync("/metrics") is var page && page.Contains(asked, StringComparison.Ordinal) && page.Contains(listed, StringComparison.Ordinal));
        using var response = await exchange.Client.GetAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        var text = new MetricsText(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        // compatibility.md §3.3: name, type, labels besides service.
        (string Name, string Type, string[] Labels)[] families =
        [
            ("http_requests_total", "counter", ["endpoint", "method", "status_code"]),
            ("http_request_duration_seconds", "histogram", ["endpoint", "method"]),
            ("calls_total", "counter", ["direction", "status"]),
            ("call_duration_seconds", "histogram", ["direction"]),
            ("active_calls", "gauge", []),
            ("sip_requests_total", "counter", ["method", "status"]),
            ("sip_request_duration_seconds", "histogram", ["method"]),
            ("webrtc_connections_total", "counter", ["status"]),
            ("webrtc_connection_duration_seconds", "histogram", []),
            ("active_webrtc_connections", "gauge", []),
            ("errors_total", "counter", ["error_type"]),
            ("memory_usage_bytes", "gauge", []),
            ("cpu_usage_percent", "gauge", []),
        ];
        foreach (var (name, type, labels) in families)
        {
            Assert.Equal((name, type), (name, text.Types[name]));
            Assert.Equal(labels, text.Labels(name));
        }

        Assert.All(text.Samples, sample => Assert.Contains("{service=\"telephony-gateway\"", sample));
        Assert.Equal((1, 1), (text[asked], text[listed]));
        Assert.True(text["process_resident_memory_bytes{service=\"telephony-gateway\"}"] > 1 << 20);
    }

    [Fact]
    public async Task Who_may_read_the_system_reads_the_page_and_nobody_else_does()
    {
        await using var server = await ApiServer.StartAsync(ApiServer.Production);
        Assert.Equal(200, (await server.GetAsync("/metrics")).Status);

        // A name that is not this machine's: a page that leads a browser here by DNS.
        Assert.Equal(401, (await server.GetAsync("/metrics", ("Host", "evil.example"))).Status);

        NetPrefix.TryParse("127.0.0.0/8", out var here);
        await using var open = await ApiServer.StartAsync(options => ApiServer.Production(options) with { Metrics = new MetricsOptions { Open = [here] } });
        Assert.Equal(200, (await open.GetAsync("/metrics", ("Host", "metrics.example"))).Status);
        Assert.Equal(401, (await open.GetAsync("/api/statistics", ("Host", "metrics.example"))).Status);
    }

    // A request that the exchange answers by a transaction.
    private static async Task AskAsync(int port)
    {
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var own = ((IPEndPoint)socket.Client.LocalEndPoint!).Port;
        var request = $"OPTIONS sip:127.0.0.1:{port} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{own};branch=z9hG4bKmetrics;rport\r\nMax-Forwards: 70\r\nFrom: <sip:a@127.0.0.1>;tag=1\r\nTo: <sip:127.0.0.1>\r\nCall-ID: metrics\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
        await socket.SendAsync(Encoding.ASCII.GetBytes(request), new IPEndPoint(IPAddress.Loopback, port), TestContext.Current.CancellationToken);
        var answer = await socket.ReceiveAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("SIP/2.0 ", Encoding.ASCII.GetString(answer.Buffer));
    }
}
