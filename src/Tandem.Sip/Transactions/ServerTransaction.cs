using Tandem.Core.Buffers;
using Tandem.Core.Time;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Writing;

namespace Tandem.Sip.Transactions;

/// <summary>
/// A server transaction (RFC 3261 §17.2): the effects of <see cref="InviteServerFsm"/> and
/// <see cref="NonInviteServerFsm"/>. The user answers through <see cref="SipEngine.Respond(ServerTransaction, SipWriter, Moment)"/>.
/// </summary>
public sealed class ServerTransaction : Transaction
{
    private byte[]? _localTag;
    private PooledBuffer? _last;
    private bool _triedNewConnection;
    private Moment _startedAt;

    internal ServerTransaction(EngineCore core, TransactionKind kind, SipMessage request, in SipFlow flow, in SipFlow target, int sentByPort, byte[] key, int matchLength, bool isInitial)
        : base(core, kind, request.Method, request.CSeq, 0)
    {
        SentByPort = sentByPort;
        Request = request.Retain();
        IsInitial = isInitial;
        Flow = flow;
        Target = target;
        Key = key;
        MatchLength = matchLength;
    }

    /// <summary>The request; null once a final response was sent (who needs it longer keeps the message of the event).</summary>
    public SipMessage? Request { get; private set; }

    /// <summary>Where the request came from.</summary>
    public SipFlow Flow { get; }

    /// <summary>Where responses go (RFC 3261 §18.2.2, RFC 3581 §4).</summary>
    public SipFlow Target { get; private set; }

    /// <summary>The dialog of the request, or the one that it opens; null again once a request other than INVITE was answered, as is <see cref="Transaction.Owner"/>.</summary>
    public Dialog? Dialog { get; internal set; }

    /// <summary>The status of the last response that was sent; 0 before the first one.</summary>
    public int LastStatus { get; private set; }

    /// <summary>True once a final response was given.</summary>
    public bool IsAnswered => LastStatus >= 200;

    /// <summary>True when the request came without a To tag: outside of any dialog.</summary>
    public bool IsInitial { get; }

    /// <summary>True once a CANCEL matched (RFC 3261 §9.2).</summary>
    public bool IsCancelled { get; internal set; }

    /// <summary>The To tag of all responses: the one of the request, or else one made here (RFC 3261 §8.2.6.2).</summary>
    public ReadOnlySpan<byte> LocalTag => _localTag ??= OwnTag();

    /// <summary>Repeats reliable provisional responses (RFC 3262); null while none was sent.</summary>
    internal ReliableProvisional? Reliable { get; set; }

    /// <summary>What requests are matched by: the first <see cref="MatchLength"/> bytes for §17.2.3, the rest for §8.2.2.2.</summary>
    internal byte[] Key { get; }

    internal int MatchLength { get; }

    /// <summary>The port of sent-by, or the default one of the transport.</summary>
    internal int SentByPort { get; }

    internal int MatchHash { get; set; }

    internal int MergeHash { get; set; }

    internal ServerTransaction? NextMatch { get; set; }

    internal ServerTransaction? NextMerge { get; set; }

    private protected override bool IsReliable => Flow.IsReliable;

    /// <summary>Starts a response to the request with the tag of this transaction; only before a final response was sent.</summary>
    public SipWriter Reply(int status, string reason = "")
    {
        var request = Request ?? throw new InvalidOperationException("the request was answered already");
        var response = SipResponses.To(request, status, reason, status == 100 ? default : LocalTag);
        if (Dialog is { SessionId.Length: > 0 } dialog)
            response.Header(HeaderName.SessionId, dialog.SessionId);
        return response;
    }

    internal void SetTag(long tag) => Tag = tag;

    internal void Start(Moment now)
    {
        _startedAt = now;
        Core.Counters.CountTransition(Kind, State);
        Feed(ServerInput.Start, null, now);
    }

    internal void ReceiveAgain(Moment now) => Feed(ServerInput.Request, null, now);

    /// <summary>True when the ACK is for the user.</summary>
    internal bool ReceiveAck(Moment now) => Feed(ServerInput.Ack, null, now);

