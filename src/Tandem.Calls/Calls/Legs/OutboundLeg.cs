using Tandem.Calls.Calls.Headers;
using Tandem.Calls.Ports;
using Tandem.Calls.Registrar;
using Tandem.Calls.Routing;
using Tandem.Calls.Trunks;
using Tandem.Calls.Trunks.Calls;
using Tandem.Core.Buffers;
using Tandem.Sip.Authentication;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Resolution;
using Tandem.Sip.Transactions;
using Tandem.Sip.Writing;

namespace Tandem.Calls.Calls.Legs;

/// <summary>
/// A leg to one contact of the callee: we are the UAC of its INVITE. It tells the story what the contact says; a 2xx that
/// nobody wants any more it acknowledges and ends by itself (RFC 3261 §13.2.2.4), so no ghost call is left behind.
/// </summary>
internal sealed partial class OutboundLeg : Leg, ITransactionOwner
{
    private const int MostIntervalRetries = 2;

    private readonly OutboundDial _dial;
    private readonly string _localTag;
    private readonly ReadOnlyMemory<byte> _offer;
    private ClientTransaction? _invite;
    private bool _acked;
    private uint _cseq;
    private Dialog? _early; // where the contact settled something reliably before it answered
    private SipMessage? _earlyOffer; // the reliable response with an offer whose PRACK waits for the answer
    private int _intervalRetries;
    private int _answers;
    private bool _isAnswering;
    private AttemptMarks _marks;
    private SipTargetList? _answering; // the provider that asked for credentials gets them, and no other of its targets

    /// <param name="call">The call.</param>
    /// <param name="dial">Whom to call, and as whom.</param>
    /// <param name="offer">Our SDP; empty to ask for one.</param>
    /// <param name="trunk">The provider that it leads to; null for a phone.</param>
    /// <param name="side">The caller's side for a person whom a call begins with: nobody called, we did.</param>
    public OutboundLeg(LiveCall call, OutboundDial dial, ReadOnlyMemory<byte> offer, TrunkUse? trunk = null, CallSide side = CallSide.Callee)
        : base(call, side)
    {
        _dial = dial;
        _offer = offer;
        Trunk = trunk;
        Device = trunk is null ? LegDevice.Of(dial.Contact) : null;
        CallId = call.Environment.NewCallId();
        _localTag = call.Environment.Engine.NewTag();
    }

    /// <summary>The SIP Call-ID of this leg.</summary>
    public string CallId { get; }

    /// <summary>The contact that it calls.</summary>
    public Binding Contact => _dial.Contact;

    /// <summary>Where the INVITE goes.</summary>
    public SipFlow Target => _invite?.Target ?? _dial.Contact.Way;

    /// <summary>When it was dialled, rang and failed.</summary>
    public ref readonly AttemptMarks Marks => ref _marks;

    /// <summary>Something came back: the contact is there.</summary>
    public bool HasResponded { get; private set; }

    /// <summary>The contact has refused, or cannot be reached.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>SDP of a reliable provisional response: the answer, when the 2xx has none (RFC 3262 §5).</summary>
    public ReadOnlyMemory<byte> EarlyAnswer { get; private set; }

    /// <summary>The answer came reliably, in the dialog that still stands: either side may offer again (RFC 3311 §5.1).</summary>
    public bool IsEarlySettled => _early is not null && (!EarlyAnswer.IsEmpty || _earlyOffer is null);

    /// <summary>Without an offer of ours: the contact may make its own in a reliable provisional response, and the caller's PRACK answers it.</summary>
    public bool MayOfferEarly { get; init; }

    /// <summary>The offer that came so and waits for <see cref="AnswerEarlyOffer"/>; empty when there is none.</summary>
    public ReadOnlyMemory<byte> EarlyOffer => _earlyOffer?.Sdp ?? default;

    /// <summary>What the contact asked us to hide (RFC 3323): its last word.</summary>
    public PrivacyWish Wish { get; private set; }

    /// <summary>What of its last response the caller may hear.</summary>
    public IReadOnlyList<(HeaderName Name, string Value)> ResponseHeaders { get; private set; } = [];

    protected override bool SaysSips => _dial.IsSips && Target.Transport != SipTransportKind.Internal;

    public override string PeerNumber => _dial.CallerNumber;

    /// <inheritdoc/>
    public override MediaPeer? MediaPeerAt(in SipFlow flow) => Contact.Edge is null ? base.MediaPeerAt(flow) : Environment.PeerAt(Contact);

    /// <summary>Sends the INVITE.</summary>
    public void Dial()
    {
        _marks.Dialled = Now;
        Environment.OwnCallIds.Add(CallId);
        Environment.Traces?.Bind(Call.Model.Id, CallId);
        Trunk?.Carry(CallId);
        Environment.OpenTransactions++;
        SendAnew();
    }

    /// <summary>
    /// Gives up a contact from which nothing has come: it counts as one that did not answer in time, and what still comes of it is ended.
    /// </summary>
    public void GiveUpSilent()
    {
        if (HasResponded || HasFailed || IsOver || _invite is null)
            return;

        Engine.Cancel(_invite, Now);
        Fail(408, null);
    }

    /// <summary>Acknowledges the 2xx, with the answer where the offer came in it. Once.</summary>
    public void Ack(ReadOnlyMemory<byte> sdp)
    {
        if (_acked || _invite is null || Dialog is not { } dialog)
            return;

        _acked = true;
        SendAck(dialog, _invite, sdp);
    }

    /// <summary>Answers the offer of a reliable provisional response in its PRACK (RFC 3262 §5).</summary>
    public void AnswerEarlyOffer(ReadOnlyMemory<byte> sdp)
    {
        if (_earlyOffer is not { } response || _early is not { } dialog)
            return;

        LastSdp = response.Sdp.ToArray();
        Acknowledge(Environment, response, dialog, sdp, Trunk);
        _earlyOffer = null;
        response.Release();
    }

