using Tandem.Calls.Calls.Headers;
using Tandem.Calls.Calls.Legs;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Calls.Calls.Stories;

/// <summary>
/// Offers and answers in a call that is not answered yet, beyond those of the INVITE: UPDATE (RFC 3311) and PRACK with an offer
/// (RFC 3262 §5), and the offer of a contact in a reliable provisional response. They pass when both phones have settled the first
/// exchange reliably, because only then either may offer again (RFC 3311 §5.1).
/// </summary>
internal sealed class EarlySession(LiveCall call)
{
    private readonly List<CallSignal> _held = [];
    private OutboundLeg? _fork;
    private OutboundLeg? _offering;

    /// <summary>The contact whose SDP the caller has; null while it has none.</summary>
    public OutboundLeg? Fork => _fork;

    /// <summary>There was another offer since the first answer: the 2xx does not answer the INVITE's any more.</summary>
    public bool IsChanged { get; private set; }

    /// <summary>The caller has an offer of a contact, and its answer is awaited.</summary>
    public bool IsOffering => _offering is not null;

    /// <summary>The contact's early offer was answered in the caller's PRACK: the 2xx brings nothing new.</summary>
    public bool IsOfferAnswered { get; private set; }

    /// <summary>The caller got an answer of <paramref name="fork"/>.</summary>
    public void Answered(OutboundLeg fork) => _fork = fork;

    /// <summary>The caller got an offer of <paramref name="fork"/>, and its PRACK is to bring the answer.</summary>
    public void Offered(OutboundLeg fork)
    {
        _fork = fork;
        _offering = fork;
    }

    /// <summary>A 2xx that came while an offer is open: its turn is when the offer is answered.</summary>
    public void Hold(in CallSignal signal)
    {
        signal.Message?.Retain();
        _held.Add(signal);
    }

    /// <summary>
    /// A request in an early dialog. UPDATE without an offer refreshes the target and gets 200. INFO cannot be passed on before a contact
    /// is chosen: 500 with Retry-After; trickled candidates are for us. A second INVITE: RFC 3261 §14.2. BYE of a contact in an early dialog is its mistake (§15) and is
    /// answered; the INVITE's final response decides.
    /// </summary>
    public void Receive(in CallSignal signal)
    {
        var (leg, request, server) = (signal.Leg!, signal.Message!, signal.Server!);
        if (request.Method is SipMethod.Update or SipMethod.Prack && request.ReadSession(out _) != SessionBody.None)
            ReceiveSdp(leg, request, server);
        else if (request.Method is SipMethod.Bye or SipMethod.Update or SipMethod.Prack || InfoPackages.IsTrickle(request))
            leg.Respond(server, 200);
        else
            RefuseForNow(leg, server);
    }

    private void ReceiveSdp(Leg from, SipMessage request, ServerTransaction server)
    {
        if (_offering is { } fork && from == call.Origin && request.Method == SipMethod.Prack)
        {
            AnswerEarlyOffer(fork, request, server);
            return;
        }

        if (NegotiationRules.Refuses(call, from, request, server))
            return;

        if (!MayPass(from, out var to))
        {
            RefuseForNow(from, server);
            return;
        }

        request.Retain(); // to the garbage collector: the answer may take long
        call.Start(() => PassAsync(from, to, request, server));
    }

    // RFC 3311 §5.2: an offer before the first one was answered is 500. It is the same to the phone that offers when the other one cannot
    // take one yet.
    private bool MayPass(Leg from, out Leg to)
    {
        to = from;
        if (_fork is not { IsEarlySettled: true } fork || call.Origin is not InboundLeg { IsEarlySettled: true } caller || _offering is not null)
            return false;

        to = from == caller ? fork : caller;
        return (from == caller || from == fork) && to.TakesUpdate;
    }

    private async Task PassAsync(Leg from, Leg to, SipMessage request, ServerTransaction server)
    {
        if (!NegotiationRules.TryOffer(call, from, request.Sdp, server, out var offer))
            return;

        IsChanged = true;
        call.Negotiation = new Negotiation(from);
        try
        {
            var reply = await to.RequestAsync(SipMethod.Update, contentType: "application/sdp", body: offer);
            if (!call.IsOver)
                Finish(from, to, request, server, reply);
        }
        finally
        {
            call.Negotiation = null;
            LetGo();
        }
    }

    // A dialog that is gone says nothing of the call: the final response to the INVITE does.
    private void Finish(Leg from, Leg to, SipMessage request, ServerTransaction server, in Reply reply)
    {
        if (!reply.IsSuccess)
        {
            call.Model.Media?.AbandonOffer();
            from.Respond(server, InDialogReplies.Status(reply));
            return;
        }

        to.Learn(reply.Message!);
        var answer = call.Model.Media!.Answer(to.Side, reply.Sdp);
        if (!answer.IsAccepted)
        {
            from.Respond(server, 488);
            call.Post(new CallSignal(CallSignalKind.HangUp, Reason: EndReason.NotAcceptable));
            return;
        }

        from.LastSdp = request.Sdp.ToArray();
        to.LastSdp = reply.Sdp.ToArray();
        from.Respond(server, 200, null, answer.Sdp);
    }

    private void AnswerEarlyOffer(OutboundLeg fork, SipMessage prack, ServerTransaction server)
    {
        var sdp = prack.Sdp.ToArray();
        var answer = call.Model.Media!.Answer(CallSide.Caller, sdp);
        if (!answer.IsAccepted)
        {
            call.Caller.Respond(server, MediaRefusals.Status(answer.Refusal));
            call.Post(new CallSignal(CallSignalKind.HangUp, Reason: EndReason.NotAcceptable));
            return;
        }

        _offering = null;
        IsOfferAnswered = true;
        call.Caller.LastSdp = sdp;
        fork.AnswerEarlyOffer(answer.Sdp);
        call.Caller.Respond(server, 200);
        LetGo();
    }

    private void RefuseForNow(Leg leg, ServerTransaction server)
    {
        if (server.Method == SipMethod.Prack)
            leg.Respond(server, 488); // the response counts as acknowledged all the same
        else
            leg.Respond(server, 500, w => w.Header(HeaderName.RetryAfter, call.Environment.Random.Next(0, 11)));
    }

    private void LetGo()
    {
        foreach (var signal in _held)
        {
            call.Post(signal);
            signal.Message?.Release();
        }

        _held.Clear();
    }
}
