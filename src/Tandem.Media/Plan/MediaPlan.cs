namespace Tandem.Media.Plan;

/// <summary>The plan of a whole session: lines in the order of the SDP and the transports that carry them. Immutable.</summary>
/// <param name="Lines">One entry for each media line, null where it is refused.</param>
/// <param name="TransportsA">Toward side A, by the index that <see cref="LineSide.Transport"/> names; null where there is none.</param>
/// <param name="TransportsB">Toward side B.</param>
/// <param name="AHoldsB">A does not want to hear B (RFC 3264 §8.4).</param>
/// <param name="BHoldsA">B does not want to hear A.</param>
public sealed record MediaPlan(
    IReadOnlyList<LinePlan?> Lines,
    IReadOnlyList<TransportPlan?> TransportsA,
    IReadOnlyList<TransportPlan?> TransportsB,
    bool AHoldsB,
    bool BHoldsA)
{
    /// <summary>Nothing flows.</summary>
    public static readonly MediaPlan Empty = new([], [], [], false, false);

    /// <summary>The transport that carries <paramref name="line"/> toward <paramref name="side"/>; null when the line is not there.</summary>
    public TransportPlan? Transport(int line, MediaSide side)
    {
        if (line >= Lines.Count || Lines[line]?[side] is not { } lineSide)
            return null;

        var transports = side == MediaSide.A ? TransportsA : TransportsB;
        return lineSide.Transport < transports.Count ? transports[lineSide.Transport] : null;
    }

    /// <summary>True when <paramref name="side"/> does not want to hear the other.</summary>
    public bool HoldsOther(MediaSide side) => side == MediaSide.A ? AHoldsB : BHoldsA;
}
