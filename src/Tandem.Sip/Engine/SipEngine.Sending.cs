using System.Buffers.Text;
using Tandem.Core.Buffers;
using Tandem.Core.Time;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Messages;
using Tandem.Sip.Resolution;
using Tandem.Sip.Transactions;
using Tandem.Sip.Writing;

namespace Tandem.Sip.Engine;

/// <summary>What the user sends.</summary>
public sealed partial class SipEngine
{
    /// <inheritdoc cref="SendRequest(PooledBuffer, SipMethod, SipFlow, Moment, object?, uint)"/>
    public ClientTransaction SendRequest(SipWriter request, SipMethod method, SipFlow target, Moment now, object? owner = null, uint loopKey = 0) =>
        SendRequest(request.Finish(), method, target, now, owner, loopKey);

    /// <summary>
    /// Sends a request in a client transaction. The engine puts the Via on top, and moves a request over
    /// <see cref="SipEngineOptions.MaxDatagramRequest"/> bytes from UDP to TCP, and back when nobody listens there
    /// (RFC 3261 §18.1.1). What goes wrong comes as an event, also when the table is full.
    /// </summary>
    /// <param name="request">A finished request without our Via, with CSeq written by <see cref="SipWriter"/>; taken over, and not shared with anyone.</param>
    /// <param name="method">Its method; ACK goes by <see cref="SendAck"/>, CANCEL by <see cref="Cancel"/>.</param>
    /// <param name="target">Where to send.</param>
    /// <param name="now">The time.</param>
    /// <param name="owner">Becomes <see cref="Transaction.Owner"/>.</param>
    /// <param name="loopKey">The <see cref="LoopKey"/> of the request that this one forwards; 0 for none.</param>
    public ClientTransaction SendRequest(PooledBuffer request, SipMethod method, SipFlow target, Moment now, object? owner = null, uint loopKey = 0) =>
        Send(request, method, target, null, now, owner, loopKey);

    /// <summary>
    /// Sends a request to the first of its targets, and to the next ones as long as they fail (RFC 3263 §4.3): by 503, by silence for
    /// <see cref="ResolutionOptions.FailoverTimeout"/>, or by their transport. It stays one transaction, and one CANCEL reaches all of
    /// it; the user hears of the last failure only, or of the first response that is more than 100. A 2xx of a target that was given
    /// up comes as one of another fork. Without any target it fails as if the transport had.
    /// </summary>
    /// <inheritdoc cref="SendRequest(PooledBuffer, SipMethod, SipFlow, Moment, object?, uint)"/>
    public ClientTransaction SendRequest(PooledBuffer request, SipMethod method, SipTargetList targets, Moment now, object? owner = null, uint loopKey = 0) =>
        Send(request, method, targets.Count > 0 ? targets[0] : default, new RequestRoute(targets), now, owner, loopKey);

    /// <inheritdoc cref="SendRequest(PooledBuffer, SipMethod, SipTargetList, Moment, object?, uint)"/>
    public ClientTransaction SendRequest(SipWriter request, SipMethod method, SipTargetList targets, Moment now, object? owner = null, uint loopKey = 0) =>
        SendRequest(request.Finish(), method, targets, now, owner, loopKey);

    /// <summary>
    /// Sends a request in a dialog: over <see cref="Dialog.Flow"/>, the flow of the last message from the peer, and when that fails to
    /// where <see cref="Dialog.NextHop"/> leads (RFC 3261 §12.2.1.1, RFC 3263 §4): a connection that is gone is opened again, and a
    /// proxy with several addresses is reached at the next one. What began over TLS stays on TLS.
    /// </summary>
    /// <inheritdoc cref="SendRequest(PooledBuffer, SipMethod, SipFlow, Moment, object?, uint)"/>
    public ClientTransaction SendRequest(PooledBuffer request, SipMethod method, Dialog dialog, Moment now, object? owner = null)
    {
        if (dialog.Flow.Connection != 0 && FindFlow?.Invoke(dialog) is { } other)
            dialog.Follow(other);

        var flow = dialog.Flow;
        var route = flow.Transport == SipTransportKind.Internal ? null : new RequestRoute(dialog.NextHop, flow.IsSecure, dialog.IsGuarded);
        return Send(request, method, flow, route, now, owner, 0);
    }

