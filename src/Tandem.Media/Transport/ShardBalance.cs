namespace Tandem.Media.Transport;

/// <summary>
/// Work moves to another loop when one is full. Sessions are dealt out by their number, which says little of what they cost: a room of a thousand is on one loop, and
/// so may be the calls that are decoded and recorded. Each loop looks at itself once a second and, when it is full, gives some sessions to the one with
/// the most time to spare, packets unlost (<see cref="MediaSession.TryGiveTo"/>). Who is in a mix, or ever was, stays: its members are on one loop.
/// </summary>
internal static class ShardBalance
{
    // Where a session goes has room for it, and does not give it back.
    private const double Room = 0.75;

    // What a session costs is not known: some of them at once, and then another look.
    private const int Share = 4;

    /// <summary>How many of its sessions a loop gives to another one; 0 for none.</summary>
    /// <param name="busy">How busy it is, 0 to 1.</param>
    /// <param name="other">How busy the other one is.</param>
    /// <param name="sessions">The sessions that it has.</param>
    /// <param name="full">From where on it is full, 0 to 1.</param>
    public static int CountToMove(double busy, double other, int sessions, double full)
    {
        if (busy < full || other >= full * Room)
            return 0;

        // As many as make both alike, if all cost the same. One that fills a loop alone would fill the other, and come back.
        var even = (int)(sessions * (busy - other) / (2 * busy));
        return Math.Min(even, Math.Max(1, sessions / Share));
    }

    /// <summary>Gives sessions of <paramref name="loop"/> away when it is full. On its thread.</summary>
    public static void Relieve(MediaLoop loop, IReadOnlyList<MediaLoop> loops, double full)
    {
        if (loop.Load.Busy < full)
            return;

        MediaLoop? target = null;
        foreach (var other in loops)
        {
            if (!ReferenceEquals(other, loop) && (target is null || other.Load.Busy < target.Load.Busy))
                target = other;
        }

        if (target is not null)
            loop.GiveAway(CountToMove(loop.Load.Busy, target.Load.Busy, loop.Served, full), target);
    }
}
