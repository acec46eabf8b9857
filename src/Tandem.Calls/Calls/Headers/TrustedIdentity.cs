using Tandem.Calls.Ports;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Calls.Headers;

/// <summary>
/// Who a party is, as far as we vouch for it (RFC 3325 §5), and what of it may be shown. This is the one place that decides whom
/// we believe. A phone is outside of the trust domain: it is the extension whose secret it knows, under the name of the directory, and
/// what it asserts of itself is not looked at.
/// </summary>
/// <param name="Number">The number that we vouch for.</param>
/// <param name="DisplayName">The name that belongs to it.</param>
/// <param name="Wish">What the party asked us to hide.</param>
/// <param name="HidesFrom">From is to be anonymous.</param>
/// <param name="HidesAssertion">P-Asserted-Identity is to be left out towards a phone.</param>
/// <param name="BelievesHistory">Diversion and History-Info of the request may go on: only from inside the trust domain.</param>
internal sealed record TrustedIdentity(
    string Number, string DisplayName, PrivacyWish Wish, bool HidesFrom, bool HidesAssertion, bool BelievesHistory)
{
    /// <summary>
    /// A phone that proved to be an extension. A From at anonymous.invalid is a wish for privacy as well (RFC 3323 §4.1.1.3);
    /// P-Preferred-Identity counts only when it names the extension itself, and then says that the identity may be asserted
    /// although From hides it (RFC 3325 §6, §9.2).
    /// </summary>
    public static TrustedIdentity OfPhone(Extension extension, SipMessage request)
    {
        var wish = PrivacyWish.Of(request);
        var isAnonymous = IsAnonymous(request);
        var declined = (wish.Kinds & PrivacyKinds.Declined) != 0;
        return new TrustedIdentity(
            extension.Number,
            extension.DisplayName,
            wish,
            HidesFrom: wish.HidesIdentity || isAnonymous,
            HidesAssertion: wish.HidesIdentity || (isAnonymous && !declined && !Prefers(request, extension.Number)),
            BelievesHistory: false);
    }

    private static bool IsAnonymous(SipMessage request) =>
        request.TryGetFrom(out var from) && from.TryGetUri(out var uri) && SipText.EqualsIgnoreCase(uri.Host, "anonymous.invalid"u8);

    private static bool Prefers(SipMessage request, string number) =>
        request.TryGetFirst(HeaderName.PPreferredIdentity, out var value) && NameAddrValue.TryParse(value, out var preferred)
        && preferred.TryGetUri(out var uri) && uri.UserText() == number;
}
