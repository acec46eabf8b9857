using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;
using Tandem.Sip.Writing;

namespace Tandem.Sip.Tests.Parsing;

/// <summary>Does to a message everything that the exchange could do to it, so that a test sees what throws.</summary>
internal static class MessageProbe
{
    private static readonly NetAddress Source = NetAddress.FromV4(0xC0000201, 5060);

    /// <summary>Reads every view of every header; the sum keeps the reads from being optimized away.</summary>
    public static int Read(SipMessage message)
    {
        var sum = message.FromTag.Length + message.ToTag.Length + message.MaxForwards + (int)message.RSeq + (int)(message.Expires ?? 0);
        sum += message.TryGetTopVia(out var via) ? via.Branch.Length + via.Rport + via.Ttl + via.Received.Length + via.Maddr.Length : 0;
        sum += message.TryGetContact(out var contact) ? contact.Q : 0;
        sum += message.TryGetCSeq(out var cseq) ? (int)cseq.Method : 0;
        sum += message.TryGetRAck(out var rack) ? (int)rack.Method : 0;
        sum += message.TryGetSessionExpires(out var session) ? (int)session.Seconds : 0;
        sum += message.HasOption(HeaderName.Supported, "100rel"u8) || message.Allows(SipMethod.Update) ? 1 : 0;
        sum += message.TryGetBody("application/sdp"u8, out var body) ? body.Length : 0;
        sum += ReadUri(message.RequestUri);
        foreach (ref readonly var field in message.Headers)
        {
            foreach (var element in message.Values(field.Name))
            {
                if (NameAddrValue.TryParse(element, out var address))
                    sum += address.TextOfDisplayName().Length + address.Tag.Length + ReadUri(address.Uri);
                if (ContactValue.TryParse(element, out var one))
                    sum += one.Q + ReadUri(one.Uri);
                if (ViaValue.TryParse(element, out var hop))
                    sum += hop.Port + hop.Branch.Length;
            }

            var value = message.ValueOf(field);
            sum += AuthenticationValue.TryParse(value, out var credentials) && credentials.TryGetParam("nonce"u8, out var nonce) ? nonce.Length : 0;
            sum += RAckValue.TryParse(value, out _) | SessionExpiresValue.TryParse(value, out _) ? 1 : 0;
            sum += message.NameOf(field).Length + SipText.Unquote(value).Length + SipEscaping.Unescape(value).Length;
            sum += SipUriComparer.Equals(value, message.RequestUri) ? 1 : 0;
        }

        return sum;
    }

    /// <summary>The message written again: start line, all header fields in order, body last.</summary>
    public static byte[] Rewrite(SipMessage message)
    {
        var writer = message.IsRequest
            ? SipWriter.Request(message.MethodText, message.RequestUri)
            : SipWriter.Response(message.StatusCode, message.ReasonPhrase);
        foreach (ref readonly var field in message.Headers)
        {
            if (field.Name is not (HeaderName.ContentLength or HeaderName.ContentType))
                writer.Copy(message, field);
        }

        var type = message.TryGetHeader(HeaderName.ContentType, out var value) ? value : "application/octet-stream"u8;
        return Take(message.Body.Length == 0 ? writer.Finish() : writer.Finish(type, message.Body));
    }

    /// <summary>The answer to a request.</summary>
    public static byte[] Answer(SipMessage request, int status) =>
        Take(ViaEditor.StampTopVia(SipResponses.To(request, status, "", "mytag"u8).Finish(), Source));

    private static byte[] Take(PooledBuffer buffer)
    {
        var bytes = buffer.Span.ToArray();
        buffer.Release();
        return bytes;
    }

    private static int ReadUri(ReadOnlySpan<byte> text)
    {
        if (!SipUriValue.TryParse(text, out var uri))
            return 0;

        return uri.UserText().Length + uri.HostText().Length + (uri.IsLooseRouter ? 1 : 0) + (uri.UserEquals("100"u8) ? 1 : 0)
            + (SipUriComparer.Equals(text, text) ? 1 : 0);
    }
}
