using Tandem.Sip.Resolution;

namespace Tandem.Sip.Transport;

/// <summary>Which name servers are asked, and how patiently.</summary>
public sealed record DnsOptions
{
    /// <summary>
    /// Name servers, each an address with a port or without (53); <c>system</c> for those of <c>/etc/resolv.conf</c>, <c>none</c> for no
    /// DNS at all. Default <c>system</c>. At most <see cref="ResolvConf.MaxServers"/> are used.
    /// </summary>
    public IReadOnlyList<string> Servers { get; init; } = ["system"];

    /// <summary>How long one server is waited for. Default 1.5 s: a recursive server that has to ask around needs a second now and then.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromMilliseconds(1_500);

    /// <summary>How often all servers are asked, one after the other. Default 2: a lost datagram is asked for again, then the caller should hear.</summary>
    public int Rounds { get; init; } = 2;

    /// <summary>How long an answer over TCP may take, connection included. Default 3 s.</summary>
    public TimeSpan TcpTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Questions under way at once, each with a socket of its own. Default 512; beyond, a question fails at once.</summary>
    public int MaxInFlight { get; init; } = 512;

    /// <summary>Datagrams that are read while one server is waited for; the rest is somebody guessing. Default 64.</summary>
    public int MaxStrayDatagrams { get; init; } = 64;
}