    /// <inheritdoc cref="SendRequest(PooledBuffer, SipMethod, Dialog, Moment, object?)"/>
    public ClientTransaction SendRequest(SipWriter request, SipMethod method, Dialog dialog, Moment now, object? owner = null) =>
        SendRequest(request.Finish(), method, dialog, now, owner);

    private ClientTransaction Send(PooledBuffer request, SipMethod method, SipFlow target, RequestRoute? route, Moment now, object? owner, uint loopKey)
    {
        if (method is SipMethod.Ack or SipMethod.Cancel)
            throw new ArgumentException("ACK and CANCEL are no transactions of the user", nameof(method));

        var id = _core.NewBranchId();
        var buffer = ViaEditor.InsertTopLine(request, Addressing.SentBy(target), target.Transport, _core.BranchStart, id, loopKey);
        var isSwitched = _core.IsTooLarge(target, buffer.Length, now);
        if (isSwitched)
        {
            Counters.Count(EngineCounter.SwitchesToTcp);
            target = target with { Transport = SipTransportKind.Tcp, Connection = 0 };
            buffer = ViaEditor.ReplaceTopLine(buffer, Addressing.SentBy(target), target.Transport, _core.BranchStart, id, loopKey);
        }

        var kind = method == SipMethod.Invite ? TransactionKind.InviteClient : TransactionKind.NonInviteClient;
        var client = new ClientTransaction(_core, kind, method, ReadCSeq(buffer.Span), id, loopKey, target, buffer, !HasToTag(buffer.Span), isSwitched) { Owner = owner };
        var isFull = ClientTransactions >= Options.MaxClientTransactions;
        if (isFull || route is { IsNowhere: true })
        {
            if (isFull)
                Counters.Count(EngineCounter.TableFull);
            client.Abandon();
            _core.Raise(new SipEvent(SipEventKind.TransportFailed, null, target, null, client, null));
            return client;
        }

        _core.Clients.Add(client);
        if (route is null)
            client.Start(now);
        else
            client.StartWith(route, now);
        return client;
    }

    /// <summary>
    /// Keeps a flow open toward a server: the double CRLF of RFC 5626 §4.4.1 over a stream, a CRLF over UDP, which every NAT takes as traffic
    /// and every server ignores. Nobody hears of it when it is lost.
    /// </summary>
    public void Ping(in SipFlow flow) => _core.Send(flow, PooledBuffer.Copy(flow.IsReliable ? "\r\n\r\n"u8 : "\r\n"u8), 0);

    /// <summary>
    /// Sends the ACK of a 2xx, outside of any transaction (RFC 3261 §13.2.2.4), and keeps it: when the 2xx comes again,
    /// the engine sends the ACK again by itself and raises no event.
    /// </summary>
    /// <param name="dialog">The dialog of the 2xx.</param>
    /// <param name="invite">The client transaction of the INVITE.</param>
    /// <param name="ack">From <see cref="Dialog.Ack"/>, finished; taken over.</param>
    /// <param name="target">Where to send.</param>
    public void SendAck(Dialog dialog, ClientTransaction invite, PooledBuffer ack, SipFlow target)
    {
        var buffer = ViaEditor.InsertTopLine(ack, Addressing.SentBy(target), target.Transport, _core.BranchStart, _core.NewBranchId(), 0);
        dialog.RememberAck(buffer, invite.CSeq, target);
        Counters.Count(EngineCounter.RequestsSent);
        _core.Send(target, buffer, 0);
    }

    /// <inheritdoc cref="SendAck(Dialog, ClientTransaction, PooledBuffer, SipFlow)"/>
    public void SendAck(Dialog dialog, ClientTransaction invite, SipWriter ack, SipFlow target) => SendAck(dialog, invite, ack.Finish(), target);

