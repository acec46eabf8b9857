using Tandem.Calls.Calls.Headers;
using Tandem.Calls.Ports;
using Tandem.Calls.Trunks.Calls;
using Tandem.Core.Loops;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;
using Tandem.Sip.Writing;

namespace Tandem.Calls.Calls.Legs;

/// <summary>The caller's leg: we are the UAS of its INVITE.</summary>
internal sealed class InboundLeg : Leg, ICallOrigin
{
    private readonly bool _reliableRequired;
    private readonly bool _reliableSupported;
    private readonly string _calledNumber;
    private readonly bool _saysSips;
    private readonly string _identity;
    private readonly Queue<bool> _unacknowledged = []; // in the order of the responses; true for those with SDP
    private Signal<bool>? _settled;

    /// <param name="call">The call.</param>
    /// <param name="request">The INVITE.</param>
    /// <param name="server">Its transaction.</param>
    /// <param name="calledNumber">The number that was dialled.</param>
    /// <param name="identity">The P-Asserted-Identity of our answers (RFC 3325): the called extension.</param>
    /// <param name="trunk">The provider that calls; null for a phone.</param>
    public InboundLeg(LiveCall call, SipMessage request, ServerTransaction server, string calledNumber, string identity, TrunkUse? trunk = null)
        : base(call, CallSide.Caller)
    {
        Trunk = trunk;
        trunk?.Carry(call.Model.Snapshot.CallerSipCallId);
        Request = request.Retain();
        Server = server;
        _calledNumber = calledNumber;
        _identity = identity;
        _reliableRequired = request.HasOption(HeaderName.Require, "100rel"u8);
        _reliableSupported = _reliableRequired || request.HasOption(HeaderName.Supported, "100rel"u8);
        _saysSips = HasSipsRoute(request);
        server.Owner = Link;
        Dialog = call.Environment.Engine.OpenDialog(server);
        if (Dialog is { } dialog)
            dialog.Owner = Link;
        Device = trunk is not null ? null : LegDevice.Of(call.Model.Snapshot.Tenant, call.Model.Snapshot.CallerNumber, request, server.Flow, Environment.Registrar);
        Learn(request);
        if (Uuid.Length == 0)
            Uuid = call.Model.Snapshot.TraceId; // RFC 7989 §7: on behalf of a phone that has none
        ShowFork(null);
        LastSdp = request.Sdp.ToArray();
    }

    /// <summary>The INVITE that made the call; null once it was answered.</summary>
    public SipMessage? Request { get; private set; }

    public ServerTransaction Server { get; }

    /// <summary>The caller takes reliable provisional responses (RFC 3262).</summary>
    public bool TakesReliable => _reliableSupported;

    /// <summary>A provisional response with SDP was acknowledged: either side may offer again (RFC 3311 §5.1).</summary>
    public bool IsEarlySettled { get; private set; }

    /// <summary>True when the INVITE has an offer.</summary>
    public bool HasOffer => !LastSdp.IsEmpty;

    MediaPeer? ICallOrigin.Peer => MediaPeerAt(Server.Flow);

    public override string PeerNumber => _calledNumber;

    protected override bool SaysSips => _saysSips || base.SaysSips;

    /// <summary>
    /// Passes a provisional response of <paramref name="fork"/> on; reliably (RFC 3262) where the caller requires it, or supports it and
    /// the options say so.
    /// </summary>
    public void Progress(int status, ReadOnlyMemory<byte> sdp, OutboundLeg fork)
    {
        if (IsOver || Server.IsAnswered)
            return;

        ShowFork(fork);
        if (IsReliable(sdp))
            SendReliably(status, sdp, fork);
        else
            Respond(Server, status, w => WriteFork(w, fork), sdp);
    }

    /// <summary>A provisional response of the exchange itself, while nobody is rung; with a session description it opens early media.</summary>
    public void Ring(int status, ReadOnlyMemory<byte> sdp)
    {
        if (IsOver || Server.IsAnswered)
            return;

        if (IsReliable(sdp))
            SendReliably(status, sdp, null);
        else
            Respond(Server, status, w => WriteFork(w, null), sdp);
    }

    /// <summary>Passes an offer of <paramref name="fork"/> on; the PRACK brings the answer. Only for a caller that <see cref="TakesReliable"/>.</summary>
    public void OfferEarly(int status, ReadOnlyMemory<byte> sdp, OutboundLeg fork)
    {
        if (IsOver || Server.IsAnswered)
            return;

        ShowFork(fork);
        SendReliably(status, sdp, fork);
    }

