namespace Tandem.Media.Plan;

/// <summary>What the packet path does with one media line. Compiled from what both sides negotiated; immutable.</summary>
/// <param name="Kind">The SDP media type: <c>audio</c>, <c>video</c>, <c>image</c>.</param>
/// <param name="A">Side A; null when the line exists toward B alone (the exchange itself is the other party).</param>
/// <param name="B">Side B; null when the line exists toward A alone.</param>
/// <param name="CanRelay">Both sides share what is sent: packets pass without being decoded while nobody else needs their sound.</param>
/// <param name="AToB">
/// What B calls the payload types of A: index is A's, value is B's or <see cref="NotShared"/>. Null when all are shared under the same number.
/// </param>
/// <param name="BToA">The same from B to A.</param>
public sealed record LinePlan(string Kind, LineSide? A, LineSide? B, bool CanRelay, byte[]? AToB = null, byte[]? BToA = null)
{
    /// <summary>In <see cref="AToB"/>: the other side takes no such packets, so they do not pass as they are (an event that must become a tone, a codec that must be transcoded).</summary>
    public const byte NotShared = 255;

    /// <summary>The renaming of what comes from <paramref name="side"/>.</summary>
    public byte[]? Renaming(MediaSide side) => side == MediaSide.A ? AToB : BToA;

    public LineSide? this[MediaSide side] => side == MediaSide.A ? A : B;
}
