using Tandem.Core.Time;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;
using Tandem.Sip.Transactions;
using Tandem.Sip.Writing;

namespace Tandem.Sip.Engine;

/// <summary>Requests that arrive: matching, what is answered here, and what reaches the user.</summary>
public sealed partial class SipEngine
{
    private void ReceiveRequest(SipMessage request, in SipFlow flow, Moment now)
    {
        Counters.Count(EngineCounter.RequestsReceived);
        if (!request.TryGetTopVia(out var via))
        {
            Counters.Count(EngineCounter.RejectedDropped);
            return;
        }

        _key.WriteMatch(request, via);
        if (request.Method == SipMethod.Ack)
        {
            ReceiveAck(request, flow, now);
            return;
        }

        if (_core.Servers.Find(_key.Bytes, request.Method) is { } known)
        {
            Counters.Count(EngineCounter.RequestsRepeated);
            known.ReceiveAgain(now);
            return;
        }

        if (request.Method == SipMethod.Cancel)
            ReceiveCancel(request, flow, via, now);
        else
            ReceiveNew(request, flow, via, now);
    }

    // RFC 3261 §17.2.3 for 300-699, §13.3.1.4 for 2xx. Whatever happens, an ACK is never answered.
    private void ReceiveAck(SipMessage ack, in SipFlow flow, Moment now)
    {
        if (_core.Servers.Find(_key.Bytes, SipMethod.Invite) is { } invite && !invite.ReceiveAck(now))
            return;

        var dialog = Dialogs.Find(ack.CallId, ack.ToTag, ack.FromTag);
        if (dialog?.PendingFinal is not { } pending || pending.CSeq != ack.CSeq || !(ack.Body.IsEmpty || dialog.Knows(flow)))
        {
            Counters.Count(EngineCounter.StrayAcks);
            return;
        }

        pending.Stop();
        dialog.PendingFinal = null;
        dialog.FollowKnown(flow);
        _core.Raise(new SipEvent(SipEventKind.Ack2xx, ack.Retain(), flow, pending.Transaction, null, dialog));
    }

    // RFC 3261 §9.2
    private void ReceiveCancel(SipMessage cancel, in SipFlow flow, in ViaValue via, Moment now)
    {
        // CANCEL goes hop by hop, so it comes from where the request came from; nobody else may take it back, and nobody can be asked for credentials.
        if (_core.Servers.FindCancelled(_key.Bytes) is not { } target || !target.Flow.Remote.IsSameHost(flow.Remote))
        {
            Counters.Count(EngineCounter.StrayRequests);
            AnswerStateless(cancel, flow, via, 481);
            return;
        }

        var server = NewServerTransaction(cancel, flow, via, _key.Bytes.ToArray(), _key.Bytes.Length, cancel.ToTag.Length == 0);
        server.Start(now);
        Respond(server, SipResponses.To(cancel, 200, "", target.LocalTag), now);
        if (target.Kind != TransactionKind.InviteServer || target.State != TransactionState.Proceeding || target.IsCancelled)
            return;

        target.IsCancelled = true;
        _core.Raise(new SipEvent(SipEventKind.Cancelled, cancel.Retain(), flow, target, null, target.Dialog));
    }

    private void ReceiveNew(SipMessage request, in SipFlow flow, in ViaValue via, Moment now)
    {
        // Before anything that costs: no table is touched and nothing is kept (RFC 3261 §8.2.7, §21.5.4).
        if (flow.Transport != SipTransportKind.Internal && _core.Overload.Refuses(request))
        {
            Counters.Count(EngineCounter.Overloaded);
            FinishStateless(StartStateless(request, 503).Header(HeaderName.RetryAfter, _core.Overload.NextRetryAfter()), request, flow, via);
            return;
        }

        var isInitial = request.ToTag.Length == 0;
        if (_screening.Refuses(request, flow, isInitial, out var answer))
        {
            FinishStateless(answer, request, flow, via);
            return;
        }

        var matchLength = _key.Bytes.Length;
        Dialog? dialog = null;
        byte[] key;
        if (!isInitial)
        {
            key = _key.Bytes.ToArray();
            if (!IsInDialog(request, flow, via, now, out dialog))
                return;
        }
        else
        {
            key = _key.ToArrayWithMerge(request);
            if (IsOutsideRefused(request, flow, via, key.AsSpan(matchLength)))
                return;
        }

        var server = NewServerTransaction(request, flow, via, key, matchLength, isInitial);
        server.Dialog = dialog;
        server.Start(now);
        _core.Raise(new SipEvent(SipEventKind.Request, request.Retain(), flow, server, null, dialog));
    }

