using Tandem.Core.Time;
using Tandem.Media;
using Tandem.Media.Rtcp;
using Tandem.Media.Rtp;

namespace Tandem.Fuzz.Targets;

/// <summary>RTCP as a session and an observer take it: whatever comes, our own report stays well formed and memory flat.</summary>
internal static class RtcpTarget
{
    private const uint Ours = 0x6F757273;
    private const uint Theirs = 0x70656572;

    public static int Run(byte[] input)
    {
        var statistics = new RtpStatistics();
        var session = new RtcpSession(new RtcpOptions(), statistics, "name"u8.ToArray(), Ours, new Random(1));
        var observer = new RtcpObserver();
        var now = Moment.FromMilliseconds(1_000);
        session.Start(now);
        statistics.Count(new RtpHeader(0, false, 1, 160, Theirs, 12, 0), 172, 8000, now);
        session.OnReceived(Theirs, now);
        session.OnSent(Ours, 160, 160, 8000, now);
        var events = session.Receive(input, now);
        observer.Observe(MediaSide.A, input, 8000, now);
        observer.Observe(MediaSide.B, input, 8000, now + TimeSpan.FromMilliseconds(20));

        var walk = new HashCode();
        var reader = new RtcpReader(input);
        var blocks = 0;
        while (reader.TryRead(out var block))
        {
            blocks++;
            if (blocks < 6)
            {
                walk.Add(block.Type);
                walk.Add((block.Reports, block.ByeCount, block.NackCount, block.IntraRequests));
                walk.Add((block.TryGetCname(Theirs, out _), block.TryGetVoipMetrics(out _), block.IsPictureLoss));
            }
        }

        Check.That(blocks <= input.Length / 4, "more packets than words");
        Check.That(session.Members <= 1 + new RtcpOptions().MaxMembers, "too many members");
        if (observer.From(MediaSide.B).RoundTripMilliseconds is { } roundTrip)
            Check.That(roundTrip is >= 0 and <= 60_000, "an absurd round trip");

        var buffer = new byte[RtcpSession.MaxDatagramBytes];
        for (var i = 0; i < 5; i++)
        {
            Check.That(session.Deadline != Moment.Never && session.Deadline - now < TimeSpan.FromMinutes(10), "the next report is too far");
            now = session.Deadline;
            var length = session.OnDeadline(now, buffer);
            Check.That(length == 0 || RtcpPacket.IsValid(buffer.AsSpan(0, length), encrypted: false), "our report is malformed");
        }

        return HashCode.Combine(walk.ToHashCode(), events);
    }
}
