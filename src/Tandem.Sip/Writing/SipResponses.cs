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
        if (status is > 100 and < 300 && request.Method is SipMethod.Invite or SipMethod.Subscribe or SipMethod.Refer)
            writer.Copy(request, HeaderName.RecordRoute);

        writer.Copy(request, HeaderName.From);
        if (toTag.Length > 0 && request.TryGetTo(out var to) && to.Tag.Length == 0 && request.TryGetHeader(HeaderName.To, out var value))
            writer.Begin(HeaderName.To).Append(value).Append(";tag="u8).Append(toTag).End();
        else
            writer.Copy(request, HeaderName.To);

        writer.Copy(request, HeaderName.CallId).Copy(request, HeaderName.CSeq);
        if (status == 100)
            writer.Copy(request, HeaderName.Timestamp);

        return writer;
    }
}
