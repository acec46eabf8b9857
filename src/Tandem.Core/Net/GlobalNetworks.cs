namespace Tandem.Core.Net;

/// <summary>Which addresses belong to the whole world, so that a tenant may name them: none of the machine, of the networks beside it, or of special use.</summary>
public static class GlobalNetworks
{
    // RFC 6890 and its registries: what is not globally reachable, and what carries an IPv4 address of anybody's choice inside.
    private static readonly NetPrefix[] Closed = Array.ConvertAll(
        new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        },
        text => NetPrefix.TryParse(text, out var prefix) ? prefix : throw new ArgumentException($"{text} is no network"));

    /// <summary>The addresses of the machine that the process runs on; the driver says which. None until then.</summary>
    public static OwnAddresses Machine { get; } = new();

    /// <summary>True when anybody on the Internet but ourselves may be meant by an address, or it lies in one of <paramref name="allowed"/>.</summary>
    public static bool Has(in NetAddress address, IReadOnlyList<NetPrefix> allowed) => IsIn(allowed, address) || !(IsIn(Closed, address) || Machine.Has(address));

    private static bool IsIn(IReadOnlyList<NetPrefix> prefixes, in NetAddress address)
    {
        for (var i = 0; i < prefixes.Count; i++)
        {
            if (prefixes[i].Contains(address))
                return true;
        }

        return false;
    }
}
