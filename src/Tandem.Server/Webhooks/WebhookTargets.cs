using System.Net;
using System.Net.Sockets;
using Tandem.Core.Net;

namespace Tandem.Server.Webhooks;

/// <summary>
/// Where webhooks may lead: any public address that is not this machine's, and the private networks that the operator allows. A name is checked when it is connected to,
/// not when it is written down: what it resolves to may change (DNS rebinding).
/// </summary>
public sealed class WebhookTargets(IReadOnlyList<NetPrefix> allowed)
{
    private const int LongestUrl = 2_048;

    /// <summary>What is wrong with a URL, for people; null when nothing is. The name is not resolved here.</summary>
    public string? Problem(string? url)
    {
        if (string.IsNullOrEmpty(url) || url.Length > LongestUrl || url.Any(c => c <= ' ' || c == 0x7F || c == '\\'))
            return $"url must be an absolute URL of at most {LongestUrl} characters without blanks";
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0)
            return "url must begin with https:// or http:// and name a host";
        if (uri.UserInfo.Length > 0 || uri.Fragment.Length > 0)
            return "url must have neither a user nor a fragment";
        if (IPAddress.TryParse(uri.DnsSafeHost, out var address) && !IsAllowed(address))
            return "url leads to a private address or to this machine; the operator allows networks by WEBHOOK_ALLOW_PRIVATE";

        return uri.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) && !IsAllowed(IPAddress.Loopback) && !IsAllowed(IPAddress.IPv6Loopback)
            ? "url leads to this machine; the operator allows networks by WEBHOOK_ALLOW_PRIVATE"
            : null;
    }

    /// <summary>True when a connection to an address is allowed.</summary>
    public bool IsAllowed(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily is not (AddressFamily.InterNetwork or AddressFamily.InterNetworkV6))
            return false;

        var asked = NetAddress.From(address.AddressFamily == AddressFamily.InterNetworkV6 ? new IPAddress(address.GetAddressBytes()) : address, 0);
        return GlobalNetworks.Has(asked, allowed);
    }
}
