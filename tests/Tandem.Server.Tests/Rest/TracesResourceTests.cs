using System.Net;
using System.Text;
using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Engine;

namespace Tandem.Server.Rest;

public sealed class TracesResourceTests
{
    private static readonly SipFlow Flow = new(SipTransportKind.Udp, NetAddress.FromV4(0, 5060), NetAddress.FromV4(0xC0000201, 5070));

    [Fact]
    public async Task A_trace_is_json_by_default()
    {
        await using var server = await ApiServer.StartAsync();
        var id = Traced(server);
        var data = (await server.JsonAsync($"/api/v1/calls/{id}/trace")).GetProperty("data");

        Assert.Equal(id, data.GetProperty("callId").GetString());
        Assert.Equal((0, System.Text.Json.JsonValueKind.Null), (data.GetProperty("leftOut").GetInt32(), data.GetProperty("endedAt").ValueKind));
        var entries = data.GetProperty("entries").EnumerateArray().ToList();
        Assert.Equal([("sip", "INVITE"), ("event", "CallCreated")], entries.Select(e => (e.GetProperty("kind").GetString()!, e.GetProperty("name").GetString()!)));
        Assert.Equal(("received", "udp", "192.0.2.1:5070"), (entries[0].GetProperty("direction").GetString(), entries[0].GetProperty("transport").GetString(), entries[0].GetProperty("remote").GetString()));
        Assert.Contains("response=\"xxxxxx\"", entries[0].GetProperty("message").GetString());
        Assert.Equal("100", entries[1].GetProperty("details").GetProperty("caller").GetString());
    }

    [Fact]
    public async Task A_trace_is_a_ladder_or_a_capture_file_when_asked()
    {
        await using var server = await ApiServer.StartAsync();
        var id = Traced(server);
        using var ladder = await server.RawAsync(HttpMethod.Get, $"/api/v1/calls/{id}/trace?format=ladder");
        Assert.Equal("text/plain; charset=utf-8", ladder.Content.Headers.ContentType!.ToString());
        Assert.Contains(" INVITE ", await ladder.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        using var capture = await server.RawAsync(HttpMethod.Get, $"/api/v1/calls/{id}/trace?format=pcap");
        Assert.Equal("application/vnd.tcpdump.pcap", capture.Content.Headers.ContentType!.MediaType);
        Assert.Equal($"{id}.pcap", capture.Content.Headers.ContentDisposition!.FileName);
        Assert.Equal([0xD4, 0xC3, 0xB2, 0xA1], (await capture.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken))[..4]);
    }

    [Fact]
    public async Task What_is_asked_wrongly_is_refused()
    {
        await using var server = await ApiServer.StartAsync();
        Assert.Equal(404, (await server.GetAsync("/api/v1/calls/nothing/trace")).Status);
        var (status, body) = await server.GetAsync($"/api/v1/calls/{Traced(server)}/trace?format=wav");
        Assert.Equal(400, status);
        Assert.Contains("format must be json, ladder or pcap", body);
    }

    private static string Traced(ApiServer server)
    {
        var call = FakeExchange.Call(1, CallState.Ringing);
        server.Traces.Seen(
            SipDirection.Received, Flow,
            Encoding.UTF8.GetBytes($"INVITE sip:101@t SIP/2.0\r\nFrom: <sip:100@t>;tag=1\r\nTo: <sip:101@t>\r\nCall-ID: {call.CallerSipCallId}\r\nAuthorization: Digest response=\"secret\"\r\nCSeq: 1 INVITE\r\n\r\n"), 0, Moment.Zero);
        server.Traces.Publish(new CallCreated(call, call.InitiatedAt));
        return call.Id.Value;
    }
}
