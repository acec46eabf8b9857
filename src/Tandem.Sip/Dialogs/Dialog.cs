using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;

namespace Tandem.Sip.Dialogs;

/// <summary>A dialog (RFC 3261 §12): its identifier, sequence numbers, remote target and route set. Owned by the engine's loop.</summary>
public sealed partial class Dialog
{
    private readonly byte[] _localParty;
    private readonly byte[] _remoteParty;
    private byte[] _remoteTarget;
    private byte[][] _routeSet;
    private byte[] _sessionId = [];

    private Dialog(DialogId id, bool isCaller, byte[] localParty, byte[] remoteParty, byte[] remoteTarget, byte[][] routeSet)
    {
        Id = id;
        IsCaller = isCaller;
        _localParty = localParty;
        _remoteParty = remoteParty;
        _remoteTarget = remoteTarget;
        _routeSet = routeSet;
    }

    /// <summary>Call-ID.</summary>
    public ReadOnlySpan<byte> CallId => Id.CallId;

    /// <summary>Our tag.</summary>
    public ReadOnlySpan<byte> LocalTag => Id.LocalTag;

    /// <summary>Their tag; empty for a peer of RFC 2543.</summary>
    public ReadOnlySpan<byte> RemoteTag => Id.RemoteTag;

    /// <summary>Our From value in requests, with the tag.</summary>
    public ReadOnlySpan<byte> LocalParty => _localParty;

    /// <summary>Our To value in requests, with the tag.</summary>
    public ReadOnlySpan<byte> RemoteParty => _remoteParty;

    /// <summary>The URI of the peer's last Contact.</summary>
    public ReadOnlySpan<byte> RemoteTarget => _remoteTarget;

    /// <summary>The Route values of our requests, first hop first, each as it was written.</summary>
    public IReadOnlyList<byte[]> RouteSet => _routeSet;

    /// <summary>The CSeq number of our last request; 0 before the first one of a callee.</summary>
    public uint LocalSeq { get; private set; }

    /// <summary>The highest CSeq number of their requests; null before the first one of a callee.</summary>
    public uint? RemoteSeq { get; private set; }

    /// <summary>Early, confirmed or over.</summary>
    public DialogState State { get; private set; }

    /// <summary>True when we sent the request that opened it.</summary>
    public bool IsCaller { get; }

    /// <summary>RFC 3261 §12.1: opened over TLS by a SIPS URI.</summary>
    public bool Secure { get; private init; }

    /// <summary>
    /// The peer is one whom anybody may name: wherever its Contact or its route set leads (RFC 3261 §12.2), requests go only where <see cref="SipEngine.MayReach"/> lets them.
    /// </summary>
    public bool IsGuarded { get; internal set; }

    /// <summary>The flow of the last message from the peer: the way back to it through any NAT.</summary>
    public SipFlow Flow { get; private set; }

    /// <summary>The peer was heard from this flow. A secure dialog follows it over secure ones only.</summary>
    internal void Follow(in SipFlow flow)
    {
        if (!Secure || flow.IsSecure)
            Flow = flow;
    }

    /// <summary>
    /// True when <paramref name="flow"/> comes from the host that the peer was heard from last, on whatever port or connection. What comes from
    /// elsewhere proves by the tags alone that its sender has seen messages of the dialog: the user is to ask for more.
    /// </summary>
    public bool Knows(in SipFlow flow) => flow.Transport == SipTransportKind.Internal || flow.Remote.IsSameHost(Flow.Remote);

    /// <summary>The user is sure that <paramref name="request"/> is the peer's: requests go to <paramref name="flow"/> from now on.</summary>
    public void MoveTo(in SipFlow flow, SipMessage request)
    {
        Follow(flow);
        if (RemoteSeq is null || request.CSeq > RemoteSeq)
            RemoteSeq = request.CSeq;
    }

    /// <summary>What the user hangs on it; the engine only carries it.</summary>
    public object? Owner { get; set; }

    /// <summary>
    /// The Session-ID (RFC 7989) that our requests and responses in this dialog carry: the far end's UUID first, the peer's as remote. Empty for none.
    /// </summary>
    public ReadOnlySpan<byte> SessionId => _sessionId;

    /// <summary>The next dialog that the same INVITE opened (see <see cref="ClientTransaction.Forks"/>).</summary>
    public Dialog? NextFork { get; internal set; }

    internal DialogId Id { get; }

    internal DialogTable? Table { get; set; }

    /// <summary>The 2xx that waits for its ACK.</summary>
    internal Final2xxRetransmitter? PendingFinal { get; set; }

    /// <summary>The INVITE of the peer whose reliable provisional responses are being acknowledged.</summary>
    internal ReliableProvisional? Reliable { get; set; }

    /// <summary>A dialog of the UAS (RFC 3261 §12.1.1); early until a 2xx was sent. Null when the request has no usable Contact.</summary>
    public static Dialog? FromIncoming(SipMessage request, ReadOnlySpan<byte> localTag, in SipFlow flow)
    {
        if (!request.TryGetTo(out var to) || !request.TryGetFrom(out var from) || !request.TryGetContact(out var contact) || contact.IsStar
            || !request.TryGetHeader(HeaderName.From, out var remoteParty) || !request.TryGetHeader(HeaderName.To, out var toValue))
            return null;

        var localParty = to.Tag.Length > 0 ? toValue.ToArray() : [.. toValue, .. ";tag="u8, .. localTag];
        var id = new DialogId(request.CallId.ToArray(), localTag.ToArray(), from.Tag.ToArray());
        return new Dialog(id, isCaller: false, localParty, remoteParty.ToArray(), contact.Uri.ToArray(), ReadRouteSet(request))
        {
            RemoteSeq = request.CSeq,
            Secure = IsSecure(request.RequestUri, flow),
            Flow = flow,
        };
    }

