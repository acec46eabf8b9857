using Tandem.Core.Buffers;
using Tandem.Sip.Messages;
using Tandem.Sip.Transactions;
using Tandem.Sip.Writing;

namespace Tandem.Sip.Dialogs;

/// <summary>Requests that we send inside the dialog (RFC 3261 §12.2.1.1).</summary>
public sealed partial class Dialog
{
    private PooledBuffer? _lastAck;
    private uint _lastAckSeq;
    private Engine.SipFlow _lastAckTarget;
    private uint _lastRSeq;
    private uint _lastRSeqRequest;

    /// <summary>
    /// Starts a request with the next CSeq number: Request-URI and Route for loose and strict routers, Max-Forwards,
    /// From, To, Call-ID, CSeq. The user adds the rest (Contact for INVITE and UPDATE).
    /// </summary>
    public SipWriter Request(SipMethod method) => Request(method, TakeLocalSeq());

    /// <summary>Starts the ACK of a 2xx to the INVITE with this CSeq number (RFC 3261 §13.2.2.4).</summary>
    public SipWriter Ack(uint cseq) => Request(SipMethod.Ack, cseq);

    /// <summary>Starts the PRACK of a reliable provisional response (RFC 3262 §4).</summary>
    public SipWriter Prack(SipMessage response)
    {
        var writer = Request(SipMethod.Prack);
        return writer.Begin(HeaderName.RAck)
            .Append(response.RSeq).Append(" "u8).Append(response.CSeq).Append(" "u8).Append(SipMethods.Text(response.Method)).End();
    }

    /// <summary>
    /// RFC 3262 §4: true for a reliable provisional response (Require: 100rel, RSeq) that is the first or the next in
    /// order, and wants a PRACK; false for repeated ones and for those out of order, which are to be ignored.
    /// </summary>
    public bool TryAcceptReliable(SipMessage response)
    {
        var number = response.RSeq;
        if (number == 0 || response.StatusCode is <= 100 or >= 200)
            return false;

        if (_lastRSeqRequest == response.CSeq && number != _lastRSeq + 1)
            return false;

        _lastRSeqRequest = response.CSeq;
        _lastRSeq = number;
        return true;
    }

    /// <summary>The URI that the next request goes to: the first route, or else the remote target (RFC 3261 §8.1.2).</summary>
    public ReadOnlySpan<byte> NextHop
    {
        get
        {
            if (_routeSet.Length == 0)
                return _remoteTarget;

            return NameAddrValue.TryParse(_routeSet[0], out var route) ? route.Uri : _remoteTarget;
        }
    }

    /// <summary>
    /// Keeps the ACK of a 2xx, to be sent again when the 2xx comes again. It lives as long as the dialog, so it is a copy in an
    /// array of its own size.
    /// </summary>
    internal void RememberAck(PooledBuffer ack, uint cseq, in Engine.SipFlow target)
    {
        _lastAck?.Release();
        _lastAck = PooledBuffer.Copy(ack.Span);
        _lastAckSeq = cseq;
        _lastAckTarget = target;
    }

    /// <summary>The ACK that was sent for the INVITE with this CSeq number; null when none was.</summary>
    internal PooledBuffer? FindAck(uint cseq, out Engine.SipFlow target)
    {
        target = _lastAckTarget;
        return _lastAckSeq == cseq ? _lastAck : null;
    }

    private SipWriter Request(SipMethod method, uint cseq)
    {
        var isStrict = IsStrict(out var firstRoute);
        var writer = SipWriter.Request(method, isStrict ? firstRoute : _remoteTarget);
        for (var i = isStrict ? 1 : 0; i < _routeSet.Length; i++)
            writer.Header(HeaderName.Route, _routeSet[i]);
        if (isStrict)
            writer.Begin(HeaderName.Route).Append("<"u8).Append(_remoteTarget).Append(">"u8).End();

        writer.Header(HeaderName.MaxForwards, 70)
            .Header(HeaderName.From, _localParty)
            .Header(HeaderName.To, _remoteParty)
            .Header(HeaderName.CallId, Id.CallId);
        HopByHop.WriteCSeq(writer, cseq, method);
        if (SessionId.Length > 0)
            writer.Header(HeaderName.SessionId, SessionId);
        return writer;
    }

    // The first number of a callee starts low (§8.1.1.5): in 32 bits no call can use them up.
    private uint TakeLocalSeq() => ++LocalSeq;

    private bool IsStrict(out ReadOnlySpan<byte> requestUri)
    {
        requestUri = default;
        if (_routeSet.Length == 0 || !NameAddrValue.TryParse(_routeSet[0], out var route) || !route.TryGetUri(out var uri) || uri.IsLooseRouter)
            return false;

        requestUri = ForRequestLine(route.Uri);
        return true;
    }

    // RFC 3261 §19.1.1 table 1: a Request-URI has neither headers nor a method parameter.
    private static ReadOnlySpan<byte> ForRequestLine(ReadOnlySpan<byte> uri)
    {
        var question = uri.IndexOf((byte)'?');
        if (question >= 0)
            uri = uri[..question];

        var semicolon = uri.IndexOf((byte)';');
        if (semicolon < 0)
            return uri;

        var rest = uri[semicolon..];
        var kept = new List<byte>(uri.Length);
        kept.AddRange(uri[..semicolon]);
        while (SipUriValue.TryNextParam(ref rest, out var name, out var value))
        {
            if (SipText.EqualsIgnoreCase(name, "method"u8))
                continue;

            kept.Add((byte)';');
            kept.AddRange(name);
            if (value.Length > 0)
            {
                kept.Add((byte)'=');
                kept.AddRange(value);
            }
        }

        return kept.ToArray();
    }
}
