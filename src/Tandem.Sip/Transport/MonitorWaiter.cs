namespace Tandem.Sip.Transport;

/// <summary>Waits on a monitor, for systems without poll and eventfd.</summary>
internal sealed class MonitorWaiter : LoopWaiter
{
    private readonly object _gate = new();
    private bool _woken;

    public override bool WatchesDescriptors => false;

    public override uint Wait(int milliseconds, ReadOnlySpan<int> descriptors)
    {
        lock (_gate)
        {
            if (!_woken)
                Monitor.Wait(_gate, milliseconds < 0 ? Timeout.Infinite : milliseconds);

            _woken = false;
            return All;
        }
    }

    public override void Wake()
    {
        lock (_gate)
        {
            _woken = true;
            Monitor.Pulse(_gate);
        }
    }

    public override void Dispose()
    {
    }
}
