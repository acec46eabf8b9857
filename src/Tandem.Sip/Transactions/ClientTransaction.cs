using Tandem.Core.Buffers;
using Tandem.Core.Time;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;

namespace Tandem.Sip.Transactions;

/// <summary>
/// A client transaction (RFC 3261 §17.1): the effects of <see cref="InviteClientFsm"/> and
/// <see cref="NonInviteClientFsm"/>. Made by <see cref="SipEngine.SendRequest(PooledBuffer, SipMethod, SipFlow, Moment, object?, uint)"/>.
/// </summary>
public sealed partial class ClientTransaction : Transaction
{
    private readonly uint _loopKey;
    private PooledBuffer? _request;
    private PooledBuffer? _ack;
    private string? _serverName;
    private bool _mayFallBack;
    private bool _cancelWaits;
    private string _cancelReason = "";
    private SipFlow _responseFlow;

    internal ClientTransaction(
        EngineCore core, TransactionKind kind, SipMethod method, uint cseq, ulong id, uint loopKey, SipFlow target, PooledBuffer request, bool isInitial, bool mayFallBack)
        : base(core, kind, method, cseq, TagOf(id, method))
    {
        Id = id;
        _loopKey = loopKey;
        Target = target;
        SentBy = core.Addressing.SentBy(target);
        _request = request;
        _mayFallBack = mayFallBack;
        IsInitial = isInitial;
    }

    // An attempt that was given up: the same request, with the branch of then.
    private ClientTransaction(ClientTransaction original, PooledBuffer request)
        : base(original.Core, original.Kind, original.Method, original.CSeq, TagOf(original.Id, original.Method))
    {
        _original = original;
        Id = original.Id;
        _loopKey = original._loopKey;
        Target = original.Target;
        SentBy = original.SentBy;
        _serverName = original.ServerName;
        _request = request;
        IsInitial = original.IsInitial;
        IsCancelled = true;
        _cancelWaits = true;
    }

    /// <summary>Where the request went: after the switch of RFC 3261 §18.1.1 to TCP this says TCP. With several targets the one that is being tried.</summary>
    public SipFlow Target { get; private set; }

    /// <summary>The domain that was resolved to <see cref="Target"/>, which a certificate must be for (<see cref="SipPacket.ServerName"/>); null when the URI named the address.</summary>
    public string? ServerName => _route?.Domain ?? _serverName;

    /// <summary>Where the last response came from; nothing before the first one.</summary>
    public SipFlow ResponseFlow => _responseFlow;

    /// <summary>The status of the best response so far; 0 before the first one.</summary>
    public int LastStatus { get; private set; }

    /// <summary>True once <see cref="SipEngine.Cancel"/> was called for it, whether the CANCEL is out already or waits for a provisional response.</summary>
    public bool IsCancelled { get; private set; }

    /// <summary>The far end is one whom anybody may name: its dialogs are guarded (<see cref="Dialogs.Dialog.IsGuarded"/>). Set right after it was begun.</summary>
    public bool IsGuarded { get; set; }

    /// <summary>True when the request has no To tag: it belongs to no dialog, and may open some.</summary>
    public bool IsInitial { get; }

    /// <summary>The dialogs that responses to this INVITE opened, newest first, as a list through <see cref="Dialog.NextFork"/>.</summary>
    public Dialog? Forks { get; internal set; }

    /// <summary>The number in the branch.</summary>
    internal ulong Id { get; private set; }

    internal SentBy SentBy { get; private set; }

    private protected override bool IsReliable => Target.IsReliable;

    internal static long TagOf(ulong id, SipMethod method) => (long)((id << 1) | (method == SipMethod.Cancel ? 1UL : 0UL));

    internal void Start(Moment now)
    {
        Core.Counters.CountTransition(Kind, State);
        Feed(ClientInput.Start, null, now);
    }

    /// <summary>A response that matched. The caller keeps its reference of the message.</summary>
    internal void Receive(SipMessage response, in SipFlow flow, Moment now)
    {
        _mayFallBack = false;
        if (_route is not null && GoesOnAfter(response, now))
            return;

        var status = response.StatusCode;
        var input = status < 200 ? ClientInput.Provisional : status < 300 ? ClientInput.Success : ClientInput.Failure;
        if (status > LastStatus)
            LastStatus = status;

        _responseFlow = flow;
        Feed(input, response, now);
        if (_cancelWaits && State == TransactionState.Proceeding)
            SendCancel(now);
    }

    internal void TransportFailed(Moment now)
    {
        if (_mayFallBack && State is TransactionState.Calling or TransactionState.Trying)
            FallBackToUdp(now);
        else if (_route is null || !GoesOnAfterFailure(now))
            Feed(ClientInput.TransportError, null, now);
    }

