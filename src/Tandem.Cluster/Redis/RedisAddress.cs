using System.Globalization;
using System.Net;
using Tandem.Core.Privacy;

namespace Tandem.Cluster.Redis;

/// <summary>What REDIS_URL says: <c>redis://[user[:password]@]host[:port][/database]</c>, <c>rediss</c> for TLS. <c>redis://:password@host</c> has no user.</summary>
public sealed record RedisAddress(string Host, int Port, string User, Secret? Password, int Database, bool IsTls)
{
    private const int DefaultPort = 6379;

    /// <summary>Reads a URL; false when it is none.</summary>
    public static bool TryParse(string text, out RedisAddress address)
    {
        address = null!;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("redis" or "rediss") || uri.Host.Length == 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0)
            return false;

        var path = uri.AbsolutePath.Trim('/');
        var database = 0;
        if (path.Length > 0 && !int.TryParse(path, NumberStyles.None, CultureInfo.InvariantCulture, out database))
            return false;

        var colon = uri.UserInfo.IndexOf(':');
        var user = Uri.UnescapeDataString(colon < 0 ? uri.UserInfo : uri.UserInfo[..colon]);
        var password = colon < 0 ? null : new Secret(Uri.UnescapeDataString(uri.UserInfo[(colon + 1)..]));
        address = new RedisAddress(uri.DnsSafeHost, uri.Port < 0 ? DefaultPort : uri.Port, user, password, database, uri.Scheme == "rediss");
        return true;
    }

    /// <summary>For people: without user and password.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(IsTls ? "rediss" : "redis")}://{(IPAddress.TryParse(Host, out var ip) && ip.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{Host}]" : Host)}:{Port}/{Database}");
}
