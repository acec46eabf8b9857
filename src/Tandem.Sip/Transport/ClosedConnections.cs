using Tandem.Core.Time;

namespace Tandem.Sip.Transport;

/// <summary>
/// What the far sides of connections showed that were closed a moment ago: a request may be taken off a connection, and the connection be reset, before its shard comes to ask who sent it. Bounded;
/// thread-safe.
/// </summary>
internal sealed class ClosedConnections
{
    // Longer than a request waits for its shard, however busy that is.
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(10);

    // Each has at most 16 kB of certificates. Beyond them the oldest goes: who floods us with connections gains nothing.
    private const int Most = 1_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<long, ShownCertificate> _shown = [];
    private readonly Queue<(long Connection, Moment At)> _closed = new();

    /// <summary>Connections that are remembered.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _shown.Count;
        }
    }

    /// <summary>Remembers a connection that is about to be closed.</summary>
    public void Add(long connection, ShownCertificate shown, Moment now)
    {
        lock (_lock)
        {
            if (!_shown.TryAdd(connection, shown))
                return;

            _closed.Enqueue((connection, now));
            if (_closed.Count > Most)
                _shown.Remove(_closed.Dequeue().Connection);
        }
    }

    /// <summary>What was shown over a connection; null when nothing was, or it is too long ago.</summary>
    public ShownCertificate? Find(long connection, Moment now)
    {
        Forget(now);
        lock (_lock)
            return _shown.GetValueOrDefault(connection);
    }

    /// <summary>Drops what is too long ago.</summary>
    public void Forget(Moment now)
    {
        lock (_lock)
        {
            while (_closed.TryPeek(out var oldest) && now - oldest.At >= Kept)
                _shown.Remove(_closed.Dequeue().Connection);
        }
    }
}
