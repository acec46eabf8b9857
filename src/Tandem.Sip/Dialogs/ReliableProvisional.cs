using Tandem.Core.Buffers;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Sip.Dialogs;

/// <summary>
/// Reliable provisional responses of the UAS (RFC 3262 §3) for one INVITE: one is under way at a time, repeated after
/// T1, 2*T1, 4*T1 … until its PRACK; others wait in order. Without a PRACK for 64*T1 it gives up and says so.
/// </summary>
internal sealed class ReliableProvisional : TimerEntry
{
    private readonly EngineCore _core;
    private readonly ServerTransaction _transaction;
    private readonly Queue<(uint Number, PooledBuffer Response, int Status)> _waiting = [];
    private uint _nextNumber;
    private uint _current;
    private PooledBuffer? _response;
    private int _status;
    private TimeSpan _interval;
    private Moment _deadline;

    public ReliableProvisional(EngineCore core, ServerTransaction transaction)
    {
        _core = core;
        _transaction = transaction;

        // §3: uniformly in 1 to 2^31 - 1.
        _nextNumber = (uint)core.Random.Next(1, int.MaxValue);
    }

    /// <summary>True while a response waits for its PRACK.</summary>
    public bool IsPending => _response is not null;

    /// <summary>True when another response may wait for its turn.</summary>
    public bool HasRoom => _waiting.Count < _core.Options.MaxWaitingReliable;

    /// <summary>The RSeq number for the next response.</summary>
    public uint TakeNumber() => _nextNumber++;

    /// <summary>Sends a response, or lets it wait for its turn. Takes over the buffer.</summary>
    public void Send(uint number, PooledBuffer response, int status, Moment now)
    {
        if (IsPending)
            _waiting.Enqueue((number, response, status));
        else
            Begin(number, response, status, now);
    }

    /// <summary>A PRACK. True when it acknowledges the response under way (RFC 3262 §3).</summary>
    public bool Acknowledge(in RAckValue rack, Moment now)
    {
        if (_current == 0 || rack.ResponseNumber != _current || rack.CSeq != _transaction.CSeq || rack.Method != SipMethod.Invite)
            return false;

        _current = 0;
        StopRepeating();
        if (_waiting.TryDequeue(out var next))
            Begin(next.Number, next.Response, next.Status, now);

        return true;
    }

    /// <summary>
    /// A final response was sent, or the INVITE is over: nothing is repeated and nothing new is sent, but the PRACK
    /// under way is still welcome.
    /// </summary>
    public void Stop()
    {
        StopRepeating();
        _waiting.Clear();
    }

    protected override void OnDue(Moment now)
    {
        if (_response is null)
            return;

        if (now >= _deadline)
        {
            Stop();
            _core.Raise(new SipEvent(SipEventKind.Timeout, null, _transaction.Flow, _transaction, null, _transaction.Dialog));
            return;
        }

        _core.Counters.Count(EngineCounter.ResponsesRetransmitted);
        _transaction.Send(_response.Retain(), _status, now);
        _interval *= 2;
        _core.Wheel.Schedule(this, Moment.Earlier(now + _interval, _deadline));
    }

    private void Begin(uint number, PooledBuffer response, int status, Moment now)
    {
        _current = number;
        _response = response;
        _status = status;
        _interval = _core.Options.Timers.T1;
        _deadline = now + _core.Options.Timers.Timeout;
        _transaction.Send(response.Retain(), status, now);
        _core.Wheel.Schedule(this, now + _interval);
    }

    private void StopRepeating()
    {
        _core.Wheel.Cancel(this);
        _response?.Release();
        _response = null;
    }
}
