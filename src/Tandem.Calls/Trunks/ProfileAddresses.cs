using System.Security.Cryptography;
using System.Text;
using Tandem.Core.Net;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Trunks;

/// <summary>The URIs of a profile. Pure.</summary>
internal static class ProfileAddresses
{
    /// <summary>The Request-URI of a REGISTER (RFC 3261 §10.2): the domain alone.</summary>
    public static string Registrar(SipProfile profile) => "sip:" + Host(profile.EffectiveDomain);

    /// <summary>The address-of-record, in brackets.</summary>
    public static string Record(SipProfile profile) => $"<sip:{SipEscaping.EscapeUser(profile.UserName)}@{Host(profile.EffectiveDomain)}>";

    /// <summary>What is located (RFC 3263): the outbound proxy, or else the server.</summary>
    public static string NextHop(SipProfile profile)
    {
        if (profile.IsAddress)
            return profile.Address;

        var proxy = profile.OutboundProxy;
        if (proxy.Length > 0)
            return proxy.StartsWith("sip", StringComparison.OrdinalIgnoreCase) ? proxy : $"sip:{proxy};transport={Name(profile.Transport)}";

        var port = profile.Port > 0 ? ":" + profile.Port.ToString(System.Globalization.CultureInfo.InvariantCulture) : "";
        return $"sip:{Host(profile.Server)}{port};transport={Name(profile.Transport)}";
    }

    /// <summary>The Route of requests that go by the outbound proxy (RFC 3261 §8.1.2); empty without one.</summary>
    public static string Route(SipProfile profile)
    {
        if (profile.OutboundProxy.Length == 0)
            return "";

        var hop = NextHop(profile);
        return SipUriValue.TryParse(Encoding.UTF8.GetBytes(hop), out var uri) && uri.IsLooseRouter ? $"<{hop}>" : $"<{hop};lr>";
    }

    /// <summary>The Request-URI of a call.</summary>
    public static string Called(SipProfile profile, string number)
    {
        if (profile.IsAddress)
            return profile.Address;

        var phone = number.StartsWith('+') ? ";user=phone" : "";
        return $"sip:{SipEscaping.EscapeUser(number)}@{Host(profile.EffectiveDomain)}{phone}";
    }

    /// <summary>Our Contact at the provider, without brackets.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="hostAndPort">Where we are reached.</param>
    /// <param name="transport">Over which transport.</param>
    public static string Contact(SipProfile profile, string hostAndPort, SipTransportKind transport)
    {
        var way = transport switch
        {
            SipTransportKind.Udp => "",
            SipTransportKind.Tcp => ";transport=tcp",
            _ => ";transport=tls",
        };
        return $"sip:{profile.Token}@{hostAndPort}{way};line={profile.Token}";
    }

    /// <summary>The instance of RFC 5626 §4.1: one for each profile, the same after a restart, and no way back to its token.</summary>
    public static string Instance(SipProfile profile)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes("sip.instance " + profile.Id.Value), hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return $"<urn:uuid:{new Guid(hash[..16], bigEndian: true):D}>";
    }

    /// <summary>True when requests to <paramref name="host"/> go to the provider of the profile: its server, domain or proxy, or a host below one of them.</summary>
    public static bool IsOurs(SipProfile profile, string host) =>
        IsWithin(host, profile.Server) || IsWithin(host, profile.EffectiveDomain)
        || (profile.OutboundProxy.Length > 0 && IsWithin(host, HostOf(NextHop(profile))));

    /// <summary>What a certificate of the provider is for (RFC 5922 §7.1): its domain, its server or its proxy.</summary>
    public static IReadOnlyList<string> CertificateNames(SipProfile profile) =>
        [profile.EffectiveDomain, profile.Server, profile.OutboundProxy.Length > 0 ? HostOf(NextHop(profile)) : ""];

    /// <summary>The host of a SIP URI; empty when it is none.</summary>
    public static string HostOf(string uri) => SipUriValue.TryParse(Encoding.UTF8.GetBytes(uri), out var value) ? value.HostText() : "";

    private static bool IsWithin(string host, string domain) =>
        host.Equals(domain, StringComparison.OrdinalIgnoreCase)
        || (host.Length > domain.Length + 1 && host[^(domain.Length + 1)] == '.' && host.EndsWith(domain, StringComparison.OrdinalIgnoreCase)
            && domain.Contains('.', StringComparison.Ordinal) && !NetAddress.TryParse(domain, 0, out _));

    private static string Host(string host) => host.Contains(':', StringComparison.Ordinal) && host[0] != '[' ? $"[{host}]" : host;

    private static string Name(SipTransportKind transport) => transport switch
    {
        SipTransportKind.Tcp => "tcp",
        SipTransportKind.Tls => "tls",
        _ => "udp",
    };
}
