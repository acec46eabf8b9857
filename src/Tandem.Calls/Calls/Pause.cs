using Tandem.Core.Loops;
using Tandem.Core.Time;

namespace Tandem.Calls.Calls;

/// <summary>One pause of a story on the shard's timer wheel. It ends early, with false, when the call is over.</summary>
internal sealed class Pause(TimerWheel wheel) : TimerEntry
{
    private readonly Signal<bool> _over = new();

    /// <summary>Completes with true at <paramref name="due"/>, with false when <see cref="Break"/> came first.</summary>
    public ValueTask<bool> UntilAsync(Moment due)
    {
        wheel.Schedule(this, due);
        return _over.WaitAsync();
    }

    public void Break()
    {
        wheel.Cancel(this);
        _over.TrySet(false);
    }

    protected override void OnDue(Moment now) => _over.TrySet(true);
}
