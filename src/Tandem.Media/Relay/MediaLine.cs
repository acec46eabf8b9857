using Tandem.Core.Time;
using Tandem.Media.Plan;
using Tandem.Media.Rtcp;
using Tandem.Media.Transport;

namespace Tandem.Media.Relay;

/// <summary>One media line on the packet path: its two legs, and whether packets pass between them. Owned by the media loop.</summary>
internal sealed class MediaLine
{
    private readonly Func<LineLeg, LineReports> _reports;

    /// <param name="index">Its place in the SDP, from 0.</param>
    /// <param name="reports">Makes the RTCP of a leg that ends here.</param>
    public MediaLine(int index, Func<LineLeg, LineReports> reports)
    {
        Index = index;
        _reports = reports;
        A = new LineLeg(this, MediaSide.A);
        B = new LineLeg(this, MediaSide.B);
    }

    /// <summary>Its place in the SDP, from 0.</summary>
    public int Index { get; }

    public LineLeg A { get; }

    public LineLeg B { get; }

    /// <summary>The plan in force; null when the line is switched off.</summary>
    public LinePlan? Plan { get; private set; }

    /// <summary>Reads along while RTCP passes; null before the first.</summary>
    public RtcpObserver? Observer { get; private set; }

    /// <summary>True when RTCP passes between the sides: packets do in both directions, and nobody here writes into either.</summary>
    public bool RelaysRtcp { get; private set; }

    public LineLeg this[MediaSide side] => side == MediaSide.A ? A : B;

    /// <summary>Puts a plan in force, between two packets. <see cref="Refresh"/> follows when the transports have theirs.</summary>
    public void Apply(LinePlan? plan, MediaTransport? a, MediaTransport? b)
    {
        Plan = plan;
        A.Apply(plan?.A, plan?.A is null ? null : a, plan?.AToB);
        B.Apply(plan?.B, plan?.B is null ? null : b, plan?.BToA);
    }

    /// <summary>RTCP of <paramref name="from"/> passes to the other side.</summary>
    public void Observe(MediaSide from, ReadOnlySpan<byte> compound, int clockRate, Moment now) =>
        (Observer ??= new RtcpObserver()).Observe(from, compound, clockRate, now);

    /// <summary>Works out anew who is relayed to whom.</summary>
    public void Refresh()
    {
        var canRelay = Plan is { CanRelay: true } && A.Transport is { } a && B.Transport is { } b && a.IsOpaque == b.IsOpaque;
        A.SetRelayed(canRelay && !B.IsFed);
        B.SetRelayed(canRelay && !A.IsFed);
        RelaysRtcp = canRelay && !A.IsFed && !B.IsFed;
        Report(A);
        Report(B);
    }

    // Where RTCP ends here, we report.
    private void Report(LineLeg leg)
    {
        if (leg.Transport is not { IsOpaque: false } transport)
            return;

        if (RelaysRtcp || leg.Plan is not { WantsRtcp: true })
        {
            leg.Reports?.Pause(transport.Loop);
            return;
        }

        // A line that was off meanwhile said BYE then; its reports begin anew (RFC 3550 §6.3.7).
        if (leg.Reports is not { HasEnded: false } reports)
            leg.Reports = reports = _reports(leg);
        reports.Run(transport.Loop);
    }
}
