using System.Numerics;
using Tandem.Core.Net;
using Tandem.Core.Time;

namespace Tandem.Sip.Transport;

/// <summary>
/// A token bucket for each source, in a fixed table of sets of eight. In a full set the bucket that has most tokens makes
/// room: a source that is being held back is the last to be forgotten. Thread-safe; a set is locked while it is looked at.
/// </summary>
internal sealed class RateTable
{
    private const int Ways = 8;
    private const int Locks = 64;

    private readonly Bucket[] _buckets;
    private readonly Lock[] _locks = new Lock[Locks];
    private readonly int _setMask;
    private readonly int _ipv6PrefixBits;
    private readonly double _perTick;
    private readonly double _burst;

    public RateTable(int capacity, int perSecond, int burst, int ipv6PrefixBits)
    {
        var sets = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, capacity / Ways));
        _buckets = new Bucket[sets * Ways];
        _setMask = sets - 1;
        _ipv6PrefixBits = ipv6PrefixBits;
        _perTick = perSecond / (double)TimeSpan.TicksPerSecond;
        _burst = Math.Max(1, burst);
        for (var i = 0; i < Locks; i++)
            _locks[i] = new Lock();
    }

    /// <summary>Takes one token of the source; false when it has none.</summary>
    public bool TryTake(in NetAddress source, Moment now)
    {
        var key = SourceKey.Of(source, _ipv6PrefixBits);
        var set = key.GetHashCode() & _setMask;
        lock (_locks[set % Locks])
        {
            ref var bucket = ref Find(_buckets.AsSpan(set * Ways, Ways), key, now);
            bucket.Tokens = TokensOf(bucket, now);
            bucket.Seen = now;
            if (bucket.Tokens < 1)
                return false;

            bucket.Tokens -= 1;
            return true;
        }
    }

    private ref Bucket Find(Span<Bucket> set, SourceKey key, Moment now)
    {
        var fullest = 0;
        var most = double.MinValue;
        for (var i = 0; i < set.Length; i++)
        {
            if (set[i].IsUsed && set[i].Key == key)
                return ref set[i];

            var tokens = set[i].IsUsed ? TokensOf(set[i], now) : double.MaxValue;
            if (tokens > most)
            {
                most = tokens;
                fullest = i;
            }
        }

        set[fullest] = new Bucket { Key = key, IsUsed = true, Tokens = _burst, Seen = now };
        return ref set[fullest];
    }

    private double TokensOf(in Bucket bucket, Moment now) =>
        Math.Min(_burst, bucket.Tokens + (Math.Max(0, now.Ticks - bucket.Seen.Ticks) * _perTick));

    private struct Bucket
    {
        public SourceKey Key;
        public double Tokens;
        public Moment Seen;
        public bool IsUsed;
    }
}