    /// <summary>
    /// Cancels an INVITE (RFC 3261 §9.1): the CANCEL goes out at once, or with the first provisional response, and never
    /// after a final one. 64*T1 later at most the transaction ends, with a Timeout event if there is no final response.
    /// False when there is nothing to cancel any more. A 2xx may still come, and is then to be ended with BYE.
    /// </summary>
    /// <param name="invite">The INVITE.</param>
    /// <param name="now">The time.</param>
    /// <param name="reason">The Reason header of the CANCEL (RFC 3326); empty for none.</param>
    public bool Cancel(ClientTransaction invite, Moment now, string reason = "") => invite.Cancel(now, reason);

    /// <inheritdoc cref="Respond(ServerTransaction, PooledBuffer, Moment)"/>
    public bool Respond(ServerTransaction transaction, SipWriter response, Moment now) => Respond(transaction, response.Finish(), now);

    /// <summary>
    /// Sends a response where RFC 3261 §18.2.2 and RFC 3581 say, with received and rport filled in. To an INVITE, 101-299
    /// opens the dialog if there is none yet, and a 2xx is repeated until its ACK (event Ack2xx) or for 64*T1 (event
    /// Timeout). False when the transaction is past such a response; the response is then dropped.
    /// </summary>
    /// <param name="transaction">The server transaction.</param>
    /// <param name="response">From <see cref="ServerTransaction.Reply"/>, finished; taken over, and not shared with anyone.</param>
    /// <param name="now">The time.</param>
    public bool Respond(ServerTransaction transaction, PooledBuffer response, Moment now)
    {
        var status = ReadStatus(response.Span);
        var isNewFinal = status >= 200 && !transaction.IsAnswered;
        if (transaction.State == TransactionState.Terminated || (transaction.IsAnswered && status is < 200 or >= 300))
        {
            response.Release();
            return false;
        }

        if (transaction.IsInvite && status is > 100 and < 300)
            OpenDialog(transaction);

        var buffer = ViaEditor.StampTopVia(response, transaction.Flow.Remote);
        if (isNewFinal)
            BeforeFinal(transaction, buffer, status, now);

        return transaction.Send(buffer, status, now);
    }

    /// <summary>
    /// Sends a final response and forgets the transaction at once (RFC 3261 §8.2.7), so that a flood of requests from nobody
    /// knows where leaves nothing behind and is answered once each: challenges, refusals of requests that nobody has
    /// authenticated, and the answers to OPTIONS. A repeated request arrives as a new one.
    /// </summary>
    /// <param name="transaction">A transaction that was not answered.</param>
    /// <param name="response">300-699; or 2xx, when the request is outside of any dialog and no INVITE. Finished and taken over.</param>
    public void RespondWithoutState(ServerTransaction transaction, SipWriter response)
    {
        if (response.StatusCode < 200 || (response.StatusCode < 300 && (transaction.IsInvite || transaction.Dialog is not null)))
            throw new ArgumentException("such a response needs its transaction", nameof(response));
        if (transaction.IsAnswered || transaction.State == TransactionState.Terminated)
            return;

        transaction.Dialog?.TerminateEarly(transaction);

        // Nothing is waited for before such an answer.
        Counters.Requests(transaction.Method).Count(response.StatusCode, TimeSpan.Zero);
        SendStateless(response, transaction.Request!, transaction.Target, transaction.Flow);
        transaction.Abandon();
    }