    private void SendReliably(int status, ReadOnlyMemory<byte> sdp, OutboundLeg? fork)
    {
        var response = Server.Reply(status);
        WriteContact(response, Server.Flow);
        response.Header(HeaderName.Allow, Engine.Allow).Header(HeaderName.Server, Call.Options.Product);
        if (fork?.Packages is { } packages)
            response.Header(HeaderName.RecvInfo, packages.HeaderValue);
        WriteFork(response, fork);
        if (Engine.RespondReliably(Server, response, "application/sdp"u8, sdp.Span, Now))
            _unacknowledged.Enqueue(!sdp.IsEmpty);
    }

    /// <summary>
    /// Completes when a 2xx may be sent: not before the reliable provisional responses with SDP were acknowledged
    /// (RFC 3262 §3). False when something happened meanwhile that the story must look at first.
    /// </summary>
    public ValueTask<bool> MayAnswerAsync()
    {
        if (IsOver || !_unacknowledged.Contains(true))
            return new ValueTask<bool>(!IsOver);

        _settled = new Signal<bool>();
        return _settled.WaitAsync();
    }

    /// <summary>Ends the wait for acknowledgements with false.</summary>
    public void StopWaiting() => _settled?.TrySet(false);

    /// <summary>The answer to the INVITE, once. Completes with the body of the ACK; null when none came.</summary>
    public Task<byte[]?> Answer(ReadOnlyMemory<byte> sdp)
    {
        Identify();
        var ack = AcceptInvite(Server, Request!, sdp, w => WriteFork(w, Call.Callee as OutboundLeg));
        DropRequest();
        return ack;
    }

    // RFC 3261 §12.1.1: a proxy that recorded itself as sips wants that of us as well.
    private static bool HasSipsRoute(SipMessage request)
    {
        foreach (var route in request.Values(HeaderName.RecordRoute))
            return NameAddrValue.TryParse(route, out var value) && SipTargets.IsSips(value.Uri);

        return false;
    }

    protected override void OnPrack(SipMessage request, ServerTransaction server)
    {
        if (_unacknowledged.TryDequeue(out var hadSdp))
            IsEarlySettled |= hadSdp;

        // SDP is an answer or another offer: both are for the story. After the 2xx there is a re-INVITE for that.
        if (request.ReadSession(out _) == SessionBody.None)
            Respond(server, 200);
        else if (Server.IsAnswered || !Call.TryPostRequest(new CallSignal(CallSignalKind.Request, this, request, server)))
            Respond(server, 488);
        if (!_unacknowledged.Contains(true))
            _settled?.TrySet(!IsOver);
    }

    protected override void Dismiss(in CallEnding ending)
    {
        StopWaiting();
        if (Server.IsAnswered)
        {
            if (Dialog is { State: DialogState.Confirmed } dialog)
                SendBye(dialog, ending.ReasonHeader);
            return;
        }

        // RFC 7989 §7: of several contacts none is the peer that refused.
        if (Call.Forks.Count > 1)
            ShowFork(null);
        var verdict = ending.Verdict;
        var reason = ending.ReasonHeader;
        var warning = (Code: ending.WarnCode, Text: ending.WarnText);
        Respond(
            Server,
            verdict.SipStatus,
            w =>
            {
                if (verdict.SipStatus == 503)
                    w.Header(HeaderName.RetryAfter, Call.Options.OverloadRetryAfter);
                if (reason.Length > 0)
                    w.Header(HeaderName.Reason, reason);
                if (warning.Code > 0)
                    w.Header(HeaderName.Warning, $"{warning.Code} {Engine.Addressing.HostAndPort(Server.Flow)} \"{warning.Text}\"");
            });
    }

    protected override void Detach()
    {
        base.Detach();
        DropRequest();
    }

    private void DropRequest()
    {
        Request?.Release();
        Request = null;
    }

    private bool IsReliable(ReadOnlyMemory<byte> sdp) => _reliableRequired || (_reliableSupported && Call.Options.ReliableProvisionals switch
    {
        ReliableProvisionals.Required => false,
        ReliableProvisionals.All => true,
        _ => !sdp.IsEmpty,
    });

    private void ShowFork(OutboundLeg? fork)
    {
        if (Dialog is { } dialog)
            dialog.Identify(SessionIds.Value(fork?.Uuid ?? "", Uuid));
    }

    // Who was called, unless that phone wants privacy (RFC 3325 §7), and what else of its response passes.
    private void WriteFork(SipWriter response, OutboundLeg? fork)
    {
        if (_identity.Length > 0 && fork is not { Wish.HidesIdentity: true })
            response.Header(HeaderName.PAssertedIdentity, _identity);
        if (fork is null)
            return;

        foreach (var (name, value) in fork.ResponseHeaders)
            response.Header(name, value);
    }
}
