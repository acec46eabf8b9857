using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Tandem.Scenarios.Peers;

/// <summary>The web server of the scenarios: whatever comes, it goes on to take events, so that none is missing for a reason of its own.</summary>
public sealed class EventReceiverTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_no_event_is_refused_and_the_next_one_is_taken()
    {
        using var receiver = new EventReceiver();
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };
        foreach (var body in new[] { "", "{\"type\":\"call.cr", "[]", "{\"type\":7,\"callId\":\"a\"}", "{\"type\":\"call.created\"}", "{\"type\":\"route\"}", "{\"type\":\"call.created\",\"callId\":7}" })
            Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(client, receiver, body));

        // Cut off: the connection ends within the body.
        using (var peer = new System.Net.Sockets.TcpClient())
        {
            await peer.ConnectAsync(IPAddress.Loopback, receiver.Port, Cancellation);
            await peer.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST /events/ HTTP/1.1\r\nHost: 127.0.0.1:{receiver.Port}\r\nContent-Length: 100\r\n\r\n{{\"type\":"), Cancellation);
        }

        Assert.Equal(HttpStatusCode.NoContent, await PostAsync(client, receiver, "{\"type\":\"call.created\",\"callId\":\"a\"}"));
        Assert.Equal(("call.created", "a"), Assert.Single(receiver.All.Select(e => (e.Type, e.Call))));
        receiver.Stop();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await PostAsync(client, receiver, "{}"));
    }

    private static async Task<HttpStatusCode> PostAsync(HttpClient client, EventReceiver receiver, string body)
    {
        using var content = new StringContent(body, new MediaTypeHeaderValue("application/json"));
        using var response = await client.PostAsync(new Uri(receiver.Url), content, Cancellation);
        return response.StatusCode;
    }
}
