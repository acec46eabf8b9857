using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;
using Tandem.Core.Time;

namespace Tandem.Calls.Voicemail;

/// <summary>
/// Counts wrong PINs of each box and locks it for a while. In memory: a restart opens all, and takes longer than a few guesses. Bounded: a box is forgotten when its lock
/// is over or its PIN was right. Thread-safe.
/// </summary>
public sealed class PinGuard(int maxWrong, TimeSpan lockOut)
{
    // More boxes than that with wrong PINs at once are an attack: the oldest are forgotten no sooner than their lock is over.
    private const int MostBoxes = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<AorKey, (int Wrong, Moment Until)> _boxes = [];

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
            return _boxes.TryGetValue(new AorKey(tenant, number), out var box) ? box.Wrong >= maxWrong && box.Until > now : _boxes.Count >= MostBoxes;
    }

    /// <summary>A wrong PIN was given; true when the box is locked from now on.</summary>
    public bool Wrong(TenantId tenant, string number, Moment now)
    {
        lock (_lock)
        {
            if (_boxes.Count >= MostBoxes)
                Forget(now);
            var key = new AorKey(tenant, number);
            var before = _boxes.TryGetValue(key, out var box) && box.Until > now ? box.Wrong : 0;
            if (before == 0 && _boxes.Count >= MostBoxes && !_boxes.ContainsKey(key))
                return true;

            _boxes[key] = (before + 1, now + lockOut);
            return before + 1 >= maxWrong;
        }
    }

    /// <summary>The right PIN was given, or somebody with permission opened the box.</summary>
    public void Right(TenantId tenant, string number)
    {
        lock (_lock)
            _boxes.Remove(new AorKey(tenant, number));
    }

    private void Forget(Moment now)
    {
        foreach (var (key, box) in _boxes)
        {
            if (box.Until <= now)
                _boxes.Remove(key);
        }
    }
}
