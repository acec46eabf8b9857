using System.Globalization;

namespace Tandem.Server.Options;

/// <summary>Reads SIP_SERVER: <c>sip.example.org</c>, <c>sip.example.org:5070</c>, <c>[2001:db8::1]:5060</c>, <c>sip:host:port;transport=tcp</c>, <c>sips:host</c>.</summary>
public static class AccountServer
{
    /// <summary>False when it is none of these; SIP over WebSocket (<c>ws:</c>, <c>wss:</c>) is for browsers and no way to a provider.</summary>
    /// <param name="text">What was set.</param>
    /// <param name="host">A host name or an address, one of IPv6 in brackets.</param>
    /// <param name="port">Its port; 0 for what the name says.</param>
    /// <param name="transport"><c>udp</c>, <c>tcp</c> or <c>tls</c>.</param>
    public static bool TryParse(string text, out string host, out int port, out string transport)
    {
        (host, port, transport) = ("", 0, "udp");
        if (text.StartsWith("sips:", StringComparison.OrdinalIgnoreCase))
            transport = "tls";
        var isUri = transport == "tls" || text.StartsWith("sip:", StringComparison.OrdinalIgnoreCase);
        var parts = (isUri ? text[(text.IndexOf(':') + 1)..] : text).Split(';');
        foreach (var parameter in parts[1..])
        {
            var named = parameter.Split('=', 2);
            if (!isUri || named.Length != 2 || !named[0].Equals("transport", StringComparison.OrdinalIgnoreCase))
                return false;

            var word = named[1].ToLowerInvariant();
            if (word is not ("udp" or "tcp" or "tls") || (transport == "tls" && word == "udp"))
                return false;

            transport = transport == "tls" ? "tls" : word;
        }

        host = parts[0];
        var colon = host.LastIndexOf(':');
        if (colon > host.LastIndexOf(']'))
        {
            if (!int.TryParse(host.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1 or > 65_535)
                return false;

            host = host[..colon];
        }

        return Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4 || (host.StartsWith('[') && host.EndsWith(']') && Uri.CheckHostName(host) == UriHostNameType.IPv6);
    }
}
