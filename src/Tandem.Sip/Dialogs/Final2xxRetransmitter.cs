using Tandem.Core.Buffers;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Transactions;

namespace Tandem.Sip.Dialogs;

/// <summary>
/// The UAS core repeats its 2xx to an INVITE until the ACK arrives, after T1, 2*T1 … at most T2, whatever the transport;
/// after 64*T1 it gives up and says so (RFC 3261 §13.3.1.4 as changed by RFC 6026 §8.1).
/// </summary>
internal sealed class Final2xxRetransmitter : TimerEntry
{
    private readonly EngineCore _core;
    private readonly ServerTransaction _transaction;
    private readonly Dialog _dialog;
    private readonly PooledBuffer _response;
    private readonly int _status;
    private readonly Moment _deadline;
    private TimeSpan _interval;
    private bool _stopped;

    /// <param name="core">The engine's parts.</param>
    /// <param name="transaction">The INVITE server transaction.</param>
    /// <param name="dialog">The dialog that the ACK will name.</param>
    /// <param name="response">The response; a copy is kept.</param>
    /// <param name="status">Its status.</param>
    /// <param name="now">When it was sent.</param>
    public Final2xxRetransmitter(EngineCore core, ServerTransaction transaction, Dialog dialog, ReadOnlySpan<byte> response, int status, Moment now)
    {
        _core = core;
        _transaction = transaction;
        _dialog = dialog;
        _response = PooledBuffer.Copy(response);
        _status = status;
        _interval = core.Options.Timers.T1;
        _deadline = now + core.Options.Timers.Timeout;
        core.Wheel.Schedule(this, now + _interval);
    }

    /// <summary>The CSeq number of the ACK that stops it.</summary>
    public uint CSeq => _transaction.CSeq;

    public ServerTransaction Transaction => _transaction;

    public void Stop()
    {
        if (_stopped)
            return;

        _stopped = true;
        _core.Wheel.Cancel(this);
    }

    protected override void OnDue(Moment now)
    {
        if (now >= _deadline)
        {
            _stopped = true;
            _dialog.PendingFinal = null;
            _core.Raise(new SipEvent(SipEventKind.Timeout, null, _transaction.Flow, _transaction, null, _dialog));
            return;
        }

        _core.Counters.Count(EngineCounter.SuccessRepeated);
        _transaction.Send(_response.Retain(), _status, now);
        _interval = _interval * 2 < _core.Options.Timers.T2 ? _interval * 2 : _core.Options.Timers.T2;
        _core.Wheel.Schedule(this, Moment.Earlier(now + _interval, _deadline));
    }
}
