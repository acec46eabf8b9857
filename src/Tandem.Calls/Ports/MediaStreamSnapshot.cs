using Tandem.Calls.Calls;

namespace Tandem.Calls.Ports;

/// <summary>One relayed media line.</summary>
/// <param name="Kind">The SDP media type: <c>audio</c>, <c>video</c>.</param>
/// <param name="CallerAddress">Where the caller's packets come from (after the latch) or are expected from, <c>host</c>.</param>
/// <param name="CallerPort">Its port.</param>
/// <param name="CalleeAddress">The same for the callee.</param>
/// <param name="CalleePort">Its port.</param>
/// <param name="FromCaller">What came from the caller.</param>
/// <param name="FromCallee">What came from the callee.</param>
public sealed record MediaStreamSnapshot(
    string Kind,
    string CallerAddress,
    int CallerPort,
    string CalleeAddress,
    int CalleePort,
    DirectionStatistics FromCaller,
    DirectionStatistics FromCallee)
{
    /// <summary>Packets toward the caller's port that were dropped: strangers, bad tags, replays and the rest.</summary>
    public long DroppedFromCaller { get; init; }

    /// <summary>The same at the callee's port.</summary>
    public long DroppedFromCallee { get; init; }
}
