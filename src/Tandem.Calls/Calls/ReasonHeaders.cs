using System.Globalization;
using System.Text;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Calls;

/// <summary>Reason header values (RFC 3326).</summary>
internal static class ReasonHeaders
{
    /// <summary>What a contact hears that rang in vain (RFC 3326 §3.2).</summary>
    public const string CompletedElsewhere = "SIP;cause=200;text=\"Call completed elsewhere\"";

    private const int MaxLength = 256;

    /// <summary>A Q.850 cause; empty for 0.</summary>
    public static string ForCause(int cause) => cause == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"Q.850;cause={cause}");

    /// <summary>
    /// The Reason values of a request that may be passed on: those of the protocols SIP and Q.850, up to 256 characters. Empty
    /// when there are none.
    /// </summary>
    public static string From(SipMessage? message)
    {
        if (message is null || !message.Has(HeaderName.Reason))
            return "";

        var kept = new StringBuilder();
        foreach (var value in message.Values(HeaderName.Reason))
        {
            if (!IsKnown(value) || kept.Length + value.Length > MaxLength)
                continue;

            if (kept.Length > 0)
                kept.Append(", ");
            kept.Append(Encoding.UTF8.GetString(value));
        }

        return kept.ToString();
    }

    private static bool IsKnown(ReadOnlySpan<byte> value)
    {
        var end = value.IndexOf((byte)';');
        var protocol = end < 0 ? value : value[..end];
        return SipText.EqualsIgnoreCase(SipText.Trim(protocol), "SIP"u8) || SipText.EqualsIgnoreCase(SipText.Trim(protocol), "Q.850"u8);
    }
}
