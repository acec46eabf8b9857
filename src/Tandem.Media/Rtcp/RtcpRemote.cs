using Tandem.Core.Time;

namespace Tandem.Media.Rtcp;

/// <summary>
/// Gathers what one side reports. Written by the media loop alone; <see cref="Read"/> may be called by any thread and gives values that
/// belong together (a sequence lock: the reader repeats, the writer never waits).
/// </summary>
internal sealed class RtcpRemote
{
    private RtcpRemoteView _view;
    private int _version;

    /// <summary>A consistent picture.</summary>
    public RtcpRemoteView Read()
    {
        var spin = new SpinWait();
        while (true)
        {
            var version = Volatile.Read(ref _version);
            if ((version & 1) == 0)
            {
                var view = _view;
                Interlocked.MemoryBarrier();
                if (Volatile.Read(ref _version) == version)
                    return view;
            }

            spin.SpinOnce();
        }
    }

    /// <summary>Takes a report block about a stream that goes to the side.</summary>
    /// <param name="block">The block.</param>
    /// <param name="log">The sender reports of that stream.</param>
    /// <param name="clockRate">Its clock; 0 when unknown.</param>
    /// <param name="now">When the report came.</param>
    public void Take(in RtcpReportBlock block, in SenderReportLog log, int clockRate, Moment now)
    {
        double? roundTrip = log.TryGetRoundTrip(block, now, out var time) ? time.TotalMilliseconds : null;
        Write(_view with
        {
            Reports = _view.Reports + 1,
            RoundTripMilliseconds = roundTrip ?? _view.RoundTripMilliseconds,
            LossFraction = block.LossFraction,
            MeanLossFraction = _view.MeanLossFraction + ((block.LossFraction - _view.MeanLossFraction) / (_view.Reports + 1)),
            MaxLossFraction = Math.Max(_view.MaxLossFraction, block.LossFraction),
            Lost = block.CumulativeLost,
            JitterMilliseconds = clockRate > 0 ? block.Jitter * 1000.0 / clockRate : _view.JitterMilliseconds,
        });
    }

    public void Take(in RtcpVoipMetrics metrics) => Write(_view with { Metrics = metrics });

    private void Write(in RtcpRemoteView view)
    {
        Volatile.Write(ref _version, _version + 1);
        Interlocked.MemoryBarrier();
        _view = view;
        Volatile.Write(ref _version, _version + 1);
    }
}
