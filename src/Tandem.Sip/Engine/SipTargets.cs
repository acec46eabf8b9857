using Tandem.Core.Net;
using Tandem.Sip.Messages;

namespace Tandem.Sip.Engine;

/// <summary>Where a URI leads, for URIs that name an address (RFC 3263 §4 without DNS).</summary>
public static class SipTargets
{
    /// <summary>
    /// Reads address, port and transport; maddr goes before the host (RFC 3261 §19.1.1). False for a host name, a tel: URI
    /// and a transport that is not known. The result has no local address and no connection.
    /// </summary>
    public static bool TryResolve(ReadOnlySpan<byte> uri, out SipFlow target)
    {
        target = default;
        if (!SipUriValue.TryParse(uri, out var value) || value.Scheme is not (UriScheme.Sip or UriScheme.Sips))
            return false;

        var isSecure = value.Scheme == UriScheme.Sips;
        var transport = isSecure ? SipTransportKind.Tls : SipTransportKind.Udp;
        if (value.TryGetParam("transport"u8, out var name) && !TryReadTransport(name, isSecure, out transport))
            return false;

        var host = value.TryGetParam("maddr"u8, out var maddr) && maddr.Length > 0 ? maddr : value.Host;
        var port = value.Port > 0 ? value.Port : SipAddressing.DefaultPort(transport);
        if (!NetAddress.TryParse(host, port, out var remote) || remote.IsLinkLocalV6)
            return false;

        target = new SipFlow(transport, default, remote);
        return true;
    }

    /// <summary>True for a <c>sips:</c> URI.</summary>
    public static bool IsSips(ReadOnlySpan<byte> uri) => uri.Length > 5 && uri[4] == ':' && SipText.EqualsIgnoreCase(uri[..4], "sips"u8);

    internal static bool TryReadTransport(ReadOnlySpan<byte> name, bool isSecure, out SipTransportKind transport)
    {
        transport = SipTransportKind.Udp;
        if (SipText.EqualsIgnoreCase(name, "udp"u8))
            return !isSecure;

        if (SipText.EqualsIgnoreCase(name, "tcp"u8))
            transport = isSecure ? SipTransportKind.Tls : SipTransportKind.Tcp;
        else if (SipText.EqualsIgnoreCase(name, "tls"u8))
            transport = SipTransportKind.Tls;
        else if (SipText.EqualsIgnoreCase(name, "ws"u8))
            transport = isSecure ? SipTransportKind.Wss : SipTransportKind.Ws;
        else if (SipText.EqualsIgnoreCase(name, "wss"u8))
            transport = SipTransportKind.Wss;
        else
            return false;

        return true;
    }
}
