namespace Tandem.Sip.Transport;

/// <summary>
/// The connections that one round of a shard's loop sends on. What goes to one connection in a round leaves as one write: each write of its
/// own is a system call, over TLS a record as well, and wakes the far side. A thread without a batch writes at once.
/// </summary>
internal sealed class WriteBatch
{
    // So many connections, each with some 25 µs of work behind it, keep the first one waiting for less than a millisecond.
    private const int Most = 32;

    [ThreadStatic]
    private static WriteBatch? _current;

    private readonly List<SipConnection> _waiting = [];

    private WriteBatch()
    {
    }

    /// <summary>Gives the current thread a batch, for as long as the thread lives. Its loop calls <see cref="Flush"/> before it sleeps and after each round.</summary>
    public static WriteBatch Open() => _current ??= new WriteBatch();

    /// <summary>Puts a connection off until the round ends; false when the current thread has no batch. Each comes once until it is written.</summary>
    public static bool TryJoin(SipConnection connection)
    {
        if (_current is not { } batch)
            return false;

        batch._waiting.Add(connection);
        return true;
    }

    /// <summary>Writes when many wait already; called between two messages of a round.</summary>
    public void FlushIfMany()
    {
        if (_waiting.Count >= Most)
            Flush();
    }

    /// <summary>Writes what waits.</summary>
    public void Flush()
    {
        // Whatever a write sets off may put off more.
        for (var i = 0; i < _waiting.Count; i++)
            _waiting[i].WriteJoined();

        _waiting.Clear();
    }
}
