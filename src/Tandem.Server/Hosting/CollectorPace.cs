namespace Tandem.Server.Hosting;

/// <summary>
/// Says when the youngest generation is collected before its budget is used up. A collection stops the media loops for as long as it takes
/// to look at what lives, and that grows with what was made since the last one. While little is made, as by requests beside calls, small
/// collections cost next to nothing; while much is made, as by thousands of new calls a second, each would copy the calls that are being
/// set up, so the budget of the runtime says when.
/// </summary>
/// <param name="step">Bytes made since the last collection after which the next one is due.</param>
/// <param name="busy">Bytes made since the last look from which on the runtime is left alone.</param>
public sealed class CollectorPace(long step, long busy)
{
    private long _seen;
    private long _atCollection;
    private int _collections = -1;

    /// <summary>True when a collection is due now.</summary>
    /// <param name="allocated">Bytes that the process has made since its start.</param>
    /// <param name="collections">Collections of any generation since then.</param>
    public bool IsDue(long allocated, int collections)
    {
        var made = allocated - _seen;
        _seen = allocated;
        if (collections != _collections)
        {
            _collections = collections;
            _atCollection = allocated;
            return false;
        }

        return made < busy && allocated - _atCollection >= step;
    }
}
