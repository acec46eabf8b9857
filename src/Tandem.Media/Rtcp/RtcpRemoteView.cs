namespace Tandem.Media.Rtcp;

/// <summary>What a side tells about the stream that it receives.</summary>
/// <param name="Reports">Report blocks about it so far; 0: nothing of the rest is known.</param>
/// <param name="RoundTripMilliseconds">From us to the side and back; null while unknown.</param>
/// <param name="LossFraction">Of its last report, 0 to 1.</param>
/// <param name="MaxLossFraction">The greatest of all its reports.</param>
/// <param name="Lost">Packets that it misses in all.</param>
/// <param name="JitterMilliseconds">Of its last report; null while the clock rate is unknown.</param>
/// <param name="Metrics">What it says by an XR (RFC 3611); null when it says nothing.</param>
/// <param name="MeanLossFraction">The mean of all its reports.</param>
public readonly record struct RtcpRemoteView(
    long Reports,
    double? RoundTripMilliseconds,
    double LossFraction,
    double MaxLossFraction,
    int Lost,
    double? JitterMilliseconds,
    RtcpVoipMetrics? Metrics,
    double MeanLossFraction = 0);