    // RFC 3261 §12.2.2. A REGISTER belongs to no dialog, whatever its To says.
    private bool IsInDialog(SipMessage request, in SipFlow flow, in ViaValue via, Moment now, out Dialog? dialog)
    {
        dialog = null;
        if (request.Method == SipMethod.Register)
            return HasRoom(request, flow, via);

        dialog = Dialogs.Find(request.CallId, request.ToTag, request.FromTag);
        if (dialog is null)
        {
            Counters.Count(EngineCounter.StrayRequests);
            AnswerStateless(request, flow, via, 481);
            return false;
        }

        // RFC 3261 §26.2.2: what began as sips is not led out of TLS by anybody who knows the tags.
        if (dialog.Secure && !flow.IsSecure)
        {
            Counters.Count(EngineCounter.RejectedAnswered);
            AnswerStateless(request, flow, via, 400, "SIPS Over Insecure Transport");
            return false;
        }

        if (!HasRoom(request, flow, via))
            return false;

        if (!dialog.AcceptSequence(request.CSeq, flow))
        {
            Counters.Count(EngineCounter.OutOfOrderRequests);
            AnswerStateless(request, flow, via, 500, "Request Out of Order");
            return false;
        }

        dialog.FollowKnown(flow);
        if (request.Method != SipMethod.Prack)
            return true;

        // RFC 3262 §3
        if (dialog.Knows(flow) && request.TryGetRAck(out var rack) && dialog.Reliable is { } reliable && reliable.Acknowledge(rack, now))
            return true;

        Counters.Count(EngineCounter.StrayPracks);
        AnswerStateless(request, flow, via, 481);
        return false;
    }

    private bool IsOutsideRefused(SipMessage request, in SipFlow flow, in ViaValue via, ReadOnlySpan<byte> mergeKey)
    {
        if (request.Method is SipMethod.Bye or SipMethod.Prack or SipMethod.Update or SipMethod.Notify)
        {
            Counters.Count(EngineCounter.StrayRequests);
            AnswerStateless(request, flow, via, 481);
            return true;
        }

        if (_core.Servers.IsMerged(mergeKey))
        {
            Counters.Count(EngineCounter.MergedRequests);
            AnswerStateless(request, flow, via, 482, "Merged Request");
            return true;
        }

        return !HasRoom(request, flow, via);
    }

    private bool HasRoom(SipMessage request, in SipFlow flow, in ViaValue via)
    {
        var isFull = ServerTransactions >= Options.MaxServerTransactions || (request.Method == SipMethod.Invite && Dialogs.IsFull);
        if (!isFull)
            return true;

        Counters.Count(EngineCounter.TableFull);
        FinishStateless(
            StartStateless(request, 503).Header(HeaderName.RetryAfter, (long)Options.RetryAfterWhenFull.TotalSeconds), request, flow, via);
        return false;
    }

    private ServerTransaction NewServerTransaction(SipMessage request, in SipFlow flow, in ViaValue via, byte[] key, int matchLength, bool isInitial)
    {
        var kind = request.Method == SipMethod.Invite ? TransactionKind.InviteServer : TransactionKind.NonInviteServer;
        var server = new ServerTransaction(
            _core, kind, request, flow, ResponseRouting.Target(flow, via, Options), ResponseRouting.SentByPort(flow, via), key, matchLength, isInitial);
        _core.Servers.Add(server);
        return server;
    }

    private void AnswerRejected(SipMessage message, in SipInput input)
    {
        if (!message.IsRequest || message.Method == SipMethod.Ack || SipRejections.AnswerFor(input.Rejection) is not { } answer
            || !message.TryGetTopVia(out var via))
        {
            Counters.Count(EngineCounter.RejectedDropped);
            return;
        }

        Counters.Count(EngineCounter.RejectedAnswered);
        AnswerStateless(message, input.Flow, via, answer.Status, answer.Reason);
    }

    private void AnswerStateless(SipMessage request, in SipFlow flow, in ViaValue via, int status, string reason = "") =>
        FinishStateless(StartStateless(request, status, reason), request, flow, via);

    private SipWriter StartStateless(SipMessage request, int status, string reason = "") => _screening.Start(request, status, reason);

    private void FinishStateless(SipWriter writer, SipMessage request, in SipFlow flow, in ViaValue via)
    {
        SendStateless(writer, request, ResponseRouting.Target(flow, via, Options), flow);
    }

    // Nobody knows who is really there: over UDP such an answer is never much larger than what was asked with.
    private void SendStateless(SipWriter writer, SipMessage request, in SipFlow target, in SipFlow source)
    {
        var answer = ViaEditor.StampTopVia(writer.Finish(), source.Remote);
        if (source.Transport == SipTransportKind.Udp && Options.MaxAmplification > 0)
        {
            var limit = request.Bytes.Length * Options.MaxAmplification;
            if (answer.Length > limit)
            {
                if (AnswerBudget.Fit(answer, limit) is not { } fitting)
                {
                    Counters.Count(EngineCounter.AnswersWithheld);
                    return;
                }

                answer = fitting;
                Counters.Count(EngineCounter.AnswersShortened);
            }
        }

        Counters.Count(EngineCounter.StatelessResponses);
        _core.Send(target, answer, 0);
    }
}
