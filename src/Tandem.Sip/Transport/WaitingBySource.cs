using Tandem.Core.Net;

namespace Tandem.Sip.Transport;

/// <summary>What waits to be sent, by the source whose connections it waits on. A source is remembered while a connection of it has been written to and is open. Thread-safe.</summary>
/// <param name="most">Bytes that may wait on all connections of one source together.</param>
/// <param name="ipv6PrefixBits">How much of an IPv6 address is one source.</param>
internal sealed class WaitingBySource(long most, int ipv6PrefixBits)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<SourceKey, Share> _shares = [];

    /// <summary>Sources that are remembered.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _shares.Count;
        }
    }

    /// <summary>The share of a source, for one more connection, which gives it back by <see cref="Leave"/>.</summary>
    public Share Enter(in NetAddress source)
    {
        var key = SourceKey.Of(source, ipv6PrefixBits);
        lock (_lock)
        {
            if (!_shares.TryGetValue(key, out var share))
                _shares.Add(key, share = new Share(key, most));
            share.Connections++;
            return share;
        }
    }

    /// <summary>A connection has ended; what still waits on it may be taken back afterwards.</summary>
    public void Leave(Share share)
    {
        lock (_lock)
        {
            if (--share.Connections == 0)
                _shares.Remove(share.Key);
        }
    }

    /// <summary>Takes room if there is enough of it. What is refused has taken none for a moment either: it would stand in the way of what fits.</summary>
    public static bool TryTake(ref long used, int bytes, long most)
    {
        var before = Volatile.Read(ref used);
        while (before + bytes <= most)
        {
            var now = Interlocked.CompareExchange(ref used, before + bytes, before);
            if (now == before)
                return true;

            before = now;
        }

        return false;
    }

    /// <summary>Of one source.</summary>
    internal sealed class Share(SourceKey key, long most)
    {
        private long _bytes;

        public SourceKey Key => key;

        /// <summary>Under the lock of the table.</summary>
        public int Connections { get; set; }

        /// <summary>Takes room for bytes that wait; false when the source has used its own up.</summary>
        public bool TryQueue(int bytes) => TryTake(ref _bytes, bytes, most);

        /// <summary>Returns the room of bytes that wait no more.</summary>
        public void Unqueue(int bytes) => Interlocked.Add(ref _bytes, -bytes);
    }
}
