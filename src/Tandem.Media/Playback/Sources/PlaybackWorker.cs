namespace Tandem.Media.Playback.Sources;

/// <summary>
/// The thread that reads files for all who play some, so that no loop waits for a disk. What wants to be filled stands in a list without locks: a loop that
/// asks neither waits nor allocates.
/// </summary>
public sealed class PlaybackWorker : IDisposable
{
    private static readonly TimeSpan JoinTimeout = TimeSpan.FromSeconds(5);

    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private ReadAhead? _requests;
    private volatile bool _isStopping;
    private long _rounds;
    private long _faults;

    public PlaybackWorker()
    {
        _thread = new Thread(Run) { Name = "playback", IsBackground = true };
        _thread.Start();
    }

    /// <summary>How often something was filled, since the start.</summary>
    public long Rounds => Volatile.Read(ref _rounds);

    /// <summary>Sources that ended because reading them failed in a way that is not their file's.</summary>
    public long Faults => Volatile.Read(ref _faults);

    /// <summary>Ends the thread; sources that are left give silence.</summary>
    public void Dispose()
    {
        _isStopping = true;
        _wake.Set();
        if (_thread.Join(JoinTimeout))
            _wake.Dispose();
    }

    /// <summary>Has <paramref name="one"/> filled soon; any thread.</summary>
    internal void Request(ReadAhead one)
    {
        if (Interlocked.Exchange(ref one.IsQueued, 1) == 1 || _isStopping)
            return;

        ReadAhead? first;
        do
        {
            first = Volatile.Read(ref _requests);
            one.Next = first;
        }
        while (Interlocked.CompareExchange(ref _requests, one, first) != first);

        if (first is null)
            _wake.Set();
    }

    private void Run()
    {
        while (!_isStopping)
        {
            _wake.WaitOne();
            for (var all = Interlocked.Exchange(ref _requests, null); all is not null; all = Interlocked.Exchange(ref _requests, null))
                Serve(InOrder(all));
        }
    }

    // They stand the last one first.
    private static ReadAhead? InOrder(ReadAhead? all)
    {
        ReadAhead? ordered = null;
        while (all is not null)
        {
            var next = all.Next;
            all.Next = ordered;
            ordered = all;
            all = next;
        }

        return ordered;
    }

    private void Serve(ReadAhead? one)
    {
        while (one is not null && !_isStopping)
        {
            var next = one.Next;
            one.Next = null;

            // Before the work: what is asked for meanwhile must not be lost.
            Volatile.Write(ref one.IsQueued, 0);
            Interlocked.Increment(ref _rounds);
            try
            {
                one.Fill();
            }
            catch (Exception)
            {
                // One file must not end the reading of all others. The source has ended itself; here it is counted.
                Interlocked.Increment(ref _faults);
            }

            one = next;
        }
    }
}
