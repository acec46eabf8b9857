using System.Text;
using Tandem.Calls.Calls.Headers;
using Tandem.Calls.Ports;
using Tandem.Calls.Trunks.Calls;
using Tandem.Core.Time;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;
using Tandem.Sip.Writing;

namespace Tandem.Calls.Calls.Legs;

/// <summary>
/// One side of a call: the dialog with one phone, from our end. What is common to both directions once the dialog exists:
/// requests that come in it, requests that we send in it, ACKs, session timer, and the good-bye.
/// </summary>
internal abstract partial class Leg
{
    private readonly List<OutgoingRequest> _outgoing = [];
    private readonly List<ServerTransaction> _unanswered = [];
    private TaskCompletionSource<byte[]?>? _ack;
    private bool _byeWaitsForAck;
    private string _byeReason = "";
    private LegKeys? _keys;

    protected Leg(LiveCall call, CallSide side)
    {
        Call = call;
        Side = side;
        Session = new SessionTimer(this);
        Link = new LegLink(call.Environment, this);
    }

    /// <summary>The call that this leg is in; a transfer changes it.</summary>
    public LiveCall Call { get; private set; }

    public CallSide Side { get; private set; }

    public SessionTimer Session { get; }

    /// <summary>What dialogs and server transactions of this leg own.</summary>
    public LegLink Link { get; }

    /// <summary>The phone, for finding it again when its connection is gone; null when it needs none.</summary>
    public LegDevice? Device { get; protected init; }

    /// <summary>True when the phone is reached over a connection that it opened: when that is gone, it opens another.</summary>
    public bool MayComeBack => Device is not null && Dialog is { Flow.Connection: not 0 };

    /// <summary>What the leg holds of a provider that it leads to or comes from; null for a phone.</summary>
    public TrunkUse? Trunk { get; protected init; }

    /// <summary>The dialog, once there is one; of several early ones the one that answered.</summary>
    public Dialog? Dialog { get; protected set; }

    /// <summary>The subscription that the last REFER in the dialog made; null when there was none.</summary>
    public Transfer.ReferSubscription? Referral { get; private set; }

    /// <summary>REFERs that were accepted in the dialog.</summary>
    public int Referrals { get; private set; }

    /// <summary>Where requests go: the dialog, or the early one in which something was settled already.</summary>
    protected virtual Dialog? RequestDialog => Dialog;

    /// <summary>True once the call has let go of this leg: it only says good-bye now.</summary>
    public bool IsOver { get; protected set; }

    /// <summary>The last SDP that the phone sent, a copy of its own: what the session timer offers to the other side of it.</summary>
    public ReadOnlyMemory<byte> LastSdp { get; set; }

    /// <summary>True when the phone said that it takes UPDATE (RFC 3311 §4).</summary>
    public bool TakesUpdate { get; private set; }

    /// <summary>False once the phone said that it takes no INFO. RFC 3261 §20.5: without Allow it has not said so; it is asked by the first key.</summary>
    public bool TakesInfo { get; set; } = true;

    /// <summary>How the phone gets keys that the media cannot bring it; made for the first one, for few calls have any.</summary>
    public LegKeys Keys => _keys ??= new LegKeys(this);

    /// <summary>What the phone writes keys in, as far as it sent any.</summary>
    public bool? WritesPlainKeys => _keys?.WritesPlain;

    /// <summary>The UUID of the phone (RFC 7989): its own word, or one that we made for it; empty while nothing was heard of it.</summary>
    public string Uuid { get; protected set; } = "";

    /// <summary>The INFO packages that the phone takes (RFC 6086); null while it has not said.</summary>
    public InfoPackages? Packages { get; private set; }

    public SipEngine Engine => Call.Environment.Engine;

    protected CallEnvironment Environment => Call.Environment;

    protected Moment Now => Call.Environment.Now;

    /// <summary>The extension of this leg's phone.</summary>
    public string Number => Side == CallSide.Caller ? Call.Model.Snapshot.CallerNumber : Call.Model.Snapshot.CalleeNumber;

    /// <summary>The number that this leg's phone sees as its peer: the user part of our Contact.</summary>
    public abstract string PeerNumber { get; }

    /// <summary>What is known of this leg's phone for its media; null for the far half of a call on another shard.</summary>
    public virtual MediaPeer? MediaPeerAt(in SipFlow flow) => Trunk is { } trunk ? trunk.PeerAt(flow) : Environment.PeerOf(Call.Model.Tenant, Number, flow);

    /// <summary>True when the dialog is ready for another INVITE of ours (RFC 3261 §14.1): the ACK of the last one came.</summary>
    public bool IsSettled => _ack is null;

    /// <summary>Completes when the 2xx that we sent was acknowledged, or never will be.</summary>
    public Task SettledAsync() => _ack?.Task ?? Task.CompletedTask;

