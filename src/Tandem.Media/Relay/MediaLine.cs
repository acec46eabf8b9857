using Tandem.Media.Plan;
using Tandem.Media.Transport;

namespace Tandem.Media.Relay;

/// <summary>One media line on the packet path: its two legs, and whether packets pass between them. Owned by the media loop.</summary>
internal sealed class MediaLine
{
    public MediaLine(int index)
    {
        Index = index;
        A = new LineLeg(this, MediaSide.A);
        B = new LineLeg(this, MediaSide.B);
    }

    /// <summary>Its place in the SDP, from 0.</summary>
    public int Index { get; }

    public LineLeg A { get; }

    public LineLeg B { get; }

    /// <summary>The plan in force; null when the line is switched off.</summary>
    public LinePlan? Plan { get; private set; }

    /// <summary>True when RTCP passes between the sides: packets do in both directions, and nobody here writes into either.</summary>
    public bool RelaysRtcp { get; private set; }

    public LineLeg this[MediaSide side] => side == MediaSide.A ? A : B;

    /// <summary>Puts a plan in force, between two packets.</summary>
    public void Apply(LinePlan? plan, MediaTransport? a, MediaTransport? b)
    {
        Plan = plan;
        A.Apply(plan?.A, plan?.A is null ? null : a, plan?.AToB);
        B.Apply(plan?.B, plan?.B is null ? null : b, plan?.BToA);
        Refresh();
    }

    /// <summary>Works out anew who is relayed to whom.</summary>
    public void Refresh()
    {
        var canRelay = Plan is { CanRelay: true } && A.Transport is { } a && B.Transport is { } b && a.IsOpaque == b.IsOpaque;
        A.SetRelayed(canRelay && !B.IsFed);
        B.SetRelayed(canRelay && !A.IsFed);
        RelaysRtcp = canRelay && !A.IsFed && !B.IsFed;
    }
}
