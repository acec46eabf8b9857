namespace Tandem.Media.Plan;

/// <summary>The plan of a whole session: one entry for each media line, null where the line is refused. Immutable.</summary>
public sealed record RelayPlan(IReadOnlyList<StreamPlan?> Streams, bool AHoldsB, bool BHoldsA)
{
    /// <summary>Nothing is relayed.</summary>
    public static readonly RelayPlan Empty = new([], false, false);

    /// <summary>True when <paramref name="side"/> does not want to hear the other (RFC 3264 §8.4).</summary>
    public bool HoldsOther(MediaSide side) => side == MediaSide.A ? AHoldsB : BHoldsA;
}
