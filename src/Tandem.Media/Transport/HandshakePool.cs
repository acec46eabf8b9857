using Tandem.Media.Dtls;

namespace Tandem.Media.Transport;

/// <summary>
/// The threads that compute DTLS handshakes, so that no media loop does: fifty browsers that arrive together would hold up all sound for
/// twenty milliseconds. First come, first served; a session has one turn here at a time, so that nobody takes the place of others. The
/// threads begin with the first handshake. Thread-safe.
/// </summary>
internal sealed class HandshakePool(DtlsOptions options) : IDisposable
{
    private readonly Queue<(IHandshakeWork Work, Action<IMediaCommand> Post)> _waiting = new();
    private readonly List<Thread> _threads = [];
    private readonly Lock _starting = new();
    private bool _isStopping;
    private int _waitingCount;
    private long _computed;
    private long _refused;
    private long _failures;

    /// <summary>Turns that wait for a thread.</summary>
    public int Waiting => Volatile.Read(ref _waitingCount);

    /// <summary>Turns that were computed.</summary>
    public long Computed => Volatile.Read(ref _computed);

    /// <summary>Turns that were refused because too many waited.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Turns that met a fault of ours, or of libssl.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Has <paramref name="work"/> computed, and its end posted; false when too many wait.</summary>
    public bool TryStart(IHandshakeWork work, Action<IMediaCommand> post)
    {
        lock (_waiting)
        {
            if (_isStopping || _waiting.Count >= options.MaxWaitingTurns)
            {
                Interlocked.Increment(ref _refused);
                return false;
            }

            _waiting.Enqueue((work, post));
            _waitingCount = _waiting.Count;
            Monitor.Pulse(_waiting);
        }

        if (_threads.Count == 0)
            StartThreads();
        return true;
    }

    /// <summary>Ends the threads after the turns that they are at; what waits is not computed any more.</summary>
    public void Dispose()
    {
        lock (_waiting)
        {
            _isStopping = true;
            _waiting.Clear();
            _waitingCount = 0;
            Monitor.PulseAll(_waiting);
        }

        lock (_starting)
        {
            foreach (var thread in _threads)
                thread.Join();
        }
    }

    private void StartThreads()
    {
        lock (_starting)
        {
            while (_threads.Count < options.Threads && !_isStopping)
            {
                var thread = new Thread(Run) { IsBackground = true, Name = $"dtls-{_threads.Count}" };
                thread.Start();
                _threads.Add(thread);
            }
        }
    }

    private void Run()
    {
        while (TryTake(out var work, out var post))
        {
            try
            {
                work.Compute();
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // The handshake runs out of its time; its session, and those that wait here, go on.
                Interlocked.Increment(ref _failures);
            }

            Interlocked.Increment(ref _computed);
            post(new LoopCommand(work.Finish));
        }
    }

    private bool TryTake(out IHandshakeWork work, out Action<IMediaCommand> post)
    {
        lock (_waiting)
        {
            while (!_isStopping && _waiting.Count == 0)
                Monitor.Wait(_waiting);
            if (_isStopping)
            {
                (work, post) = (null!, null!);
                return false;
            }

            (work, post) = _waiting.Dequeue();
            _waitingCount = _waiting.Count;
            return true;
        }
    }
}
