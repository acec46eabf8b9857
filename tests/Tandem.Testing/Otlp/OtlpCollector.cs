using System.Collections.Concurrent;
using System.Net;

namespace Tandem.Testing.Otlp;

/// <summary>A collector that takes OTLP by http/protobuf and reads it. It can go away and come back at its port.</summary>
public sealed class OtlpCollector : IDisposable
{
    private HttpListener? _listener;

    /// <param name="port">A port that is free.</param>
    public OtlpCollector(int port)
    {
        Port = port;
        Start();
    }

    public int Port { get; }

    public string Endpoint => $"http://127.0.0.1:{Port}";

    /// <summary>What every request is answered with.</summary>
    public int Status { get; set; } = 200;

    /// <summary>Spans of the requests that were taken.</summary>
    public ConcurrentQueue<ReceivedSpan> Spans { get; } = new();

    /// <summary>Points of the requests that were taken.</summary>
    public ConcurrentQueue<ReceivedMetric> Metrics { get; } = new();

    /// <summary>Path, type and the header <c>authorization</c> of all requests.</summary>
    public ConcurrentQueue<(string Path, string Type, string Authorization)> Requests { get; } = new();

    /// <summary>What the last request for traces said of where they come from.</summary>
    public IReadOnlyDictionary<string, object> Resource { get; private set; } = new Dictionary<string, object>();

    /// <summary>What went wrong in here; empty when nothing did.</summary>
    public ConcurrentQueue<Exception> Faults { get; } = new();

    public void Start()
    {
        _listener = new HttpListener();
        _listener.Prefixes.Add(Endpoint + "/");
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
        while (true)
        {
            try
            {
                Take(await listener.GetContextAsync());
            }
            catch (Exception) when (!listener.IsListening)
            {
                // It went away, perhaps while a request came: what is cut off is no fault.
                return;
            }
            catch (Exception e)
            {
                Faults.Enqueue(e);
            }
        }
    }

    private void Take(HttpListenerContext context)
    {
        using var body = new MemoryStream();
        context.Request.InputStream.CopyTo(body);
        var path = context.Request.Url!.AbsolutePath;
        if (Status == 200 && path == "/v1/traces")
        {
            var (resource, spans) = ReceivedSpan.Read(body.ToArray());
            Resource = resource;
            foreach (var span in spans)
                Spans.Enqueue(span);
        }
        else if (Status == 200 && path == "/v1/metrics")
        {
            foreach (var point in ReceivedMetric.Read(body.ToArray()))
                Metrics.Enqueue(point);
        }

        // The last: who sees the request sees what it brought.
        Requests.Enqueue((path, context.Request.ContentType ?? "", context.Request.Headers["authorization"] ?? ""));
        context.Response.StatusCode = path is "/v1/traces" or "/v1/metrics" ? Status : 404;
        context.Response.Close();
    }
}
