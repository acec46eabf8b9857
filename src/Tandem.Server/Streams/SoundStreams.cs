using Tandem.Server.Metrics;

namespace Tandem.Server.Streams;

/// <summary>Who hears calls over WebSocket: how many, and what they lost. Safe on any thread.</summary>
public sealed class SoundStreams(SoundStreamOptions options) : IMetricSource
{
    private int _clients;
    private long _lost;

    /// <summary>The limits.</summary>
    public SoundStreamOptions Options => options;

    /// <summary>Clients now.</summary>
    public int Clients => Volatile.Read(ref _clients);

    /// <summary>Takes a client in; false when there are too many.</summary>
    public bool TryJoin()
    {
        if (Interlocked.Increment(ref _clients) <= options.MaxClients)
            return true;

        Interlocked.Decrement(ref _clients);
        return false;
    }

    /// <summary>A client that joined is gone.</summary>
    public void Leave() => Interlocked.Decrement(ref _clients);

    /// <summary>A client was too slow for so many frames of 20 ms.</summary>
    public void CountLost(long frames) => Interlocked.Add(ref _lost, frames);

    /// <inheritdoc/>
    public void Write(PrometheusWriter page)
    {
        page.Gauge("tandem_sound_stream_clients", "Clients that hear a call over WebSocket.", Clients);
        page.Family("tandem_sound_stream_lost_frames_total", "counter", "Frames of 20 ms that such clients lost because they were too slow.").Sample(Interlocked.Read(ref _lost));
    }
}
