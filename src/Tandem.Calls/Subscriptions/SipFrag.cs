using System.Globalization;
using System.Text;
using Tandem.Sip.Writing;

namespace Tandem.Calls.Subscriptions;

/// <summary>The body of a NOTIFY of the refer package: the status line of the referred request (RFC 3515 §2.4.5, RFC 3420).</summary>
public static class SipFrag
{
    /// <summary>Content-Type of the body; RFC 3515 wants the version named.</summary>
    public static ReadOnlySpan<byte> ContentType => "message/sipfrag;version=2.0"u8;

    /// <summary><c>SIP/2.0 180 Ringing</c> and CRLF, with the standard phrase; nothing that a phone sent gets into it.</summary>
    public static byte[] Status(int status)
    {
        var phrase = Encoding.UTF8.GetString(SipReasons.Text(status));
        return Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"SIP/2.0 {status} {phrase}\r\n"));
    }
}
