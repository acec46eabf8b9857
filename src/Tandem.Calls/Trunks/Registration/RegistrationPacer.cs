using Tandem.Core.Time;

namespace Tandem.Calls.Trunks.Registration;

/// <summary>Gives those who want to begin a registration their turn, so that they do not come all at once. Of one shard.</summary>
internal sealed class RegistrationPacer(double perSecond)
{
    private readonly TimeSpan _distance = TimeSpan.FromSeconds(1 / perSecond);
    private Moment _next = Moment.Zero;

    /// <summary>The next free turn; at once when nobody waits.</summary>
    public Moment Take(Moment now)
    {
        var turn = _next > now ? _next : now;
        _next = turn + _distance;
        return turn;
    }
}
