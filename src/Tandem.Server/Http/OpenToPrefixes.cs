using Tandem.Core.Net;

namespace Tandem.Server.Http;

/// <summary>Marks a route that these networks may read without credentials, as <see cref="OpenToLoopback"/> opens it to this machine.</summary>
public sealed record OpenToPrefixes(IReadOnlyList<NetPrefix> Prefixes)
{
    /// <summary>True when the request comes from one of them.</summary>
    public bool Admits(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } address)
            return false;

        var source = NetAddress.From(address, 0);
        foreach (var prefix in Prefixes)
        {
            if (prefix.Contains(source))
                return true;
        }

        return false;
    }
}
