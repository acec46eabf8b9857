using Tandem.Calls.Calls.Headers;
using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Registrar;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Trunks.Calls;

/// <summary>How a caller is shown to a provider (RFC 3261 §8.1.1.3, RFC 3325, RFC 3323). Nothing of the inside goes out but what is listed here.</summary>
internal static class TrunkAddressing
{
    private static readonly (HeaderName, string)[] Private = [(HeaderName.Privacy, "id")];

    /// <summary>The INVITE by a route.</summary>
    /// <param name="contact">The route as a contact.</param>
    /// <param name="caller">Who calls.</param>
    /// <param name="maxForwards">One less than the caller's.</param>
    public static OutboundDial For(Binding contact, TrustedIdentity caller, int maxForwards)
    {
        var route = contact.Trunk!;
        var profile = route.Profile;
        var domain = profile.EffectiveDomain;
        var shown = Number(profile, route.CallerId ?? profile.EffectiveCallerId);
        var hides = caller.HidesFrom || route.IsAnonymous;
        var user = profile.FromUser switch
        {
            FromUserStyle.CallerId => shown,
            FromUserStyle.Extension => caller.Number,
            _ => profile.UserName.Length > 0 ? profile.UserName : shown,
        };

        // A trunk without an account that has no caller ID knows nobody else who could be shown.
        if (user.Length == 0)
            user = caller.Number;
        var from = hides ? Identity.Anonymous : Identity.NameAddr(profile.CallerName, SipEscaping.EscapeUser(user), domain);
        var asserts = profile.Identity == IdentityStyle.Asserted && shown.Length > 0;
        var to = contact.ContactUri.Replace(";user=phone", "", StringComparison.Ordinal);
        return new OutboundDial(
            contact, from, $"<{to}>", asserts ? Identity.NameAddr(profile.CallerName, SipEscaping.EscapeUser(shown), domain) : "", profile.Token, Math.Max(0, maxForwards))
        {
            Headers = asserts && (hides || caller.HidesAssertion) ? Private : [],
        };
    }

    // A number in the format of the provider; a name stays one.
    private static string Number(SipProfile profile, string callerId) =>
        profile.Numbers.TryReadCarrier(callerId, out var e164) ? profile.Numbers.Write(e164) : callerId;
}
