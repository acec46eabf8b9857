using System.Runtime.InteropServices;

namespace Tandem.Sip.Authentication;

/// <summary>
/// Remembers which counts were used with which nonce, so that each pair is accepted once. Bounded: nonces are kept by
/// the slice of time in which they were issued, and when the table is full the oldest slice is forgotten, and from then
/// on no nonce of that age is accepted. So a full table shortens the life of nonces and never admits a replay.
/// Shared by all shards, under one short lock.
/// </summary>
internal sealed class NonceReplayTable
{
    private const int Slices = 32;

    private readonly Lock _lock = new();
    private readonly Dictionary<NonceId, ReplayWindow>[] _used = new Dictionary<NonceId, ReplayWindow>[Slices];
    private readonly long[] _numbers = new long[Slices];
    private readonly long _sliceMs;
    private readonly int _capacity;
    private long _oldestAccepted = long.MinValue;
    private int _count;

    public NonceReplayTable(TimeSpan lifetime, int capacity)
    {
        _capacity = Math.Max(1, capacity);

        // One slice more than the lifetime covers: a slot is reused only after all of its nonces have expired.
        _sliceMs = Math.Max(1, ((long)lifetime.TotalMilliseconds / (Slices - 2)) + 1);
        for (var i = 0; i < Slices; i++)
        {
            _used[i] = [];
            _numbers[i] = long.MinValue;
        }
    }

    /// <summary>Nonces that are remembered.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>
    /// Uses <paramref name="nonceCount"/> of a nonce, which was verified; false when it was used before or the nonce is
    /// too old to tell. <see cref="uint.MaxValue"/> uses the nonce up.
    /// </summary>
    public bool TryUse(NonceId nonce, uint nonceCount)
    {
        var number = Math.DivRem(nonce.IssuedMs, _sliceMs).Quotient;
        var slot = (int)(number % Slices);
        lock (_lock)
        {
            if (number < _oldestAccepted || number < _numbers[slot])
                return false;

            if (number > _numbers[slot])
            {
                Forget(slot);
                _numbers[slot] = number;
            }

            if (_count >= _capacity && !_used[slot].ContainsKey(nonce))
            {
                ForgetOldest();
                if (number < _oldestAccepted)
                    return false;
            }

            ref var window = ref CollectionsMarshal.GetValueRefOrAddDefault(_used[slot], nonce, out var exists);
            if (!exists)
                _count++;

            return window.TryUse(nonceCount);
        }
    }

    private void ForgetOldest()
    {
        var oldest = -1;
        for (var i = 0; i < Slices; i++)
        {
            if (_used[i].Count > 0 && (oldest < 0 || _numbers[i] < _numbers[oldest]))
                oldest = i;
        }

        Forget(oldest);
        _oldestAccepted = Math.Max(_oldestAccepted, _numbers[oldest] + 1);
    }

    private void Forget(int slot)
    {
        _count -= _used[slot].Count;
        _used[slot].Clear();
    }

    /// <summary>The highest count so far and which of the 64 up to it were used.</summary>
    private struct ReplayWindow
    {
        private uint _highest;
        private ulong _bits;

        public bool TryUse(uint count)
        {
            if (count > _highest)
            {
                var step = count - _highest;
                _bits = count == uint.MaxValue ? ulong.MaxValue : step >= 64 ? 1 : (_bits << (int)step) | 1;
                _highest = count;
                return true;
            }

            var behind = _highest - count;
            if (behind >= 64 || (_bits & (1UL << (int)behind)) != 0)
                return false;

            _bits |= 1UL << (int)behind;
            return true;
        }
    }
}
