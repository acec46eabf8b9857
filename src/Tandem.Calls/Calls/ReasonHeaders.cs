using System.Globalization;
using System.Text;
using Tandem.Calls.Trunks;
using Tandem.Calls.Trunks.Calls;
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
    /// cause of that protocol, up to 256 characters together. Empty when there are none. One in which a provider repeats our credentials
    /// is its protocol and cause alone.
    /// </summary>
    /// <param name="message">The request or response; null for none.</param>
    /// <param name="from">The use of the provider that sent it; null for a phone.</param>
    public static string From(SipMessage? message, TrunkUse? from)
    {
        if (message is null || !message.Has(HeaderName.Reason))
            return "";

        var kept = new StringBuilder();
        foreach (var value in message.Values(HeaderName.Reason, MostValues))
        {
            if (!IsSound(value) || kept.Length + value.Length > MaxLength)
                continue;

            var text = from is not null && ProviderWords.Repeats(value, from.Profile) ? Bare(value) : Encoding.UTF8.GetString(value);
            if (text.Length == 0)
                continue;

            if (kept.Length > 0)
                kept.Append(", ");
            kept.Append(text);
        }

        return kept.ToString();
    }

    // Of a sound value; empty without a cause.
    private static string Bare(ReadOnlySpan<byte> value)
    {
        var end = value.IndexOf((byte)';');
        if (end < 0 || !SipParams.TryGet(value[end..], "cause"u8, out var cause) || !SipText.TryParseNumber(cause, 699, out var number))
            return "";

        var protocol = SipText.EqualsIgnoreCase(SipText.Trim(value[..end]), "SIP"u8) ? "SIP" : "Q.850";
        return string.Create(CultureInfo.InvariantCulture, $"{protocol};cause={number}");
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
