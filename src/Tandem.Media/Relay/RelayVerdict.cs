namespace Tandem.Media.Relay;

/// <summary>What became of a packet.</summary>
public enum RelayVerdict
{
    /// <summary>RTP that goes on to the other side.</summary>
    Rtp,

    /// <summary>RTCP that goes on to the other side.</summary>
    Rtcp,

    /// <summary>Dropped: neither RTP nor RTCP, or not well formed.</summary>
    Invalid,

    /// <summary>Dropped: not from the side's own source.</summary>
    Stranger,

    /// <summary>Dropped: by the plan the other side does not want it (hold), or no plan is in force.</summary>
    NotWanted,

    /// <summary>Dropped: the other side gave no address and has not sent yet.</summary>
    NoTarget,
}
