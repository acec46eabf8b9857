using System.Text;
using Tandem.Calls.Tenants;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Trunks;

/// <summary>The way to a SIP address of the outside world without a provider (RFC 3263). Pure.</summary>
internal static class ExternalAddress
{
    /// <summary>The route; null when the URI names no host.</summary>
    /// <param name="tenant">Who calls.</param>
    /// <param name="uri">A sip: or sips: URI.</param>
    /// <param name="caller">The number that is shown.</param>
    /// <param name="domain">Whose number that is.</param>
    public static TrunkRoute? RouteTo(TenantId tenant, string uri, string caller, string domain)
    {
        if (!SipUriValue.TryParse(Encoding.ASCII.GetBytes(uri), out var target) || target.Host.IsEmpty)
            return null;

        var profile = new SipProfile
        {
            Id = new ProfileId("external-" + tenant.Value),
            Tenant = tenant,
            Name = "external",
            Server = target.HostText(),
            Domain = domain,
            Address = uri,
            Transport = TransportOf(target),
            CallerId = caller,
            FromUser = FromUserStyle.CallerId,
            Identity = IdentityStyle.None, // RFC 3325 §7: an address of anybody is in no trust domain
            Registers = false,
            Token = "external",
        };
        return new TrunkRoute(profile, new DialledNumber("", uri));
    }

    private static SipTransportKind TransportOf(in SipUriValue uri)
    {
        if (uri.Scheme == UriScheme.Sips)
            return SipTransportKind.Tls;
        if (!uri.TryGetParam("transport"u8, out var name))
            return SipTransportKind.Udp;
        return SipText.EqualsIgnoreCase(name, "tls"u8) ? SipTransportKind.Tls : SipText.EqualsIgnoreCase(name, "tcp"u8) ? SipTransportKind.Tcp : SipTransportKind.Udp;
    }
}