    /// <summary>Learns what the phone says of itself: Allow, Supported, Recv-Info, Session-ID.</summary>
    public void Learn(SipMessage message)
    {
        if (message.Has(HeaderName.Allow))
        {
            TakesUpdate = message.Allows(SipMethod.Update);
            TakesInfo = message.Allows(SipMethod.Info);
        }

        Session.Learn(message);
        Packages = InfoPackages.Of(message) ?? Packages;
        if (!SessionIds.TryReadSender(message, out var uuid) || uuid == Uuid)
            return;

        // RFC 7989 §8: a phone may change its UUID, and the other one hears of it with the next message.
        Uuid = uuid;
        Identify();
        Peer?.Identify();
    }

    /// <summary>The other leg, once there is one.</summary>
    public Leg? Peer => this == Call.Caller ? Call.Callee : Call.Caller;

    /// <summary>Puts both UUIDs into the dialog, for all that is sent in it from now on; also when the leg got another peer.</summary>
    public void Identify()
    {
        if (Dialog is { } dialog)
            dialog.Identify(SessionIds.Value(Peer?.Uuid ?? "", Uuid));
    }

    /// <summary>A request in the dialog. What needs no story is answered here.</summary>
    public void OnRequest(SipMessage request, ServerTransaction server)
    {
        server.Owner = Link;
        if (IsOver)
        {
            Link.Dismiss(request, server);
            return;
        }

        switch (request.Method)
        {
            case SipMethod.Options:
                Respond(server, 200, w => Capabilities.Write(w, Engine));
                break;
            case SipMethod.Prack:
                _unanswered.Add(server);
                OnPrack(request, server);
                break;
            case SipMethod.Bye or SipMethod.Invite or SipMethod.Update or SipMethod.Info or SipMethod.Message:
                Learn(request);
                _unanswered.Add(server);
                if (!Call.TryPostRequest(new CallSignal(CallSignalKind.Request, this, request, server)))
                    Respond(server, 500, w => w.Header(HeaderName.RetryAfter, 5));
                break;
            case SipMethod.Refer when Trunk is not null:
                Respond(server, 403); // who is outside does not make calls at the tenant's expense
                break;
            case SipMethod.Refer:
                _unanswered.Add(server);
                Environment.Transfers.Receive(this, request, server);
                break;
            case SipMethod.Subscribe when Referral is { } referral:
                referral.OnSubscribe(request, server);
                break;
            case SipMethod.Subscribe:
                // RFC 6665 §4.5.2, RFC 5057: a subscription has a dialog of its own here.
                Respond(server, 403);
                break;
            default:
                Respond(server, 405, w => w.Header(HeaderName.Allow, Engine.Allow));
                break;
        }
    }

    /// <summary>The phone cancelled its INVITE or re-INVITE; the engine has answered the CANCEL (RFC 3261 §9.2).</summary>
    public void OnCancelled(ServerTransaction server, SipMessage? cancel)
    {
        if (!IsOver && !server.IsAnswered)
            Call.Post(new CallSignal(CallSignalKind.Cancelled, this, cancel, server));
    }

    /// <summary>The ACK of our 2xx.</summary>
    public void OnAck(SipMessage ack) => FinishAck(ack);

    /// <summary>
    /// A transaction of the phone failed: an ACK or PRACK never came, or a response could not be sent (RFC 3261 §13.3.1.4,
    /// RFC 3262 §3).
    /// </summary>
    public void OnServerFailed(bool transport)
    {
        FinishAck(null);
        if (!IsOver)
            Call.Post(new CallSignal(CallSignalKind.LegLost, this, Reason: transport ? EndReason.TransportFailed : LostReason));
    }

    /// <summary>What it means for the call that this leg is gone.</summary>
    public EndReason LostReason => Side == CallSide.Caller ? EndReason.CallerLost : EndReason.CalleeLost;

    /// <summary>Answers a request of the phone, unless it was answered already. A body is SDP.</summary>
    public void Respond(ServerTransaction server, int status, Action<SipWriter>? headers = null, ReadOnlyMemory<byte> sdp = default)
    {
        if (server.IsAnswered || server.Request is null)
            return;

        var response = server.Reply(status);
        if (status is > 100 and < 300 && server.Method is SipMethod.Invite or SipMethod.Update or SipMethod.Refer)
            WriteContact(response, server.Flow);
        if (status is 200 && server.Method is SipMethod.Invite or SipMethod.Update)
        {
            response.Header(HeaderName.Allow, Engine.Allow).Header(HeaderName.Supported, Engine.Supported);
            WritePackages(response);
        }

        response.Header(HeaderName.Server, Call.Options.Product);
        headers?.Invoke(response);
        if (status >= 200)
            _unanswered.Remove(server);
        Engine.Respond(server, sdp.IsEmpty ? response.Finish() : response.Finish("application/sdp"u8, sdp.Span), Now);
    }

    /// <summary>Answers an INVITE of the phone with 200. Completes with the body of the ACK, or with null when none came or the call ended.</summary>
    public Task<byte[]?> AcceptInvite(ServerTransaction server, SipMessage request, ReadOnlyMemory<byte> sdp, Action<SipWriter>? headers = null)
    {
        _ack?.TrySetResult(null);
        var ack = new TaskCompletionSource<byte[]?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ack = ack;
        Respond(
            server,
            200,
            w =>
            {
                headers?.Invoke(w);
                Session.Accept(request, w);
            },
            sdp);
        return ack.Task;
    }

