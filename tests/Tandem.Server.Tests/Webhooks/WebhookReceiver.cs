using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Tandem.Testing.Network;

namespace Tandem.Server.Webhooks;

/// <summary>A real HTTP server on loopback that keeps what it is sent, and can go away and come back on its port.</summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly HeldPort _port = new();
    private WebApplication? _app;
    private int _inside;
    private int _most;

    public int Port => _port.Number;

    public string Url => $"http://127.0.0.1:{Port}/hook";

    /// <summary>Everything that was taken, in the order of arrival.</summary>
    public ConcurrentQueue<Received> All { get; } = new();

    /// <summary>The most requests that were there at once.</summary>
    public int MostAtOnce => _most;

    /// <summary>What is answered; 204 by itself.</summary>
    public Func<Received, HttpContext, Task> Answer { get; set; } = (_, context) =>
    {
        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    };

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, Port));
        _app = builder.Build();
        _app.Run(TakeAsync);
        await _app.StartAsync();
    }

    public async Task StopAsync()
    {
        if (_app is null)
            return;

        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await _app.StopAsync(soon.Token);
        await _app.DisposeAsync();
        _app = null;
    }

    /// <summary>Waits until so many different events were taken.</summary>
    public async Task TakenAsync(int events) => await Until.TrueAsync(() => All.Select(received => received.Id).Distinct().Count() >= events);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _port.Dispose();
    }

    private async Task TakeAsync(HttpContext context)
    {
        var inside = Interlocked.Increment(ref _inside);
        KeepMost(ref _most, inside);
        try
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            var received = new Received(
                context.Request.Headers["webhook-id"].ToString(), context.Request.Headers["webhook-timestamp"].ToString(), context.Request.Headers["webhook-signature"].ToString(),
                body.ToArray(), context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString()));
            await Answer(received, context);
            if (context.Response.StatusCode is >= 200 and < 300)
                All.Enqueue(received);
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }

    private static void KeepMost(ref int most, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < value && Interlocked.CompareExchange(ref most, value, seen) != seen)
        {
        }
    }
}

/// <summary>One request.</summary>
public sealed record Received(string Id, string Timestamp, string Signature, byte[] Body, Dictionary<string, string> Headers)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public string Type => Json.GetProperty("type").GetString()!;

    public string Call => Json.GetProperty("callId").GetString() ?? "";

    public string Text => Encoding.UTF8.GetString(Body);
}

/// <summary>Waits for a condition.</summary>
internal static class Until
{
    public static Task TrueAsync(Func<bool> condition) => TrueAsync(() => Task.FromResult(condition()));

    public static async Task TrueAsync(Func<Task<bool>> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await condition())
            await Task.Delay(10, deadline.Token);
    }
}
