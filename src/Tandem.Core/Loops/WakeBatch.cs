namespace Tandem.Core.Loops;

/// <summary>
/// The wake-ups of other loops that one round of a loop asks for, done at its end. A loop that is woken in the middle takes the
/// processor away from the round that woke it, for one piece of mail; at the end it finds all of it, and the system calls and switches
/// are paid once. A thread without a batch wakes at once.
/// </summary>
public sealed class WakeBatch
{
    [ThreadStatic]
    private static WakeBatch? _current;

    private readonly List<IWakeable> _waiting = [];

    private WakeBatch()
    {
    }

    /// <summary>Gives the current thread a batch, for as long as the thread lives. Its loop calls <see cref="Flush"/> before it sleeps and after each round.</summary>
    public static WakeBatch Open() => _current ??= new WakeBatch();

    /// <summary>Wakes <paramref name="loop"/>: now, or at the end of the round that the current thread is in.</summary>
    public static void Wake(IWakeable loop)
    {
        if (_current is { } batch)
            batch.Add(loop);
        else
            loop.Wake();
    }

    /// <summary>Wakes who waits, each once.</summary>
    public void Flush()
    {
        if (_waiting.Count == 0)
            return;

        foreach (var loop in _waiting)
            loop.Wake();

        _waiting.Clear();
    }

    private void Add(IWakeable loop)
    {
        if (!_waiting.Contains(loop))
            _waiting.Add(loop);
    }
}
