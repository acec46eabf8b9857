using System.Collections.Concurrent;

namespace Tandem.Server.Metrics;

/// <summary>Counts HTTP requests in document 3's names. The endpoint is the route, never the path: there are as many as routes.</summary>
public sealed class HttpMeter(TimeProvider time) : IMetricSource
{
    private const string Versioned = "/api/v1";
    private const string Elsewhere = "other";

    private readonly ConcurrentDictionary<(string Method, string Endpoint, int Status), StrongCount> _requests = new();
    private readonly ConcurrentDictionary<(string Method, string Endpoint), Histogram> _durations = new();
    private long _failures;

    /// <summary>Answers with 5xx.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>The middleware: counts a request when it is answered.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var began = time.GetTimestamp();
        var method = context.Request.Method;
        try
        {
            await next(context);
        }
        finally
        {
            Count(method, EndpointOf(context), context.Response.StatusCode, time.GetElapsedTime(began));
        }
    }

    /// <inheritdoc/>
    public void Write(PrometheusWriter page)
    {
        page.Family("http_requests_total", "counter", "HTTP requests answered, by method, route and status.");
        foreach (var ((method, endpoint, status), count) in _requests.OrderBy(pair => pair.Key))
            page.Sample(Volatile.Read(ref count.Value), ("method", method), ("endpoint", endpoint), ("status_code", status.ToString(System.Globalization.CultureInfo.InvariantCulture)));

        page.Family("http_request_duration_seconds", "histogram", "From the request to the end of its answer.");
        foreach (var ((method, endpoint), histogram) in _durations.OrderBy(pair => pair.Key))
            page.Sample(histogram, ("method", method), ("endpoint", endpoint));
    }

    internal void Count(string method, string endpoint, int status, TimeSpan duration)
    {
        method = method is "GET" or "HEAD" or "POST" or "PUT" or "PATCH" or "DELETE" or "OPTIONS" or "CONNECT" ? method : Elsewhere;
        Interlocked.Increment(ref _requests.GetOrAdd((method, endpoint, status), static _ => new StrongCount()).Value);
        _durations.GetOrAdd((method, endpoint), static _ => new Histogram()).Observe(duration.TotalSeconds);
        if (status >= 500)
            Interlocked.Increment(ref _failures);
    }

    /// <summary>A route as document 3 writes it: <c>/calls/:id</c>.</summary>
    internal static string Name(string pattern)
    {
        var text = "/" + pattern.Trim('/');
        if (text.StartsWith(Versioned + "/", StringComparison.Ordinal))
            text = text[Versioned.Length..];

        // {id}, {id:guid} and {**path} are :id and :path.
        var parts = text.Split('/');
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i] is ['{', .., '}'])
                parts[i] = ":" + parts[i].Trim('{', '}', '*').Split(':', '=', '?')[0];
        }

        return string.Join('/', parts);
    }

    private static string EndpointOf(HttpContext context) =>
        context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } pattern } ? Name(pattern) : Elsewhere;

    private sealed class StrongCount
    {
        public long Value;
    }
}
