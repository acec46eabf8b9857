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
    private const int MostValues = 8;

    /// <summary>A Q.850 cause; empty for 0.</summary>
    public static string ForCause(int cause) => cause == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"Q.850;cause={cause}");

    /// <summary>
    /// The Reason values of a request or a final response that may be passed on: well-formed ones of the protocols SIP and Q.850 with a
    /// cause of that protocol, up to 256 characters together. Empty when there are none.
    /// </summary>
    public static string From(SipMessage? message)
    {
        if (message is null || !message.Has(HeaderName.Reason))
            return "";

        var kept = new StringBuilder();
        foreach (var value in message.Values(HeaderName.Reason, MostValues))
        {
            if (!IsSound(value) || kept.Length + value.Length > MaxLength)
                continue;

            if (kept.Length > 0)
                kept.Append(", ");
            kept.Append(Encoding.UTF8.GetString(value));
        }

        return kept.ToString();
    }

    // RFC 3326 §2: the protocol, then parameters; cause is a SIP status or a Q.850 cause (7 bits).
    private static bool IsSound(ReadOnlySpan<byte> value)
    {
        var end = value.IndexOf((byte)';');
        var protocol = SipText.Trim(end < 0 ? value : value[..end]);
        var isSip = SipText.EqualsIgnoreCase(protocol, "SIP"u8);
        if (!isSip && !SipText.EqualsIgnoreCase(protocol, "Q.850"u8))
            return false;

        var parameters = end < 0 ? default : value[end..];
        if (!SipParams.AreWellFormed(parameters))
            return false;

        return !SipParams.TryGet(parameters, "cause"u8, out var cause)
            || (SipText.TryParseNumber(cause, isSip ? 699 : 127, out var number) && number >= (isSip ? 100 : 0));
    }
}
