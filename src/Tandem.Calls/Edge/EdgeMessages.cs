using System.Buffers;
using System.Globalization;
using System.Text;
using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Edge;

/// <summary>Messages as the edge passes them on: what a proxy must change (RFC 3261 §16.6, §16.7) is changed, everything else stays as its author wrote it.</summary>
internal static class EdgeMessages
{
    /// <summary>A request with our Via on top, Record-Route where one is given, the new Max-Forwards, and without the Routes that name us.</summary>
    public static PooledBuffer Forwarded(SipMessage request, string via, string recordRoute, int hops, FlowTokens tokens)
    {
        var writer = new ArrayBufferWriter<byte>(request.Bytes.Length + 1_024);
        writer.Write(request.MethodText);
        writer.Write(" "u8);
        writer.Write(request.RequestUri);
        writer.Write(" SIP/2.0\r\n"u8);
        Field(writer, "Via"u8, via);
        if (recordRoute.Length > 0)
            Field(writer, "Record-Route"u8, recordRoute);
        Field(writer, "Max-Forwards"u8, hops.ToString(CultureInfo.InvariantCulture));
        var isOurs = true;
        foreach (var route in request.Values(HeaderName.Route))
        {
            isOurs = isOurs && NamesUs(route, tokens);
            if (isOurs)
                continue;

            writer.Write("Route: "u8);
            writer.Write(route);
            writer.Write("\r\n"u8);
        }

        foreach (ref readonly var field in request.Headers)
        {
            if (field.Name is not (HeaderName.Route or HeaderName.MaxForwards or HeaderName.ContentLength))
                Copy(writer, request, field);
        }

        return Finish(writer, request);
    }

    /// <summary>A response without its first Via, which is ours.</summary>
    public static PooledBuffer Returned(SipMessage response)
    {
        var writer = new ArrayBufferWriter<byte>(response.Bytes.Length);
        writer.Write("SIP/2.0 "u8);
        writer.Write(Encoding.ASCII.GetBytes(response.StatusCode.ToString(CultureInfo.InvariantCulture)));
        writer.Write(" "u8);
        writer.Write(response.ReasonPhrase);
        writer.Write("\r\n"u8);
        var isFirst = true;
        foreach (var via in response.Values(HeaderName.Via))
        {
            if (!isFirst)
            {
                writer.Write("Via: "u8);
                writer.Write(via);
                writer.Write("\r\n"u8);
            }

            isFirst = false;
        }

        foreach (ref readonly var field in response.Headers)
        {
            if (field.Name is not (HeaderName.Via or HeaderName.ContentLength))
                Copy(writer, response, field);
        }

        return Finish(writer, response);
    }

    /// <summary>Where a request goes when the Routes that name us are taken away: the next Route, or the Request-URI. False when that names no address.</summary>
    public static bool TryFindNextHop(SipMessage request, FlowTokens tokens, out SipFlow target)
    {
        foreach (var route in request.Values(HeaderName.Route))
        {
            if (NamesUs(route, tokens))
                continue;

            target = default;
            return NameAddrValue.TryParse(route, out var entry) && SipTargets.TryResolve(entry.Uri, out target);
        }

        return SipTargets.TryResolve(request.RequestUri, out target);
    }

    /// <summary>Where the sender of a request listens, by the second Via of the response (RFC 3261 §18.2.2).</summary>
    public static bool TryFindSender(SipMessage response, in SipFlow flow, out SipFlow sender)
    {
        sender = default;
        var values = response.Values(HeaderName.Via);
        if (!values.MoveNext() || !values.MoveNext() || !ViaValue.TryParse(values.Current, out var via))
            return false;

        var port = via.Port > 0 ? via.Port : SipAddressing.DefaultPort(flow.Transport);
        if (!NetAddress.TryParse(via.Received.Length > 0 ? via.Received : via.Host, port, out var remote))
            return false;

        sender = new SipFlow(flow.Transport, default, remote);
        return true;
    }

    private static bool NamesUs(ReadOnlySpan<byte> route, FlowTokens tokens) =>
        NameAddrValue.TryParse(route, out var entry) && entry.TryGetUri(out var uri) && tokens.TryRead(uri.User, out _, out _);

    private static void Field(ArrayBufferWriter<byte> writer, ReadOnlySpan<byte> name, string value)
    {
        writer.Write(name);
        writer.Write(": "u8);
        writer.Write(Encoding.UTF8.GetBytes(value));
        writer.Write("\r\n"u8);
    }

    private static void Copy(ArrayBufferWriter<byte> writer, SipMessage message, in HeaderField field)
    {
        writer.Write(message.NameOf(field));
        writer.Write(": "u8);
        writer.Write(message.ValueOf(field));
        writer.Write("\r\n"u8);
    }

    // A datagram may leave Content-Length out, a stream may not.
    private static PooledBuffer Finish(ArrayBufferWriter<byte> writer, SipMessage message)
    {
        Field(writer, "Content-Length"u8, message.Body.Length.ToString(CultureInfo.InvariantCulture));
        writer.Write("\r\n"u8);
        writer.Write(message.Body);
        return PooledBuffer.Copy(writer.WrittenSpan);
    }
}
