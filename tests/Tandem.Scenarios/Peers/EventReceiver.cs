using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;

namespace Tandem.Scenarios.Peers;

/// <summary>
/// A web server that takes the events of a webhook, and can go out of service and come back. It keeps its port meanwhile: a listener that is closed may answer
/// a request that nobody has read with 200, and the event would count as taken.
/// </summary>
public sealed class EventReceiver : IDisposable
{
    private readonly HttpListener _listener = new();
    private volatile bool _isAway;

    public EventReceiver()
    {
        Port = FreePorts.Next();
        _listener.Prefixes.Add(Url);
        _listener.Start();
        _ = ListenAsync(_listener);
    }

    public int Port { get; }

    public string Url => $"http://127.0.0.1:{Port}/events/";

    /// <summary>What was taken, in the order of arrival; the same event may be there more than once.</summary>
    public ConcurrentQueue<ReceivedEvent> All { get; } = new();

    /// <summary>The destination that is answered when a call's way is asked for; null for nothing.</summary>
    public string? Way { get; set; }

    /// <summary>The calls of which an event of a type was taken.</summary>
    public HashSet<string> CallsOf(string type) => All.Where(e => e.Type == type).Select(e => e.Call).ToHashSet();

    /// <summary>Takes events again.</summary>
    public void Start() => _isAway = false;

    /// <summary>Refuses all events from now on (503).</summary>
    public void Stop() => _isAway = true;

    public void Dispose() => _listener.Close();

    private async Task ListenAsync(HttpListener listener)
    {
        try
        {
            while (true)
            {
                var context = await listener.GetContextAsync();
                try
                {
                    await AnswerAsync(context);
                }
                catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or HttpListenerException or ObjectDisposedException or IOException)
                {
                    // One that is cut off, or says something else, is not taken: those behind it are.
                    Refuse(context, 400);
                }
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // It was told to go away.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        if (_isAway)
        {
            Refuse(context, 503);
            return;
        }

        using var body = await JsonDocument.ParseAsync(context.Request.InputStream);

        // What a menu asks has no type.
        var type = body.RootElement.TryGetProperty("type", out var given) ? given.GetString() ?? "" : "step";
        if (!body.RootElement.TryGetProperty(type is "route" or "step" ? "call" : "callId", out var call))
        {
            Refuse(context, 400);
            return;
        }

        All.Enqueue(new ReceivedEvent(context.Request.Headers["webhook-id"] ?? "", type, call.GetString() ?? "", context.Request.Headers["traceparent"] ?? ""));
        if (type == "route" && Way is { } way)
        {
            context.Response.ContentType = "application/json";
            context.Response.Close(JsonSerializer.SerializeToUtf8Bytes(new { actions = new[] { new { to = way } } }), willBlock: false);
            return;
        }

        context.Response.StatusCode = 204;
        context.Response.Close();
    }

    private static void Refuse(HttpListenerContext context, int status)
    {
        try
        {
            context.Response.StatusCode = status;
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException or IOException)
        {
            // Who asked is gone, or was answered.
        }
    }
}

/// <summary>An event of a webhook, the question where a call goes (its type is <c>route</c>), or that of a menu (<c>step</c>).</summary>
/// <param name="Parent">The header <c>traceparent</c>; empty when there was none.</param>
public sealed record ReceivedEvent(string Id, string Type, string Call, string Parent);