    /// <summary>A dialog of the UAC (RFC 3261 §12.1.2); confirmed when the response is a 2xx. Null when the response cannot open one.</summary>
    public static Dialog? FromResponse(ClientTransaction transaction, SipMessage response, in SipFlow flow)
    {
        if (response.StatusCode is <= 100 or >= 300 || !response.TryGetTo(out var to) || !response.TryGetFrom(out var from)
            || !response.TryGetHeader(HeaderName.From, out var localParty) || !response.TryGetHeader(HeaderName.To, out var remoteParty))
            return null;

        // RFC 2543 peers send 2xx without a tag (§12.1.2); a provisional response without one opens nothing.
        if (to.Tag.Length == 0 && response.StatusCode < 200)
            return null;

        // A provisional response may lack Contact; the target then comes with a later one (§13.2.2.4).
        var target = response.TryGetContact(out var contact) && !contact.IsStar ? contact.Uri.ToArray() : to.Uri.ToArray();
        var routes = ReadRouteSet(response);
        Array.Reverse(routes);
        var id = new DialogId(response.CallId.ToArray(), from.Tag.ToArray(), to.Tag.ToArray());
        return new Dialog(id, isCaller: true, localParty.ToArray(), remoteParty.ToArray(), target, routes)
        {
            LocalSeq = transaction.CSeq,
            State = response.StatusCode >= 200 ? DialogState.Confirmed : DialogState.Early,
            Secure = transaction.Target.IsSecure && SipTargets.IsSips(target),
            Flow = flow,
        };
    }

    /// <summary>
    /// Takes over the remote target of a target refresh request, or of a 2xx to one (RFC 3261 §12.2.1.2, §12.2.2;
    /// RFC 3311). The engine calls it for INVITE and UPDATE when the request has been accepted.
    /// </summary>
    public void UpdateTarget(SipMessage message)
    {
        if (message.TryGetContact(out var contact) && !contact.IsStar && !contact.Uri.SequenceEqual(_remoteTarget))
            _remoteTarget = contact.Uri.ToArray();
    }

    /// <summary>Sets <see cref="SessionId"/>.</summary>
    public void Identify(string sessionId) => _sessionId = System.Text.Encoding.ASCII.GetBytes(sessionId);

    /// <summary>A request came from this flow: a new port or connection of the same host is followed (NAT, RFC 5626), another host is not.</summary>
    internal void FollowKnown(in SipFlow flow)
    {
        if (Knows(flow))
            Follow(flow);
    }

    /// <summary>Ends the dialog: later requests of the peer get 481. Idempotent.</summary>
    public void Terminate()
    {
        if (State == DialogState.Terminated)
            return;

        State = DialogState.Terminated;
        Table?.Remove(this);
        PendingFinal?.Stop();
        PendingFinal = null;
        Reliable?.Stop();
        Reliable = null;

        // The ACK is kept: the 2xx may still come again (see ClientTransaction.Forks).
    }

    /// <summary>RFC 3261 §12.3: a refused request takes the dialog with it that it opened itself.</summary>
    internal void TerminateEarly(ServerTransaction refused)
    {
        if (refused.IsInitial)
            Terminate();
    }

    /// <summary>A 2xx was sent.</summary>
    internal void Confirm()
    {
        if (State == DialogState.Early)
            State = DialogState.Confirmed;
    }

    /// <summary>The 2xx of an early dialog arrived: the route set is computed again from it (RFC 3261 §13.2.2.4).</summary>
    internal void Confirm(SipMessage response)
    {
        if (State == DialogState.Early)
        {
            State = DialogState.Confirmed;
            _routeSet = ReadRouteSet(response);
            Array.Reverse(_routeSet);
        }

        UpdateTarget(response);
    }

    /// <summary>
    /// RFC 3261 §12.2.2: false when the request is out of order (not higher than the last one). The number of a request from a host that we do not
    /// know counts when the user is sure of it (<see cref="MoveTo"/>): else a stranger could put the peer's own requests out of order.
    /// </summary>
    internal bool AcceptSequence(uint cseq, in SipFlow flow)
    {
        if (RemoteSeq is { } last && cseq <= last)
            return false;

        if (Knows(flow))
            RemoteSeq = cseq;
        return true;
    }

    private static byte[][] ReadRouteSet(SipMessage message)
    {
        if (!message.Has(HeaderName.RecordRoute))
            return [];

        var routes = new List<byte[]>(4);
        foreach (var route in message.Values(HeaderName.RecordRoute))
            routes.Add(route.ToArray());
        return [.. routes];
    }

    private static bool IsSecure(ReadOnlySpan<byte> requestUri, in SipFlow flow) =>
        flow.IsSecure && SipTargets.IsSips(requestUri);
}
