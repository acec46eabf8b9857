using Tandem.Core.Time;

namespace Tandem.Media.Rtcp;

/// <summary>Gathers what one side reports. Written by the media loop alone; <see cref="Read"/> may be called by any thread.</summary>
internal sealed class RtcpRemote
{
    private readonly Lock _gate = new();
    private RtcpRemoteView _view;

    /// <summary>A consistent picture.</summary>
    public RtcpRemoteView Read()
    {
        lock (_gate)
            return _view;
    }

    /// <summary>Takes a report block about a stream that goes to the side.</summary>
    /// <param name="block">The block.</param>
    /// <param name="log">The sender reports of that stream.</param>
    /// <param name="clockRate">Its clock; 0 when unknown.</param>
    /// <param name="now">When the report came.</param>
    public void Take(in RtcpReportBlock block, in SenderReportLog log, int clockRate, Moment now)
    {
        double? roundTrip = log.TryGetRoundTrip(block, now, out var time) ? time.TotalMilliseconds : null;

        // A report each few seconds: the lock is hardly ever contended.
        lock (_gate)
        {
            _view = _view with
            {
                Reports = _view.Reports + 1,
                RoundTripMilliseconds = roundTrip ?? _view.RoundTripMilliseconds,
                LossFraction = block.LossFraction,
                MaxLossFraction = Math.Max(_view.MaxLossFraction, block.LossFraction),
                Lost = block.CumulativeLost,
                JitterMilliseconds = clockRate > 0 ? block.Jitter * 1000.0 / clockRate : _view.JitterMilliseconds,
            };
        }
    }

    public void Take(in RtcpVoipMetrics metrics)
    {
        lock (_gate)
            _view = _view with { Metrics = metrics };
    }
}
