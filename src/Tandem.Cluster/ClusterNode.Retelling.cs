using Tandem.Cluster.Redis;
using Tandem.Cluster.Resp;

namespace Tandem.Cluster;

/// <summary>When this node tells all that it has: after each connection, and soon after something was left out.</summary>
public sealed partial class ClusterNode
{
    // Bindings, calls or documents of a portion; between two of them the answer to one is waited for, so that the queue holds their commands.
    private const int MaxPortion = 1_000;
    private const int CommandsOfOne = 8;
    private const int MaxDoublings = 20;

    private readonly int _portion;
    private long _connections;

    // Times that all was wanted, and how often when it was told last; one tells for all who want it.
    private long _wanted;
    private long _told;
    private int _isTelling;

    // Commands and events that were left out.
    private long _missed;

    // Attempts in a row that failed.
    private volatile int _failures;
    private bool _isUntold;

    /// <summary>Hears why what this node has cannot be told to the others, once until it can be; it must not throw.</summary>
    public Action<string>? Untold { get; set; }

    private void Connected()
    {
        Interlocked.Increment(ref _connections);
        Found?.Invoke();

        // A connection that breaks whenever all is told must not be the way around the pause.
        Want(isAtOnce: _failures == 0);
    }

    // The others would take what was left out for what is not there.
    private void Missed()
    {
        Interlocked.Increment(ref _missed);
        Want(isAtOnce: false);
    }

    private void Say(RedisCommand command)
    {
        if (!_client.Post(command))
            Missed();
    }

    private void Want(bool isAtOnce)
    {
        Interlocked.Increment(ref _wanted);
        _ = TellWantedAsync(isAtOnce);
    }

    // Who finds another telling leaves: that one looks again when it is done, and each new connection wants it anew.
    private async Task TellWantedAsync(bool isAtOnce)
    {
        while (Interlocked.Read(ref _wanted) != Interlocked.Read(ref _told) && IsConnected && !_stop.IsCancellationRequested && Interlocked.Exchange(ref _isTelling, 1) == 0)
        {
            try
            {
                if (!isAtOnce)
                    await Pauses.WaitAsync(Pause(_failures), _time, _stop.Token);
                if (IsConnected)
                    isAtOnce = await TryTellAsync();
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            finally
            {
                Interlocked.Exchange(ref _isTelling, 0);
            }
        }
    }

    // What changed while Redis was away is made good: what came is told, and what left is taken out.
    private async Task<bool> TryTellAsync()
    {
        var wanted = Interlocked.Read(ref _wanted);
        try
        {
            await TellWholeAsync(Interlocked.Read(ref _connections));
            (_failures, _isUntold) = (0, false);
            Interlocked.Exchange(ref _told, wanted);
            return true;
        }
        catch (Exception e) when (e is RedisException or OperationCanceledException)
        {
            // Refused, too much at once, or the connection broke: who hears of that is told by the client.
            if (IsConnected && !_isUntold && !_stop.IsCancellationRequested)
            {
                _isUntold = true;
                Untold?.Invoke(e.Message);
            }

            _failures = Math.Min(_failures + 1, MaxDoublings);
            return false;
        }
    }

    private TimeSpan Pause(int failures) => TimeSpan.FromTicks(Math.Min(_options.RetryMinimum.Ticks << Math.Max(0, failures - 1), _options.RetryMaximum.Ticks));
}
