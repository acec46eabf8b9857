using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media.Plan;
using Tandem.Media.Quality;
using Tandem.Media.Rtp;

namespace Tandem.Media;

/// <summary>What is told of the session's packets. Any thread may ask.</summary>
public sealed partial class MediaSession
{
    /// <summary>The sum over all media lines of what came from a side; jitter is that of the first line that has packets.</summary>
    public RtpReport From(MediaSide side)
    {
        var sum = default(RtpReport);
        foreach (var line in Core.Lines)
        {
            var report = line[side].Statistics.Read();
            sum = new RtpReport(
                sum.Packets + report.Packets,
                sum.Bytes + report.Bytes,
                sum.Lost + report.Lost,
                sum.Duplicates + report.Duplicates,
                sum.Late + report.Late,
                sum.SourceChanges + report.SourceChanges,
                sum.Packets == 0 ? report.JitterMilliseconds : sum.JitterMilliseconds,
                Later(sum.LastSeen, report.LastSeen),
                sum.RtcpPackets + report.RtcpPackets,
                Math.Max(sum.MaxJitterMilliseconds, report.MaxJitterMilliseconds),
                sum.Packets == 0 ? report.LossFraction : sum.LossFraction,
                Math.Max(sum.MaxLossFraction, report.MaxLossFraction),
                sum.LossRuns + report.LossRuns,
                sum.SkippedPackets + report.SkippedPackets);
        }

        return sum;
    }

    /// <summary>How well the direction from a side does, or did: of its first line of which anything is known. Any thread may ask.</summary>
    public StreamQuality QualityFrom(MediaSide side)
    {
        foreach (var line in Core.Lines)
        {
            var quality = line[side].Quality();
            if (quality.Mos is not null || quality.Heard is not null)
                return quality;
        }

        return StreamQuality.Unknown;
    }

    /// <summary>How many media lines the plan in force relays: as many as <see cref="Streams"/> lists.</summary>
    public int StreamCount
    {
        get
        {
            var count = 0;
            foreach (var line in _negotiation.Plan.Lines)
                count += line is null ? 0 : 1;
            return count;
        }
    }

    /// <summary>The media lines that the plan in force relays.</summary>
    public IReadOnlyList<RelayedStream> Streams()
    {
        var plan = _negotiation.Plan;
        var lines = Core.Lines;
        var list = new List<RelayedStream>(plan.Lines.Count);
        for (var i = 0; i < plan.Lines.Count; i++)
        {
            if (plan.Lines[i] is not { } planned)
                continue;

            // The loop makes the line a moment after the plan; until then nothing was counted and the SDP tells the address.
            var line = i < lines.Count ? lines[i] : null;
            list.Add(new RelayedStream(
                planned.Kind,
                AddressOf(plan, i, MediaSide.A),
                AddressOf(plan, i, MediaSide.B),
                line?.A.Statistics.Read() ?? default,
                line?.B.Statistics.Read() ?? default)
            {
                HeardByA = line?.A.Remote ?? default,
                HeardByB = line?.B.Remote ?? default,
                QualityFromA = line?.A.Quality() ?? StreamQuality.Unknown,
                QualityFromB = line?.B.Quality() ?? StreamQuality.Unknown,
                DroppedA = DroppedAt(planned.A, MediaSide.A),
                DroppedB = DroppedAt(planned.B, MediaSide.B),
            });
        }

        return list;
    }

    private static Moment? Later(Moment? left, Moment? right) => left is null || right > left ? right : left;

    private NetAddress AddressOf(MediaPlan plan, int line, MediaSide side)
    {
        var transports = Core.Transports(side);
        if (plan.Lines[line]?[side] is { } planned && planned.Transport < transports.Count
            && transports[planned.Transport].Rtp.Address is { IsUnspecified: false } address)
            return address;

        return plan.Transport(line, side)?.Rtp ?? default;
    }

    private long DroppedAt(LineSide? side, MediaSide of)
    {
        var transports = Core.Transports(of);
        return side is not null && side.Transport < transports.Count ? transports[side.Transport].Dropped : 0;
    }
}
