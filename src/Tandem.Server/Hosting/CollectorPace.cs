namespace Tandem.Server.Hosting;

/// <summary>
/// Says when memory is collected ahead of the time at which the runtime would do it. A collection stops the media loops for as long as it
/// takes to look at what lives, and that grows with what was made since the last one. While little is made, as by requests beside calls,
/// small collections cost next to nothing; while much is made, as by thousands of new calls a second, each would copy the calls that are
/// being set up, so the budget of the runtime says when. Old memory is looked at beside the running calls by a thread that the runtime ends
/// after 20 s without work; the collection that starts it anew may stop everything until it is done (dotnet/runtime #13238), half a second
/// with a gigabyte of calls. So that thread is given work before.
/// </summary>
/// <param name="step">Bytes made since the last collection after which the next one of the youngest is due; 0: never.</param>
/// <param name="busy">Bytes made since the last look from which on the runtime is left alone with the youngest.</param>
/// <param name="old">How long after one collection of old memory the next one is due; zero: never.</param>
public sealed class CollectorPace(long step, long busy, TimeSpan old)
{
    /// <summary>The generation of what is old.</summary>
    public const int Old = 2;

    // What outlives a collection gathers in the next generation, whose own collection stops everything for longer the more there is.
    private const int YoungestOfEach = 4;

    private long _seen;
    private long _atCollection;
    private int _collections = -1;
    private int _due;
    private TimeSpan? _oldAt;

    /// <summary>The generation that is due to be collected now, 0 to 2; null for none.</summary>
    /// <param name="allocated">Bytes that the process has made since its start.</param>
    /// <param name="collections">Collections of any generation since then.</param>
    /// <param name="now">Time since any fixed moment.</param>
    public int? Due(long allocated, int collections, TimeSpan now)
    {
        var made = allocated - _seen;
        _seen = allocated;
        if (old > TimeSpan.Zero && (_oldAt is not { } last || now - last >= old))
        {
            _oldAt = now;
            return Old;
        }

        if (collections != _collections)
        {
            _collections = collections;
            _atCollection = allocated;
            return null;
        }

        if (step <= 0 || made >= busy || allocated - _atCollection < step)
            return null;

        return ++_due % YoungestOfEach == 0 ? 1 : 0;
    }
}