    protected override Dialog? RequestDialog => Dialog ?? _early;

    public void OnResponse(SipMessage response, ClientTransaction transaction, Dialog? dialog)
    {
        if (transaction != _invite)
            return;

        HasResponded = true;
        Trunk?.Reached(transaction.Target);
        if (dialog is not null && dialog.Owner is null)
            dialog.Owner = Link;
        if (response.StatusCode > 100)
            LearnContact(response, dialog);

        if (response.StatusCode is > 100 and < 200)
            _marks.Provisional(Now);
        if (response.StatusCode < 200)
            OnProvisional(response, dialog);
        else if (response.StatusCode < 300)
            OnSuccess(response, dialog);
        else
            OnFailure(response);
    }

    public void OnTimeout() => Fail(408, null);

    public void OnTransportFailed()
    {
        AbandonedInvite.Forget(Environment, CallId);
        Fail(503, null);
    }

    public void OnEnded()
    {
        AbandonedInvite.Forget(Environment, CallId);
        Fail(408, null);
    }

    protected override void Detach()
    {
        base.Detach();
        if (_invite is not null)
            _invite.Owner = new AbandonedInvite(Environment, CallId, Link, Dialog, Trunk);
    }

    protected override void Dismiss(in CallEnding ending)
    {
        if (Dialog is { State: DialogState.Confirmed } dialog)
        {
            Ack(default);
            SendBye(dialog, ending.ReasonHeader);
        }
        else if (_invite is not null && !HasFailed)
        {
            Engine.Cancel(_invite, Now, ending.ReasonHeader);
        }
    }

    private void LearnContact(SipMessage response, Dialog? dialog)
    {
        Learn(response);
        if (Uuid.Length == 0)
            Uuid = SessionIds.Make(Environment.Random); // RFC 7989 §7: on behalf of a phone that has none
        if (dialog is not null)
            dialog.Identify(SessionIds.Value(Call.Origin.Uuid, Uuid));
        if (response.Has(HeaderName.Privacy))
            Wish = PrivacyWish.Of(response);
        if (response.StatusCode < 300)
            ResponseHeaders = PassedHeaders.OfResponse(response, Call.Options);
    }

    private void OnProvisional(SipMessage response, Dialog? dialog)
    {
        if (dialog is not null && response.HasOption(HeaderName.Require, "100rel"u8) && !TakeReliable(response, dialog))
            return;

        if (response.StatusCode == 100 || IsOver)
            return;

        // RFC 6228 §5: that early dialog is over, the INVITE goes on. The caller's only dialog is ours, and it is not over.
        if (response.StatusCode == 199)
        {
            EndEarly(dialog);
            return;
        }

        Call.PostProvisional(new CallSignal(CallSignalKind.Provisional, this, response, Status: response.StatusCode));
    }

    // False when the response is to be ignored: a repetition, or out of order.
    private bool TakeReliable(SipMessage response, Dialog dialog)
    {
        var hasSdp = response.StatusCode != 199 && !response.Sdp.IsEmpty;
        if (hasSdp && _offer.IsEmpty && MayOfferEarly && _early is null && !IsOver)
        {
            if (!dialog.TryAcceptReliable(response))
                return false;

            _earlyOffer = response.Retain();
            _early = dialog;
            return true;
        }

        if (!AcceptReliable(Environment, response, dialog, Trunk))
            return false;

        if (hasSdp && !_offer.IsEmpty)
        {
            EarlyAnswer = response.Sdp.ToArray();
            _early = dialog;
        }

        return true;
    }

    private void EndEarly(Dialog? dialog)
    {
        if (dialog is null)
            return;

        dialog.Terminate();
        if (dialog != _early)
            return;

        _early = null;
        EarlyAnswer = default;
    }

    private void OnSuccess(SipMessage response, Dialog? dialog)
    {
        if (dialog is null)
            return;

        if (Dialog is not null && dialog != Dialog)
        {
            // Another phone behind the contact answered as well: one winner, no ghost call.
            EndDialog(dialog);
            return;
        }

        if (Dialog is not null)
            return;

        Dialog = dialog;
        if (dialog != _early)
            EarlyAnswer = default; // another phone behind the contact gave that one
        if (HasFailed)
        {
            _acked = true;
            EndDialog(dialog);
            return;
        }

        Session.Succeeded(response);
        Trunk?.Answered(this);
        Call.Post(new CallSignal(CallSignalKind.Answered, this, response, Status: response.StatusCode));
    }

    private void OnFailure(SipMessage response)
    {
        if (response.StatusCode == 422 && !IsOver && _intervalRetries++ < MostIntervalRetries && Session.TryRaise(response))
        {
            // The refused INVITE ends by itself, and its end is not the leg's.
            _invite!.Owner = Unattended.Instance;
            SendAnew();
            return;
        }

        if (response.StatusCode is 401 or 407 && !IsOver && IsAnswered(response))
            return;

        Fail(response.StatusCode, response);
    }

    private void Fail(int status, SipMessage? response)
    {
        if (HasFailed || Dialog is not null)
            return;

        HasFailed = true;
        _marks.Fail(status, response, Trunk?.Profile, Now);
        Trunk?.End();
        if (!IsOver)
            Call.Post(new CallSignal(CallSignalKind.Refused, this, response, Status: status));
    }

    private void EndDialog(Dialog dialog)
    {
        SendAck(dialog, _invite!, default);
        SendBye(dialog, ReasonHeaders.CompletedElsewhere);
    }
}
