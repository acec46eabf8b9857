using Tandem.Sip.Engine;

namespace Tandem.Sip.Resolution;

/// <summary>The names of SIP services in NAPTR and SRV records (RFC 3263 §4.1, RFC 7118 §6).</summary>
internal static class SipServices
{
    /// <summary>
    /// The transport of a NAPTR service; false for one that is none of SIP's. WebSocket is SIP's but never ours to open: a
    /// client opens it, and we are the server (RFC 7118 §4).
    /// </summary>
    public static bool TryRead(string service, out SipTransportKind transport)
    {
        (transport, var known) = service switch
        {
            "SIP+D2U" => (SipTransportKind.Udp, true),
            "SIP+D2T" => (SipTransportKind.Tcp, true),
            "SIPS+D2T" => (SipTransportKind.Tls, true),
            "SIP+D2W" => (SipTransportKind.Ws, true),
            "SIPS+D2W" => (SipTransportKind.Wss, true),
            _ => (default, false),
        };
        return known;
    }

    /// <summary>The name to ask SRV records for: <c>_sip._udp.</c>, <c>_sip._tcp.</c> or <c>_sips._tcp.</c> before the domain (RFC 3263 §4.2).</summary>
    public static string SrvName(SipTransportKind transport, string domain) => transport switch
    {
        SipTransportKind.Udp => "_sip._udp." + domain,
        SipTransportKind.Tcp => "_sip._tcp." + domain,
        _ => "_sips._tcp." + domain,
    };
}
