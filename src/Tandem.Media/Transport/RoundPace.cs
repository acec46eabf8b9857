using Tandem.Core.Time;

namespace Tandem.Media.Transport;

/// <summary>
/// When a busy loop looks again. A wake-up costs as much as several packets, so rounds are put off to gather; but no packet shall wait longer
/// than the coalescing time for others, the work of its own round included. So the busier the loop, the shorter the pause, down to none when
/// a round takes half of that time. A mutable value, owned by the loop.
/// </summary>
/// <param name="coalesce">The longest that a packet waits for others; zero for no pause.</param>
internal struct RoundPace(TimeSpan coalesce)
{
    private Moment _last = Moment.Zero - coalesce - coalesce;

    /// <summary>Until when to pause after a round; <see cref="Moment.Zero"/> for not at all.</summary>
    /// <param name="began">When the round began.</param>
    /// <param name="ended">When it had done its work.</param>
    /// <param name="hadPackets">False when all there was were commands.</param>
    public Moment PauseUntil(Moment began, Moment ended, bool hadPackets)
    {
        // A loop that has been quiet answers at once: what comes alone has nobody to wait for.
        var busy = hadPackets && began - _last < coalesce + coalesce;
        _last = began;
        if (!busy)
            return Moment.Zero;

        // The next round will take about as long as this one.
        var until = began + (coalesce - (ended - began));
        return until > ended ? until : Moment.Zero;
    }
}
