namespace Tandem.Server.Metrics;

/// <summary>Counts what document 3 calls WebRTC connections: the connections over which browsers speak to the exchange.</summary>
public sealed class SocketMeter : IMetricSource
{
    private readonly Histogram _durations = new(Histogram.CallBounds);
    private long _connected;
    private long _disconnected;
    private long _failed;

    /// <summary>A connection is open.</summary>
    public void Connected() => Interlocked.Increment(ref _connected);

    /// <summary>A connection has ended.</summary>
    public void Disconnected(TimeSpan after)
    {
        Interlocked.Increment(ref _disconnected);
        _durations.Observe(after.TotalSeconds);
    }

    /// <summary>A connection was refused.</summary>
    public void Failed() => Interlocked.Increment(ref _failed);

    /// <inheritdoc/>
    public void Write(PrometheusWriter page)
    {
        var (connected, disconnected) = (Volatile.Read(ref _connected), Volatile.Read(ref _disconnected));
        page.Family("webrtc_connections_total", "counter", "Connections of browsers, by what became of them.")
            .Sample(connected, ("status", "connected")).Sample(disconnected, ("status", "disconnected")).Sample(Volatile.Read(ref _failed), ("status", "failed"));
        page.Family("webrtc_connection_duration_seconds", "histogram", "How long connections of browsers lasted.").Sample(_durations);
        page.Gauge("active_webrtc_connections", "Connections of browsers that are open.", Math.Max(0, connected - disconnected));
    }
}
