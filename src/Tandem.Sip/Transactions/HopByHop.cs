using Tandem.Core.Buffers;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;
using Tandem.Sip.Writing;

namespace Tandem.Sip.Transactions;

/// <summary>The two requests that a client transaction makes from the one it has sent. Null when that cannot be read back.</summary>
internal static class HopByHop
{
    /// <summary>The ACK of a response 300-699 (RFC 3261 §17.1.1.3).</summary>
    public static PooledBuffer? Ack(PooledBuffer sent, SipMessage response, SipLimits limits) =>
        Make(sent, SipMethod.Ack, response, limits);

    /// <summary>The CANCEL of a request (RFC 3261 §9.1): without Require and Proxy-Require, with a Reason (RFC 3326) that is not empty.</summary>
    public static PooledBuffer? Cancel(PooledBuffer sent, SipLimits limits, string reason = "") =>
        Make(sent, SipMethod.Cancel, null, limits, reason);

    private static PooledBuffer? Make(PooledBuffer sent, SipMethod method, SipMessage? response, SipLimits limits, string reason = "")
    {
        if (SipParser.Parse(sent.Retain(), limits, out var request) != SipRejection.None || request is null)
        {
            request?.Release();
            return null;
        }

        var writer = SipWriter.Request(method, request.RequestUri);
        if (request.TryGetFirst(HeaderName.Via, out var via))
            writer.Header(HeaderName.Via, via);
        writer.Copy(request, HeaderName.Route)
            .Header(HeaderName.MaxForwards, 70)
            .Copy(request, HeaderName.From)
            .Copy(response ?? request, HeaderName.To)
            .Copy(request, HeaderName.CallId);
        WriteCSeq(writer, request.CSeq, method);
        writer.Copy(request, HeaderName.SessionId); // RFC 7989 §6: a CANCEL has that of its INVITE
        if (reason.Length > 0)
            writer.Header(HeaderName.Reason, reason);
        var buffer = writer.Finish();
        request.Release();
        return buffer;
    }

    internal static void WriteCSeq(SipWriter writer, uint number, SipMethod method)
    {
        Span<byte> value = stackalloc byte[32];
        number.TryFormat(value, out var length);
        value[length++] = (byte)' ';
        var text = SipMethods.Text(method);
        text.CopyTo(value[length..]);
        writer.Header(HeaderName.CSeq, value[..(length + text.Length)]);
    }
}
