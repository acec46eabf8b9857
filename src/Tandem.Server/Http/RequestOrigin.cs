using System.Net;

namespace Tandem.Server.Http;

/// <summary>
/// Where a request really comes from. A browser on this machine can be made to send requests here by any page in the world
/// (cross-site requests, names that change their address): such requests must not count as the machine's own.
/// </summary>
internal static class RequestOrigin
{
    // What proxies add to a request that they pass on.
    private static readonly string[] ProxyHeaders = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via"];

    /// <summary>True for a connection from this machine that no proxy made for somebody else.</summary>
    public static bool IsLoopback(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote)
        && !ProxyHeaders.Any(context.Request.Headers.ContainsKey);

    /// <summary>True when the Host header names this machine: a loopback address, localhost, or the configured address.</summary>
    public static bool HasOwnHost(HttpContext context, string? configured)
    {
        var host = context.Request.Host.Host;
        if (host.Length == 0)
            return false;

        return string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address))
            || (!string.IsNullOrEmpty(configured) && string.Equals(host, configured, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>True unless a page of another site made the request: the Origin is absent, our own, or listed by name.</summary>
    public static bool IsSameSite(HttpContext context, IReadOnlyList<string> allowed)
    {
        var origin = context.Request.Headers.Origin.ToString();
        if (origin.Length > 0)
        {
            return (Uri.TryCreate(origin, UriKind.Absolute, out var uri)
                    && string.Equals(uri.Authority, HostWithPort(context, uri), StringComparison.OrdinalIgnoreCase))
                || allowed.Contains(origin, StringComparer.OrdinalIgnoreCase);
        }

        // Browsers send no Origin with simple cross-site GETs, but they say where the page came from.
        var site = context.Request.Headers["Sec-Fetch-Site"].ToString();
        return site is "" or "same-origin" or "none";
    }

    // An Origin leaves out the port of its scheme, a Host header may write it.
    private static string HostWithPort(HttpContext context, Uri origin)
    {
        var host = context.Request.Host;
        return host.Port is { } port && !(origin.IsDefaultPort && port == origin.Port) ? $"{host.Host}:{port}" : host.Host;
    }
}
