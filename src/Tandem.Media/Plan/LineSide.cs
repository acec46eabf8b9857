namespace Tandem.Media.Plan;

/// <summary>One side of a media line. Immutable.</summary>
/// <param name="Transport">Index into the side's transports (<see cref="MediaPlan.Transport"/>): the line itself, or the first line of its bundle.</param>
/// <param name="Sends">It sends to us, by both directions (RFC 3264 §6.1).</param>
/// <param name="Receives">It wants to hear us.</param>
/// <param name="WantsRtcp">False for an old-style hold: neither RTP nor RTCP goes there (RFC 3264 §8.4).</param>
/// <param name="Payloads">The payload types that may come from it, with their clock rates.</param>
/// <param name="Audio">For audio lines; null for video and the rest, which only pass through.</param>
/// <param name="Mid">Its <c>a=mid</c>; empty without. Bundled lines are told apart by payload type, then by SSRC (RFC 9143 §9.2).</param>
/// <param name="MidExtension">The id of the MID header extension that it sends (<c>a=extmap</c>, RFC 9143 §15); 0 when not agreed.</param>
public sealed record LineSide(
    int Transport,
    bool Sends,
    bool Receives,
    bool WantsRtcp,
    PayloadTable Payloads,
    AudioPlan? Audio = null,
    string Mid = "",
    int MidExtension = 0)
{
    /// <summary>It is sent one stream that keeps its SSRC, whoever speaks: a browser plays no SSRC that comes back.</summary>
    public bool IsSteady { get; init; }

    /// <summary>
    /// The payload types toward it that repeat packets of another format of this line (<c>rtx</c>, RFC 4588 §4, §8.6), a bit for each; those of a line of their own (§5.1) are none.
    /// </summary>
    public UInt128 Retransmissions { get; init; }
}