    /// <summary>
    /// Sends a provisional response 101-199 to an INVITE reliably (RFC 3262 §3): adds Require: 100rel and RSeq, repeats it
    /// until the PRACK (which comes as a Request event of its dialog) or for 64*T1 (event Timeout). One is under way at
    /// a time, others wait. Only for callers that support 100rel. False when too many wait or the INVITE was answered.
    /// </summary>
    public bool RespondReliably(ServerTransaction transaction, SipWriter response, ReadOnlySpan<byte> contentType, ReadOnlySpan<byte> body, Moment now)
    {
        if (!transaction.IsInvite || transaction.State != TransactionState.Proceeding || response.StatusCode is <= 100 or >= 200)
            return false;

        OpenDialog(transaction);
        var reliable = transaction.Reliable ??= new ReliableProvisional(_core, transaction);
        if (!reliable.HasRoom)
            return false;

        if (transaction.Dialog is { } dialog)
            dialog.Reliable = reliable;

        var status = response.StatusCode;
        var number = reliable.TakeNumber();
        response.Header(HeaderName.Require, "100rel"u8).Header(HeaderName.RSeq, number);
        var buffer = body.Length == 0 ? response.Finish() : response.Finish(contentType, body);
        reliable.Send(number, ViaEditor.StampTopVia(buffer, transaction.Flow.Remote), status, now);
        return true;
    }

    /// <summary>
    /// The dialog of an incoming INVITE (RFC 3261 §12.1.1), SUBSCRIBE (RFC 6665 §4.4) or REFER (RFC 3515 §2.4.4): the one that it
    /// belongs to, or a new early one, which the responses confirm or end. An INVITE opens its own with the first response 101-299;
    /// for the others the user asks for it here, before the 2xx. Null when the request has no usable Contact, was answered already
    /// without one, or there is no room.
    /// </summary>
    public Dialog? OpenDialog(ServerTransaction transaction)
    {
        if (transaction.Dialog is not null || transaction.Request is not { } request)
            return transaction.Dialog;

        if (Dialog.FromIncoming(request, transaction.LocalTag, transaction.Flow) is { } dialog && Dialogs.AddAdmitted(dialog))
            transaction.Dialog = dialog;

        return transaction.Dialog;
    }

    private void BeforeFinal(ServerTransaction transaction, PooledBuffer response, int status, Moment now)
    {
        transaction.Reliable?.Stop();
        if (transaction.Dialog is not { } dialog)
            return;

        if (status >= 300)
        {
            dialog.TerminateEarly(transaction);
            return;
        }

        if (!transaction.IsInvite && transaction.IsInitial)
        {
            dialog.Confirm();
            return;
        }

        if (!transaction.IsInitial && IsTargetRefresh(transaction.Method) && transaction.Request is { } request)
            dialog.UpdateTarget(request);

        if (!transaction.IsInvite || dialog.State == DialogState.Terminated)
            return;

        dialog.Confirm();
        dialog.PendingFinal?.Stop();
        dialog.PendingFinal = new Final2xxRetransmitter(_core, transaction, dialog, response.Span, status, now);
    }

    // RFC 3261 §12.2.2, RFC 3311 §5.2, RFC 6665 §4.4.1
    private static bool IsTargetRefresh(SipMethod method) =>
        method is SipMethod.Invite or SipMethod.Update or SipMethod.Subscribe or SipMethod.Notify or SipMethod.Refer;

    private static int ReadStatus(ReadOnlySpan<byte> response) =>
        response.StartsWith("SIP/2.0 "u8) && Utf8Parser.TryParse(response[8..], out int status, out _) ? status
            : throw new ArgumentException("not a response", nameof(response));

    private static bool HasToTag(ReadOnlySpan<byte> request)
    {
        var at = request.IndexOf("\r\nTo: "u8);
        if (at < 0)
            throw new ArgumentException("a request needs To", nameof(request));

        var value = request[(at + 6)..];
        return NameAddrValue.TryParse(value[..value.IndexOf("\r\n"u8)], out var to) && to.Tag.Length > 0;
    }

    private static uint ReadCSeq(ReadOnlySpan<byte> request)
    {
        var at = request.IndexOf("\r\nCSeq: "u8);
        return at >= 0 && Utf8Parser.TryParse(request[(at + 8)..], out uint number, out _) ? number
            : throw new ArgumentException("a request needs CSeq", nameof(request));
    }
}
