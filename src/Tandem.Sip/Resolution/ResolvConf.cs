using Tandem.Core.Net;

namespace Tandem.Sip.Resolution;

/// <summary>Reads name servers out of the text of <c>/etc/resolv.conf</c> or of a list.</summary>
public static class ResolvConf
{
    /// <summary>Most name servers that are used.</summary>
    public const int MaxServers = 8;

    private const int DnsPort = 53;

    /// <summary>The <c>nameserver</c> lines in their order. Search domains are not used: a SIP URI holds whole names.</summary>
    public static IReadOnlyList<NetAddress> Parse(string text)
    {
        var servers = new List<NetAddress>();
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 2 && words[0] == "nameserver" && servers.Count < MaxServers && TryParseServer(words[1], out var server))
                servers.Add(server);
        }

        return servers;
    }

    /// <summary>One server: an address, with a port or without (53): <c>192.0.2.53</c>, <c>127.0.0.1:5353</c>, <c>[2001:db8::53]:53</c>.</summary>
    public static bool TryParseServer(string text, out NetAddress server)
    {
        // The parser of addresses passes over a port behind brackets, and drops it.
        if (!(text.StartsWith('[') && !text.EndsWith(']')) && NetAddress.TryParse(text, DnsPort, out server))
            return !server.IsUnspecified;

        server = default;
        var colon = text.LastIndexOf(':');
        return colon > 0 && ushort.TryParse(text.AsSpan(colon + 1), out var port) && port > 0
            && NetAddress.TryParse(text.AsSpan(0, colon), port, out server) && !server.IsUnspecified;
    }
}
