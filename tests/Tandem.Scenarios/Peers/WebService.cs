using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Tandem.Scenarios.Peers;

/// <summary>A web service that the exchange asks: it answers each POST with JSON and remembers what it was asked.</summary>
public sealed class WebService : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<JsonElement, object> _answer;

    public WebService(Func<JsonElement, object> answer)
    {
        _answer = answer;
        Url = $"http://127.0.0.1:{FreePorts.Next()}/ask/";
        _listener.Prefixes.Add(Url);
        _listener.Start();
        _ = ListenAsync();
    }

    public string Url { get; }

    /// <summary>What it was asked, and by which signature.</summary>
    public ConcurrentQueue<(JsonElement Body, string Signature)> Asked { get; } = new();

    public void Dispose() => _listener.Close();

    private async Task ListenAsync()
    {
        try
        {
            while (true)
                await AnswerAsync(await _listener.GetContextAsync());
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // The scenario is over.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            var body = (await JsonDocument.ParseAsync(context.Request.InputStream)).RootElement;
            Asked.Enqueue((body, context.Request.Headers["webhook-signature"] ?? ""));
            context.Response.ContentType = "application/json";
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(_answer(body))));
            context.Response.Close();
        }
        catch (Exception e) when (e is JsonException or HttpListenerException or ObjectDisposedException or InvalidOperationException or IOException)
        {
            // Who asked is gone, as when his call has ended; the next one is answered.
            context.Response.Abort();
        }
    }
}
