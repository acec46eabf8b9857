using System.Text;
using Tandem.Calls.Calls.Headers;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Trunks.Calls;

/// <summary>Finds out which profile a call of a provider belongs to, for which number it is, and who calls. It lets nobody call out.</summary>
internal static class InboundMatch
{
    private const int LongestName = 64;
    private const int LongestToken = 64;

    /// <summary>
    /// The profile: by the token of our Contact, which only the provider was told, or by the networks of a profile. Of several with the same
    /// network the one whose tenant has the number. Null for a stranger, and for who has not shown the certificate that the profile requires.
    /// </summary>
    /// <param name="invite">The INVITE.</param>
    /// <param name="flow">Where it came from.</param>
    /// <param name="gate">The profiles, and who is believed.</param>
    /// <param name="unproven">A profile that it would have belonged to with a certificate; null for none.</param>
    public static SipProfile? Find(SipMessage invite, in SipFlow flow, TrunkGate gate, out SipProfile? unproven)
    {
        unproven = null;
        var directory = gate.Directory;
        if (SipUriValue.TryParse(invite.RequestUri, out var uri))
        {
            var named = Named(uri.User, directory);
            if (named is null && uri.TryGetParam("line"u8, out var line))
                named = Named(line, directory);
            if (named is not null && gate.IsProven(named, flow))
                return named;

            unproven = named;
        }

        SipProfile? first = null;
        var profiles = directory.WithPrefixes();
        for (var i = 0; i < profiles.Count; i++)
        {
            var profile = profiles[i];
            if (!profile.Admits(flow.Remote))
                continue;
            if (!gate.IsProven(profile, flow))
            {
                unproven ??= profile;
                continue;
            }

            if (NumberOf(invite, profile, directory) is not null)
                return profile;

            first ??= profile;
        }

        return first;
    }

    /// <summary>The number that the call is for: of the Request-URI, of P-Called-Party-ID (RFC 7315) or of To, in any format of carriers; null for none of the tenant.</summary>
    public static ProfileNumber? NumberOf(SipMessage invite, SipProfile profile, IProfileDirectory directory)
    {
        if (SipUriValue.TryParse(invite.RequestUri, out var uri) && Look(uri.UserText(), profile, directory) is { } asked)
            return asked;
        if (invite.TryGetTo(out var to) && to.TryGetUri(out var toUri) && Look(toUri.UserText(), profile, directory) is { } called)
            return called;

        return null;
    }

    /// <summary>Who calls: P-Asserted-Identity, for the provider is trusted with it (RFC 3325), or else From. A number that is none in E.164 can never look like an extension.</summary>
    public static TrustedIdentity CallerOf(SipMessage invite, SipProfile profile)
    {
        var wish = PrivacyWish.Of(invite);
        var text = "";
        var name = "";
        var isHidden = wish.HidesIdentity;
        if (invite.TryGetFirst(HeaderName.PAssertedIdentity, out var asserted) && NameAddrValue.TryParse(asserted, out var identity) && identity.TryGetUri(out var pai))
        {
            text = pai.UserText();
            name = identity.TextOfDisplayName();
        }

        if (invite.TryGetFrom(out var from) && from.TryGetUri(out var fromUri))
        {
            isHidden |= SipText.EqualsIgnoreCase(fromUri.Host, "anonymous.invalid"u8);
            if (text.Length == 0)
                text = fromUri.UserText();
            if (name.Length == 0)
                name = from.TextOfDisplayName();
        }

        var digits = new string([.. text.Where(char.IsAsciiDigit).Take(20)]);
        var number = profile.Numbers.TryReadCarrier(text, out var e164) ? e164 : digits.Length > 0 ? "+" + digits : "anonymous";
        return new TrustedIdentity(
            number, name.Length > LongestName ? name[..LongestName] : name, wish, HidesFrom: isHidden, HidesAssertion: isHidden, BelievesHistory: false);
    }

    // For every INVITE of every phone: no string is made.
    private static SipProfile? Named(ReadOnlySpan<byte> token, IProfileDirectory directory)
    {
        if (token.Length is 0 or > LongestToken)
            return null;

        Span<char> text = stackalloc char[LongestToken];
        return Encoding.ASCII.TryGetChars(token, text, out var length) && directory.FindToken(text[..length]) is { Enabled: true } profile ? profile : null;
    }

    private static ProfileNumber? Look(string text, SipProfile profile, IProfileDirectory directory)
    {
        if (text.Length is 0 or > 64 || text == profile.Token)
            return null;

        var number = profile.Numbers.TryReadCarrier(text, out var e164) ? directory.FindNumber(profile.Tenant, e164) : null;
        number ??= directory.FindNumber(profile.Tenant, text);
        return number is not null && (number.Profile is null || number.Profile == profile.Id) ? number : null;
    }
}
