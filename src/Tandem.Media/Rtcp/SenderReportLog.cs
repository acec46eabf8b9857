using System.Runtime.CompilerServices;
using Tandem.Core.Time;

namespace Tandem.Media.Rtcp;

/// <summary>
/// When the last sender reports went out, or passed: with the report that answers one of them it gives the round trip (RFC 3550 §6.4.1,
/// figure 2). The sender's own clock is not needed. A mutable value without allocation.
/// </summary>
internal struct SenderReportLog
{
    private const int Kept = 8;

    // Whoever names a delay beyond this has another fault than the network.
    private static readonly TimeSpan MaxRoundTrip = TimeSpan.FromSeconds(60);

    private Entries _entries;
    private int _next;

    public void Note(uint ssrc, uint ntpMiddle, Moment now)
    {
        _entries[_next] = new Entry { Ssrc = ssrc, Middle = ntpMiddle, At = now, IsUsed = true };
        _next = (_next + 1) % Kept;
    }

    /// <summary>The time from here to the reporter and back; false when the report answers none of the reports that are known.</summary>
    public bool TryGetRoundTrip(in RtcpReportBlock report, Moment now, out TimeSpan roundTrip)
    {
        roundTrip = default;
        if (report.LastSr == 0)
            return false;

        for (var i = 0; i < Kept; i++)
        {
            ref readonly var entry = ref _entries[i];
            if (!entry.IsUsed || entry.Middle != report.LastSr || entry.Ssrc != report.Ssrc)
                continue;

            roundTrip = now - entry.At - NtpTime.FromShort(report.DelaySinceLastSr);

            // A phone's clock may run faster than ours.
            if (roundTrip < TimeSpan.Zero && roundTrip > -TimeSpan.FromSeconds(1))
                roundTrip = TimeSpan.Zero;
            return roundTrip >= TimeSpan.Zero && roundTrip <= MaxRoundTrip;
        }

        return false;
    }

    private struct Entry
    {
        public uint Ssrc;
        public uint Middle;
        public Moment At;
        public bool IsUsed;
    }

    [InlineArray(Kept)]
    private struct Entries
    {
        private Entry _first;
    }
}
