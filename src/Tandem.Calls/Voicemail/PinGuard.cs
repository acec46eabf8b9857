using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;
using Tandem.Core.Time;

namespace Tandem.Calls.Voicemail;

/// <summary>
/// Counts guesses at the PIN of each box and locks it for a while. In memory: a restart opens all, and takes longer than a few guesses. Bounded: a box is forgotten when its lock
/// is over or its PIN was right, and no tenant fills the table for the others. With several nodes each counts the guesses of all, as it hears of them. Thread-safe.
/// </summary>
public sealed class PinGuard(int maxWrong, TimeSpan lockOut)
{
    // More boxes than that with wrong PINs at once are an attack.
    private const int MostBoxes = 10_000;
    private const int MostOfTenant = 1_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<AorKey, (int Wrong, Moment Until)> _boxes = [];
    private readonly Dictionary<TenantId, int> _ofTenant = [];

    /// <summary>Hears of what changes a count here, so that the other nodes can be told; null where there are none. It neither waits nor throws.</summary>
    public Action<TenantId, string, PinChange>? Changed { get; set; }

    /// <summary>Boxes with wrong PINs.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _boxes.Count;
        }
    }

    /// <summary>True while no PIN is taken for a box.</summary>
    public bool IsLocked(TenantId tenant, string number, Moment now)
    {
        lock (_lock)
        {
            if (_boxes.TryGetValue(new AorKey(tenant, number), out var box))
                return box.Wrong >= maxWrong && box.Until > now;

            return !HasRoom(tenant, now);
        }
    }

    /// <summary>
    /// A PIN was typed, and counts as wrong until it has been looked at: calls at the same time have no more guesses between them. False when it is not to be looked at.
    /// </summary>
    public bool TryGuess(TenantId tenant, string number, Moment now)
    {
        lock (_lock)
        {
            if (!TryAdd(new AorKey(tenant, number), now, maxWrong))
                return false;
        }

        Changed?.Invoke(tenant, number, PinChange.Guessed);
        return true;
    }

    /// <summary>The right PIN was given, or somebody with permission opened the box: it begins anew.</summary>
    public void Right(TenantId tenant, string number)
    {
        lock (_lock)
            Remove(new AorKey(tenant, number));
        Changed?.Invoke(tenant, number, PinChange.Opened);
    }

    /// <summary>That guess was right, and those before it were not: they stay counted.</summary>
    public void TakeBack(TenantId tenant, string number)
    {
        lock (_lock)
            TakeBack(new AorKey(tenant, number));
        Changed?.Invoke(tenant, number, PinChange.TakenBack);
    }

    /// <summary>Counts what changed at another node. What was typed there was looked at there: it counts here however many there were before it.</summary>
    public void Hear(TenantId tenant, string number, PinChange change, Moment now)
    {
        var key = new AorKey(tenant, number);
        lock (_lock)
        {
            switch (change)
            {
                case PinChange.Guessed:
                    TryAdd(key, now, int.MaxValue);
                    break;
                case PinChange.TakenBack:
                    TakeBack(key);
                    break;
                case PinChange.Opened:
                    Remove(key);
                    break;
            }
        }
    }

    // All that follow are under the lock. False when there were so many before, or there is no room.
    private bool TryAdd(in AorKey key, Moment now, int most)
    {
        if (_boxes.TryGetValue(key, out var box))
        {
            var before = box.Until > now ? box.Wrong : 0;
            if (before >= most)
                return false;

            _boxes[key] = (before + 1, now + lockOut);
            return true;
        }

        if (!HasRoom(key.Tenant, now))
            return false;

        _boxes[key] = (1, now + lockOut);
        _ofTenant[key.Tenant] = _ofTenant.GetValueOrDefault(key.Tenant) + 1;
        return true;
    }

    private void TakeBack(in AorKey key)
    {
        if (!_boxes.TryGetValue(key, out var box))
            return;

        if (box.Wrong > 1)
            _boxes[key] = (box.Wrong - 1, box.Until);
        else
            Remove(key);
    }

    private bool HasRoom(TenantId tenant, Moment now)
    {
        if (_boxes.Count < MostBoxes && _ofTenant.GetValueOrDefault(tenant) < MostOfTenant)
            return true;

        foreach (var (key, box) in _boxes)
        {
            if (box.Until <= now)
                Remove(key);
        }

        return _boxes.Count < MostBoxes && _ofTenant.GetValueOrDefault(tenant) < MostOfTenant;
    }

    private void Remove(in AorKey key)
    {
        if (!_boxes.Remove(key))
            return;

        if (_ofTenant[key.Tenant] > 1)
            _ofTenant[key.Tenant]--;
        else
            _ofTenant.Remove(key.Tenant);
    }
}
