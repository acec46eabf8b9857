using Tandem.Core.Time;

namespace Tandem.Media.Rtcp;

/// <summary>
/// Reads along where RTCP is relayed: a sender report of one side passes us on its way to the other, whose report names it, so the way
/// from us to that other side and back is known without a report of our own. Owned by one media loop; nothing is allocated per packet.
/// </summary>
public sealed class RtcpObserver
{
    private readonly RtcpRemote _a = new();
    private readonly RtcpRemote _b = new();
    private SenderReportLog _fromA;
    private SenderReportLog _fromB;

    /// <summary>What <paramref name="side"/> tells about what it receives. Any thread may ask.</summary>
    public RtcpRemoteView From(MediaSide side) => Of(side).Read();

    /// <summary>Takes a datagram that passes (decrypted).</summary>
    /// <param name="from">Who sent it.</param>
    /// <param name="datagram">The compound.</param>
    /// <param name="clockRate">Hertz of the stream that goes to <paramref name="from"/>; 0 when unknown.</param>
    /// <param name="now">When it came.</param>
    public void Observe(MediaSide from, ReadOnlySpan<byte> datagram, int clockRate, Moment now)
    {
        var remote = Of(from);
        ref var sent = ref from == MediaSide.A ? ref _fromA : ref _fromB;
        ref readonly var received = ref from == MediaSide.A ? ref _fromB : ref _fromA;
        var reader = new RtcpReader(datagram);
        while (reader.TryRead(out var block))
        {
            if (block.TryGetSender(out var sender))
                sent.Note(sender.Ssrc, sender.NtpMiddle, now);
            for (var i = 0; i < block.Reports; i++)
                remote.Take(block.Report(i), received, clockRate, now);
            if (block.TryGetVoipMetrics(out var metrics))
                remote.Take(metrics);
        }
    }

    private RtcpRemote Of(MediaSide side) => side == MediaSide.A ? _a : _b;
}
