using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;

namespace Tandem.Scenarios.Peers;

/// <summary>A web server that takes the events of a webhook, and can go away and come back on its port.</summary>
public sealed class EventReceiver : IDisposable
{
    private HttpListener? _listener;

    public EventReceiver()
    {
        Port = FreePorts.Next();
        Start();
    }

    public int Port { get; }

    public string Url => $"http://127.0.0.1:{Port}/events/";

    /// <summary>What was taken, in the order of arrival; the same event may be there more than once.</summary>
    public ConcurrentQueue<ReceivedEvent> All { get; } = new();

    /// <summary>The destination that is answered when a call's way is asked for; null for nothing.</summary>
    public string? Way { get; set; }

    /// <summary>The calls of which an event of a type was taken.</summary>
    public HashSet<string> CallsOf(string type) => All.Where(e => e.Type == type).Select(e => e.Call).ToHashSet();

    public void Start()
    {
        _listener = new HttpListener();
        _listener.Prefixes.Add(Url);
        _listener.Start();
        _ = ListenAsync(_listener);
    }

    public void Stop()
    {
        _listener?.Close();
        _listener = null;
    }

    public void Dispose() => Stop();

    private async Task ListenAsync(HttpListener listener)
    {
        try
        {
            while (true)
            {
                var context = await listener.GetContextAsync();
                var body = await JsonDocument.ParseAsync(context.Request.InputStream);

                // What a menu asks has no type.
                var type = body.RootElement.TryGetProperty("type", out var given) ? given.GetString() ?? "" : "step";
                All.Enqueue(new ReceivedEvent(
                    context.Request.Headers["webhook-id"] ?? "", type, body.RootElement.GetProperty(type is "route" or "step" ? "call" : "callId").GetString() ?? "", context.Request.Headers["traceparent"] ?? ""));
                if (type == "route" && Way is { } way)
                {
                    context.Response.ContentType = "application/json";
                    context.Response.Close(JsonSerializer.SerializeToUtf8Bytes(new { actions = new[] { new { to = way } } }), willBlock: false);
                    continue;
                }

                context.Response.StatusCode = 204;
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException or IOException)
        {
            // It was told to go away.
        }
    }
}

/// <summary>An event of a webhook, the question where a call goes (its type is <c>route</c>), or that of a menu (<c>step</c>).</summary>
/// <param name="Parent">The header <c>traceparent</c>; empty when there was none.</param>
public sealed record ReceivedEvent(string Id, string Type, string Call, string Parent);
