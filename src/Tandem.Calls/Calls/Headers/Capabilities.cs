using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Writing;

namespace Tandem.Calls.Calls.Headers;

/// <summary>What we say of ourselves in the answer to OPTIONS (RFC 3261 §11.2), inside a dialog and outside: what runs, and nothing else.</summary>
internal static class Capabilities
{
    /// <summary>What an offer or an answer may come in (RFC 5621 §4.2).</summary>
    public static ReadOnlySpan<byte> SessionBodies => "application/sdp, multipart/mixed, multipart/alternative"u8;

    /// <summary>Bodies that we read or pass. Bodies are taken as they are: no content coding, and texts of ours are English.</summary>
    public static void Write(SipWriter response, SipEngine engine)
    {
        response.Header(HeaderName.Allow, engine.Allow)
            .Header(HeaderName.Accept, "application/sdp, multipart/mixed, multipart/alternative, application/dtmf-relay, application/dtmf"u8)
            .Header(HeaderName.AcceptEncoding, "identity"u8)
            .Header(HeaderName.AcceptLanguage, "en"u8)
            .Header(HeaderName.Supported, engine.Supported);
        if (engine.AllowEvents.Length > 0)
            response.Header(HeaderName.AllowEvents, engine.AllowEvents);
    }
}