    /// <summary>RFC 3261 §9.1. False when a final response is here already or the CANCEL was asked for before.</summary>
    internal bool Cancel(Moment now, string reason)
    {
        if (Kind != TransactionKind.InviteClient || IsCancelled || State is not (TransactionState.Calling or TransactionState.Proceeding))
            return false;

        IsCancelled = true;
        _cancelReason = reason;
        if (State == TransactionState.Proceeding)
            SendCancel(now);
        else
            _cancelWaits = true;

        return true;
    }

    private protected override void OnRetransmitDue(Moment now) => Feed(ClientInput.Retransmit, null, now);

    private protected override void OnEndDue(Moment now)
    {
        if (_route is null || !GoesOnAfterSilence(now))
            Feed(ClientInput.End, null, now);
    }

    private protected override void OnTerminated()
    {
        Core.Clients.Remove(this);
        DropRequest();
        _ack?.Release();
        _ack = null;
        if (_original is not null)
            _original.EchoEnded();
        else if (_echoes == 0)
            Core.EndForks(this);
    }

    private void Feed(ClientInput input, SipMessage? response, Moment now)
    {
        var step = Kind == TransactionKind.InviteClient ? InviteClientFsm.Next(State, input) : NonInviteClientFsm.Next(State, input);
        var actions = step.Actions;
        if ((actions & TransactionActions.SendRequest) != 0)
            SendRequest(input == ClientInput.Retransmit);
        if ((actions & TransactionActions.SendAck) != 0)
            SendAck(response!);
        if ((actions & TransactionActions.ToUser) != 0 && Method != SipMethod.Cancel)
        {
            if (_original is not null)
                DeliverEcho(response!);
            else
                Core.Delivery.Deliver(this, response!, _responseFlow);
        }

        var wasTerminated = State == TransactionState.Terminated;
        if (Enter(step, now))
            Feed(ClientInput.End, null, now);
        else if (State is TransactionState.Accepted or TransactionState.Completed)
            DropRequest();

        if ((actions & TransactionActions.InformTimeout) != 0)
            Raise(SipEventKind.Timeout);
        if ((actions & TransactionActions.InformTransportError) != 0)
            Raise(SipEventKind.TransportFailed);
        if (!wasTerminated && State == TransactionState.Terminated && _echoes == 0)
            Raise(SipEventKind.TransactionEnded);
    }

    // The user asked for a CANCEL and hears of it through its INVITE; the CANCEL itself is the engine's own affair.
    private void Raise(SipEventKind kind)
    {
        if (Method != SipMethod.Cancel && _original is null)
            Core.Raise(new SipEvent(kind, null, Target, null, this, null));
    }

    private void SendRequest(bool again)
    {
        if (_request is null)
            return;

        Core.Counters.Count(again ? EngineCounter.RequestsRetransmitted : EngineCounter.RequestsSent);
        Core.Send(Target, _request.Retain(), Tag, ServerName);
    }

    private void SendAck(SipMessage response)
    {
        if (_ack is null && _request is not null && HopByHop.Ack(_request, response, Core.Options.Limits) is { } ack)
        {
            // It waits for timer D: kept in an array of its own size, like the final response of a server transaction.
            _ack = PooledBuffer.Copy(ack.Span);
            ack.Release();
        }

        if (_ack is not null)
            Core.Send(Target, _ack.Retain(), Tag, ServerName);
    }

    private void SendCancel(Moment now)
    {
        _cancelWaits = false;
        EndWithin(Core.Options.Timers.Timeout, now);
        if (_request is null || HopByHop.Cancel(_request, Core.Options.Limits, _cancelReason) is not { } buffer)
            return;

        var cancel = new ClientTransaction(Core, TransactionKind.NonInviteClient, SipMethod.Cancel, CSeq, Id, _loopKey, Target, buffer, IsInitial, mayFallBack: false) { _serverName = ServerName };
        Core.Clients.Add(cancel);
        cancel.Start(now);
    }

    // RFC 3261 §18.1.1: the request went to TCP only for its size, and nobody listens there.
    private void FallBackToUdp(Moment now)
    {
        _mayFallBack = false;
        Core.TcpRefusals.Add(Target.Remote, now);
        Target = Target with { Transport = SipTransportKind.Udp, Connection = 0 };
        SentBy = Core.Addressing.SentBy(Target);
        _request = ViaEditor.ReplaceTopLine(_request!, SentBy, Target.Transport, Core.BranchStart, Id, _loopKey);
        Core.Counters.Count(EngineCounter.FallbacksToUdp);
        Feed(ClientInput.Start, null, now);
    }

    private void DropRequest()
    {
        _request?.Release();
        _request = null;
    }
}
