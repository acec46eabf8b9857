using Tandem.Core.Time;

namespace Tandem.Calls.Calls.Programs;

/// <summary>Somebody is rung for a person: when that ends without an answer.</summary>
internal sealed class Ringing
{
    private readonly LiveCall _call;
    private readonly CallbackTimer _timer;
    private readonly CallbackTimer _step;

    public Ringing(LiveCall call, ConnectOrder order)
    {
        _call = call;
        Order = order;
        _timer = new CallbackTimer(_ => Stop(ConnectEnd.NoAnswer));
        _step = new CallbackTimer(_ => EndStep());
        call.Environment.Wheel.Schedule(_timer, call.Now + order.Timeout);
    }

    public ConnectOrder Order { get; }

    /// <summary>Why it is to end; null while it goes on.</summary>
    public ConnectEnd? Ended { get; private set; }

    /// <summary>The key that ended it.</summary>
    public char? Key { get; private set; }

    /// <summary>Ends it, and whoever reads the call's signals looks.</summary>
    public void Stop(ConnectEnd end, char? key = null)
    {
        if (Ended is not null)
            return;

        Ended = end;
        Key = key;
        _call.Post(new CallSignal(CallSignalKind.Woken));
    }

    /// <summary>The step that rings now has had its time.</summary>
    public bool IsStepOver { get; private set; }

    /// <summary>A step begins.</summary>
    public void LimitStep(TimeSpan limit)
    {
        IsStepOver = false;
        _call.Environment.Wheel.Schedule(_step, _call.Now + limit);
    }

    /// <summary>True once it is over.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>It is over.</summary>
    public void Finish()
    {
        IsFinished = true;
        _call.Environment.Wheel.Cancel(_timer);
        _call.Environment.Wheel.Cancel(_step);
    }

    private void EndStep()
    {
        IsStepOver = true;
        _call.Post(new CallSignal(CallSignalKind.Woken));
    }
}
