namespace Tandem.Media.Plan;

/// <summary>What the packet path does with one media line. Compiled from what both sides negotiated; immutable.</summary>
/// <param name="Kind">The SDP media type: <c>audio</c>, <c>video</c>, <c>image</c>.</param>
/// <param name="A">Side A; null when the line exists toward B alone (the exchange itself is the other party).</param>
/// <param name="B">Side B; null when the line exists toward A alone.</param>
/// <param name="CanRelay">Both sides share what is sent: packets pass without being decoded while nobody else needs their sound.</param>
/// <param name="AToB">Payload types to rename on the way from A to B when they differ: index is A's, value is B's; null when none differ.</param>
/// <param name="BToA">The same from B to A.</param>
public sealed record LinePlan(string Kind, LineSide? A, LineSide? B, bool CanRelay, byte[]? AToB = null, byte[]? BToA = null)
{
    public LineSide? this[MediaSide side] => side == MediaSide.A ? A : B;
}
