using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;

namespace Tandem.Sip.Transactions;

/// <summary>
/// What the four transaction machines share: the state with its one setter, and two deadlines on one timer entry (the
/// transaction itself). Owned by the loop of its engine.
/// </summary>
public abstract class Transaction : TimerEntry
{
    private Moment _retransmitAt = Moment.Never;
    private Moment _endAt = Moment.Never;
    private TimeSpan _interval;

    private protected Transaction(EngineCore core, TransactionKind kind, SipMethod method, uint cseq, long tag)
    {
        Core = core;
        Kind = kind;
        Method = method;
        CSeq = cseq;
        Tag = tag;
        State = kind switch
        {
            TransactionKind.InviteClient => TransactionState.Calling,
            TransactionKind.InviteServer => TransactionState.Proceeding,
            _ => TransactionState.Trying,
        };
    }

    /// <summary>Which of the four machines this is.</summary>
    public TransactionKind Kind { get; }

    /// <summary>The method of the request.</summary>
    public SipMethod Method { get; }

    /// <summary>The CSeq number of the request.</summary>
    public uint CSeq { get; }

    /// <summary>The state of the machine.</summary>
    public TransactionState State { get; private set; }

    /// <summary>What the transaction user hangs on it (a leg, a call); the engine only carries it.</summary>
    public object? Owner { get; set; }

    /// <summary>True for INVITE.</summary>
    public bool IsInvite => Kind is TransactionKind.InviteClient or TransactionKind.InviteServer;

    internal EngineCore Core { get; }

    /// <summary>Goes out with every packet and comes back when it could not be sent.</summary>
    internal long Tag { get; private protected set; }

    private protected abstract bool IsReliable { get; }

    /// <summary>Fires what is due, the earlier deadline first.</summary>
    protected sealed override void OnDue(Moment now)
    {
        if (_retransmitAt <= now && _retransmitAt < _endAt)
        {
            _retransmitAt = Moment.Never;
            OnRetransmitDue(now);
        }

        if (State != TransactionState.Terminated && _endAt <= now)
        {
            _endAt = Moment.Never;
            OnEndDue(now);
        }

        if (State != TransactionState.Terminated)
            Schedule();
    }

    /// <summary>Ends the transaction at once and without a word, from whatever state it is in.</summary>
    internal void Abandon() => Enter(new Step(TransactionState.Terminated), Moment.Zero);

    private protected abstract void OnRetransmitDue(Moment now);

    private protected abstract void OnEndDue(Moment now);

    /// <summary>Called once, when the machine has ended: leave the tables, give back the buffers.</summary>
    private protected abstract void OnTerminated();

    /// <summary>The only place where a transaction changes its state. True when the timer of the new state runs for no time at all.</summary>
    private protected bool Enter(in Step step, Moment now)
    {
        if (State == TransactionState.Terminated)
            return false;

        var timers = Core.Options.Timers;
        if (step.Next != State)
        {
            State = step.Next;
            Core.Counters.CountTransition(Kind, step.Next);
        }

        if (State == TransactionState.Terminated)
        {
            Core.Wheel.Cancel(this);
            OnTerminated();
            return false;
        }

        var endsAtOnce = false;
        if (step.Timer == SipTimer.Stop)
        {
            _endAt = Moment.Never;
        }
        else if (step.Timer != SipTimer.Keep)
        {
            var span = timers.Of(step.Timer, IsReliable);
            endsAtOnce = span == TimeSpan.Zero;
            _endAt = endsAtOnce ? Moment.Never : now + span;
        }

        SetRetransmit(step.Actions, timers, now);
        if (!endsAtOnce)
            Schedule();
        else
            Core.Wheel.Cancel(this);

        return endsAtOnce;
    }

    /// <summary>Lets the state end after <paramref name="span"/> at the latest (RFC 3261 §9.1: after a CANCEL).</summary>
    private protected void EndWithin(TimeSpan span, Moment now)
    {
        _endAt = Moment.Earlier(_endAt, now + span);
        Schedule();
    }

    /// <summary>Lets the state end at <paramref name="moment"/>, sooner or later than it would have.</summary>
    private protected void EndAt(Moment moment)
    {
        _endAt = moment;
        Schedule();
    }

    /// <summary>Stops the timers: something else goes on first.</summary>
    private protected void Pause()
    {
        _retransmitAt = Moment.Never;
        EndAt(Moment.Never);
    }

    private void SetRetransmit(TransactionActions actions, SipTimers timers, Moment now)
    {
        const TransactionActions any = TransactionActions.StartRetransmit | TransactionActions.DoubleRetransmit
            | TransactionActions.DoubleRetransmitToT2 | TransactionActions.RetransmitAfterT2
            | TransactionActions.StopRetransmit | TransactionActions.StartTryingDelay;
        if ((actions & any) == 0)
            return;

        if ((actions & TransactionActions.StartTryingDelay) != 0)
        {
            _retransmitAt = now + timers.TryingDelay;
            return;
        }

        if ((actions & TransactionActions.StopRetransmit) != 0 || IsReliable)
        {
            _retransmitAt = Moment.Never;
            return;
        }

        if ((actions & TransactionActions.StartRetransmit) != 0)
            _interval = timers.T1;
        else if ((actions & TransactionActions.DoubleRetransmit) != 0)
            _interval *= 2;
        else if ((actions & TransactionActions.DoubleRetransmitToT2) != 0)
            _interval = _interval * 2 < timers.T2 ? _interval * 2 : timers.T2;
        else
            _interval = timers.T2;

        _retransmitAt = now + _interval;
    }

    private void Schedule()
    {
        var due = Moment.Earlier(_retransmitAt, _endAt);
        if (due == Moment.Never)
            Core.Wheel.Cancel(this);
        else if (!IsScheduled || Due != due)
            Core.Wheel.Schedule(this, due);
    }
}