    /// <summary>Sends a finished response; takes over the buffer. False when the state does not let it out.</summary>
    internal bool Send(PooledBuffer response, int status, Moment now)
    {
        var input = status < 200 ? ServerInput.Provisional : status < 300 ? ServerInput.Success : ServerInput.Failure;
        var before = LastStatus;
        var sent = Feed(input, response, now, status);
        if (!sent)
        {
            response.Release();
            LastStatus = before;
        }
        else if (status >= 200 && before < 200)
        {
            Core.Counters.Requests(Method).Count(status, now - _startedAt);
        }

        return sent;
    }

    internal void TransportFailed(Moment now)
    {
        // RFC 3261 §18.2.2: the connection is gone, so open one to where the Via points, once.
        if (Target.IsReliable && !_triedNewConnection && _last is not null)
        {
            _triedNewConnection = true;
            Target = Target with { Remote = Target.Remote.WithPort(SentByPort), Connection = 0 };
            Core.Send(Target, _last.Retain(), Tag);
            return;
        }

        Feed(ServerInput.TransportError, null, now);
    }

    private protected override void OnRetransmitDue(Moment now) => Feed(ServerInput.Retransmit, null, now);

    private protected override void OnEndDue(Moment now) => Feed(ServerInput.End, null, now);

    private protected override void OnTerminated()
    {
        Core.Servers.Remove(this);
        DropRequest();
        _last?.Release();
        _last = null;
        Reliable?.Stop();
    }

    private bool Feed(ServerInput input, PooledBuffer? response, Moment now, int status = 0)
    {
        var step = Kind == TransactionKind.InviteServer ? InviteServerFsm.Next(State, input) : NonInviteServerFsm.Next(State, input);
        var actions = step.Actions;
        if ((actions & TransactionActions.SendTrying) != 0)
            SendTrying();
        if ((actions & TransactionActions.SendResponse) != 0)
            SendResponse(response!, status, step.Next);
        if ((actions & TransactionActions.RepeatResponse) != 0 && _last is not null)
        {
            Core.Counters.Count(EngineCounter.ResponsesRetransmitted);
            Core.Send(Target, _last.Retain(), Tag);
        }

        var wasTerminated = State == TransactionState.Terminated;
        if (Enter(step, now))
            Feed(ServerInput.End, null, now);
        else if (IsAnswered)
            DropRequest();

        if ((actions & TransactionActions.InformTimeout) != 0)
            Core.Raise(new SipEvent(SipEventKind.Timeout, null, Flow, this, null, Dialog));
        if ((actions & TransactionActions.InformTransportError) != 0)
            Core.Raise(new SipEvent(SipEventKind.TransportFailed, null, Flow, this, null, Dialog));
        if (!wasTerminated && State == TransactionState.Terminated && IsInvite)
            Core.Raise(new SipEvent(SipEventKind.TransactionEnded, null, Flow, this, null, Dialog));

        return (actions & (TransactionActions.ToUser | TransactionActions.SendResponse)) != 0;
    }

    private void SendResponse(PooledBuffer response, int status, TransactionState next)
    {
        LastStatus = status;
        Core.Counters.CountResponseSent(status);

        // A final response waits long for repeated requests: it is kept in an array of its own size, and the pooled one
        // goes back as soon as it is on the wire. RFC 6026: in Accepted the transaction itself never repeats it.
        _last?.Release();
        _last = next switch
        {
            TransactionState.Proceeding => response.Retain(),
            TransactionState.Completed when !IsReliable || IsInvite => PooledBuffer.Copy(response.Span),
            _ => null,
        };
        Core.Send(Target, response, Tag);
    }

    private void SendTrying()
    {
        if (Request is null || LastStatus != 0)
            return;

        var trying = ViaEditor.StampTopVia(SipResponses.To(Request, 100).Finish(), Flow.Remote);
        SendResponse(trying, 100, TransactionState.Proceeding);
    }

    private byte[] OwnTag()
    {
        if (!IsInitial && Request is not null)
            return Request.ToTag.ToArray();

        return Core.NewTag();
    }

    private void DropRequest()
    {
        if (Request is null)
            return;

        // The tag must outlive the request: a CANCEL that comes later is answered with it.
        if (IsInvite)
            _localTag ??= OwnTag();

        Request.Release();
        Request = null;
        if (IsInvite)
            return;

        // From here on the transaction only repeats its response, for 32 s over UDP: after a BYE that must not keep the call alive.
        Dialog = null;
        Owner = null;
    }
}
