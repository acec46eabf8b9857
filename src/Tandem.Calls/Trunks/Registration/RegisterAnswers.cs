using System.Text;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Trunks.Registration;

/// <summary>Reads what a provider answers to a REGISTER. Pure; nothing that it says is believed beyond the options.</summary>
internal static class RegisterAnswers
{
    /// <summary>What our Contact got: its own expires, or the Expires of the answer, or what was asked for (RFC 3261 §10.2.4). Seconds.</summary>
    public static int Granted(SipMessage response, string token, int asked, TrunkOptions options)
    {
        var name = Encoding.ASCII.GetBytes(token);
        uint? own = null;
        var contacts = response.Values(HeaderName.Contact, options.MaxContacts);
        while (contacts.MoveNext())
        {
            if (ContactValue.TryParse(contacts.Current, out var contact) && !contact.IsStar && contact.TryGetUri(out var uri) && uri.UserEquals(name)
                && contact.Expires is { } expires && (own is null || expires > own))
                own = expires;
        }

        var granted = own ?? response.Expires ?? (uint)asked;
        return (int)Math.Clamp(granted, (uint)options.MinExpiresSeconds, (uint)options.MaxExpiresSeconds);
    }

    /// <summary>The lifetime that a 423 asks for (§10.3 step 7 seen from here); null when there is none that is longer than <paramref name="asked"/> and bearable.</summary>
    public static int? LongerExpiry(SipMessage response, int asked, TrunkOptions options) =>
        response.TryGetHeader(HeaderName.MinExpires, out var text) && ContactValue.ParseSeconds(text) is { } least && least > asked && least <= options.MaxExpiresSeconds
            ? (int)least
            : null;

    /// <summary>Retry-After (§20.33): seconds, perhaps with a comment or parameters behind them; null for none.</summary>
    public static uint? RetryAfter(SipMessage response)
    {
        if (!response.TryGetHeader(HeaderName.RetryAfter, out var text))
            return null;

        var end = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return ContactValue.ParseSeconds(end < 0 ? text : text[..end]);
    }
}
