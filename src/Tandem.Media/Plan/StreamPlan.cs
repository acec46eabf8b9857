namespace Tandem.Media.Plan;

/// <summary>What the packet path does with one media line. Compiled from offer and answer; immutable.</summary>
/// <param name="Kind">The SDP media type.</param>
/// <param name="A">Side A.</param>
/// <param name="B">Side B.</param>
/// <param name="Payloads">Payload types of both sides.</param>
/// <param name="Secure">The packets are SRTP, which we pass on unread.</param>
/// <param name="Mux">RTP and RTCP share a port on both sides (RFC 5761).</param>
public sealed record StreamPlan(string Kind, SidePlan A, SidePlan B, PayloadTable Payloads, bool Secure, bool Mux)
{
    public SidePlan this[MediaSide side] => side == MediaSide.A ? A : B;
}