    /// <summary>A REFER in this dialog was accepted and is to be reported on.</summary>
    public Transfer.ReferSubscription Subscribe(uint cseq)
    {
        var dialog = Dialog!;
        var contact = Engine.Addressing.Contact(dialog.Flow, SipEscaping.EscapeUser(PeerNumber), SaysSips);
        Referral = new Transfer.ReferSubscription(Environment, dialog, Referrals > 0 ? cseq : 0, contact, Call.Options.SetupTimeout + TimeSpan.FromSeconds(90));
        return Referral;
    }

    /// <summary>Counts a REFER that was accepted.</summary>
    public void CountReferral() => Referrals++;

    /// <summary>The leg is in another call from now on, and perhaps on its other side.</summary>
    public void MoveTo(LiveCall call, CallSide side)
    {
        Call = call;
        Side = side;
        if (Dialog is { } dialog)
            Environment.Traces?.Bind(call.Model.Id, Encoding.UTF8.GetString(dialog.CallId));
    }

    /// <summary>
    /// Lets go of the leg: nothing of it reaches the call any more, open requests are answered with 487 (RFC 3261 §15.1.2), and
    /// the dialog ends as its state demands. Idempotent.
    /// </summary>
    public void Release(in CallEnding ending)
    {
        if (IsOver)
            return;

        IsOver = true;
        Trunk?.End();
        Session.Stop();
        for (var i = _unanswered.Count - 1; i >= 0; i--)
        {
            var server = _unanswered[i];
            Respond(server, server.Method == SipMethod.Bye ? 200 : 487);
        }

        for (var i = _outgoing.Count - 1; i >= 0; i--)
            _outgoing[i].GiveUp();

        Dismiss(ending);
        Detach();
    }

    /// <summary>The phone has ended the dialog itself.</summary>
    public void HungUp()
    {
        IsOver = true;
        Trunk?.End();
        Session.Stop();
        for (var i = _unanswered.Count - 1; i >= 0; i--)
            Respond(_unanswered[i], 487);
        for (var i = _outgoing.Count - 1; i >= 0; i--)
            _outgoing[i].GiveUp();
        FinishAck(null);
        Detach();

        // BYE ends the call's use of the dialog, not that of a subscription in it (RFC 5057 §4.2).
        if (Referral is { IsOver: false } referral)
            referral.KeepDialog();
        else
            Dialog?.Terminate();
    }

    /// <summary>Ends the dialog in the way that its state demands.</summary>
    protected abstract void Dismiss(in CallEnding ending);

    /// <summary>
    /// Lets go of what lives on after the leg is over, so that it does not keep the call. Not before the ACK of our 2xx came, or did
    /// not come: then the BYE is sent.
    /// </summary>
    protected virtual void Detach()
    {
        if (_ack is null)
            Link.Cut();
    }

    /// <summary>The phone acknowledged a provisional response (RFC 3262 §3); the engine has seen that it was ours.</summary>
    protected virtual void OnPrack(SipMessage request, ServerTransaction server) => Respond(server, 200);

    /// <summary>BYE, at once or after the ACK of our 2xx (RFC 3261 §15: not on a dialog whose ACK has not come).</summary>
    protected void SendBye(Dialog dialog, string reason)
    {
        if (_ack is not null && dialog == Dialog)
        {
            _byeWaitsForAck = true;
            _byeReason = reason;
            Environment.OpenTransactions++;
            return;
        }

        if (dialog.State != DialogState.Terminated)
            Farewell.Send(Environment, dialog, reason, Trunk);
    }

    /// <summary>Our Contact is a sips: URI (RFC 3261 §12.1.1, RFC 5630 §5.1).</summary>
    protected virtual bool SaysSips => Dialog is { Secure: true } && Dialog.Flow.Transport != SipTransportKind.Internal;

    protected void WriteContact(SipWriter writer, in SipFlow flow) =>
        writer.Header(
            HeaderName.Contact, Trunk is { } trunk ? trunk.ContactAt(flow, Engine) : Engine.Addressing.Contact(flow, SipEscaping.EscapeUser(PeerNumber), SaysSips));

    /// <summary>Tells the phone which INFO packages the other one takes (RFC 6086 §5.2.2).</summary>
    protected void WritePackages(SipWriter writer)
    {
        if (Peer?.Packages is { } packages)
            writer.Header(HeaderName.RecvInfo, packages.HeaderValue);
    }

    private void FinishAck(SipMessage? ack)
    {
        if (_ack is not { } waiting)
            return;

        _ack = null;
        waiting.TrySetResult(ack?.Sdp.ToArray());
        if (_byeWaitsForAck && Dialog is { } dialog)
        {
            _byeWaitsForAck = false;
            Environment.OpenTransactions--;
            SendBye(dialog, _byeReason);
        }

        if (IsOver)
            Detach();
    }
}
