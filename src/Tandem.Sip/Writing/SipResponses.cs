using Tandem.Sip.Messages;

namespace Tandem.Sip.Writing;

/// <summary>Starts the answer to a request (RFC 3261 §8.2.6).</summary>
public static class SipResponses
{
    /// <summary>
    /// Copies Via, From, To, Call-ID and CSeq; Timestamp into a 100 (§8.2.6.1); Record-Route into a response that may make
    /// a dialog (§12.1.1). <paramref name="toTag"/> is added to To when it has none. An empty reason is the standard phrase.
    /// </summary>
    public static SipWriter To(SipMessage request, int status, string reason = "", ReadOnlySpan<byte> toTag = default)
    {
        var writer = SipWriter.Response(status, reason);
        writer.Copy(request, HeaderName.Via);
        if (status is > 100 and < 300 && request.Method is (SipMethod.Invite or SipMethod.Subscribe or SipMethod.Refer))
            writer.Copy(request, HeaderName.RecordRoute);

        CopyOne(writer, request, HeaderName.From);
        if (toTag.Length > 0 && request.TryGetTo(out var to) && to.Tag.Length == 0 && request.TryGetHeader(HeaderName.To, out var value))
            writer.Begin(HeaderName.To).Append(value).Append(";tag="u8).Append(toTag).End();
        else
            CopyOne(writer, request, HeaderName.To);

        CopyOne(writer, request, HeaderName.CallId);
        CopyOne(writer, request, HeaderName.CSeq);
        if (status == 100)
            CopyOne(writer, request, HeaderName.Timestamp);

        return writer;
    }

    // A request that was rejected for a header that stands twice is answered with the first of them.
    private static void CopyOne(SipWriter writer, SipMessage request, HeaderName name)
    {
        if (request.TryGetHeader(name, out var value))
            writer.Header(name, value);
    }
}
