namespace Tandem.Calls.Subscriptions;

/// <summary>How many places each key takes; thread-safe, one short lock. Keys without a place are not kept.</summary>
internal sealed class Places<TKey>
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, int> _taken = [];

    /// <summary>Keys with a place.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _taken.Count;
        }
    }

    /// <summary>Takes a place; false when the key has <paramref name="limit"/> already.</summary>
    public bool TryTake(TKey key, int limit)
    {
        lock (_lock)
        {
            var taken = _taken.GetValueOrDefault(key);
            if (taken >= limit)
                return false;

            _taken[key] = taken + 1;
            return true;
        }
    }

    /// <summary>Gives one place back.</summary>
    public void GiveBack(TKey key)
    {
        lock (_lock)
        {
            var taken = _taken.GetValueOrDefault(key);
            if (taken <= 1)
                _taken.Remove(key);
            else
                _taken[key] = taken - 1;
        }
    }
}
