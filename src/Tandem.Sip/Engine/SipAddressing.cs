using Tandem.Core.Net;
using Tandem.Sip.Messages;

namespace Tandem.Sip.Engine;

/// <summary>
/// How the world sees us: the host and port of Via and Contact for each transport, set by the driver once it knows its
/// ports. A flow whose transport has no entry is asked for from <see cref="Choose"/>, and without that falls back to the local
/// address of the flow. One loop owns it.
/// </summary>
public sealed class SipAddressing
{
    private static readonly int Kinds = Enum.GetValues<SipTransportKind>().Length;

    private readonly SentBy?[] _entries = new SentBy?[Kinds * 2];
    private readonly Dictionary<(SipTransportKind, NetAddress), SentBy> _byLocal = [];

    /// <summary>
    /// Chooses the address and port that the peer of a flow is told, for a machine that has several addresses and listens on
    /// all of them (the local address of a flow is then unspecified, or the ephemeral port of a connection that we opened).
    /// Called on the loop for every request that we send: it answers at once. Set before the first message.
    /// </summary>
    public Func<SipFlow, NetAddress>? Choose { get; set; }

    /// <summary>Sets what we call ourselves on one transport and address family.</summary>
    /// <param name="kind">The transport.</param>
    /// <param name="host">A host name or address; an IPv6 address with its brackets.</param>
    /// <param name="port">The port.</param>
    /// <param name="isV6">For peers with IPv6 addresses.</param>
    public void Set(SipTransportKind kind, string host, int port, bool isV6 = false) =>
        _entries[Index(kind, isV6)] = new SentBy(host, port, DefaultPort(kind));

    /// <summary>The port that a URI or Via without one means.</summary>
    public static int DefaultPort(SipTransportKind kind) => kind switch
    {
        SipTransportKind.Tls => 5061,
        SipTransportKind.Ws => 80,
        SipTransportKind.Wss => 443,
        _ => 5060,
    };

    /// <summary>The host and port that a peer at <paramref name="flow"/> should use for us: <c>host:port</c>.</summary>
    public string HostAndPort(in SipFlow flow) => SentBy(flow).HostAndPort;

    /// <summary>Our Contact value for a peer at <paramref name="flow"/>: <c>&lt;sip:user@host:port;transport=tcp&gt;</c>, without user when it is empty.</summary>
    /// <param name="flow">The flow.</param>
    /// <param name="escapedUser">The user part.</param>
    /// <param name="isSips">A <c>sips:</c> URI (RFC 3261 §8.1.1.8, §12.1.1); it says TLS by itself (RFC 5630 §5.1.1).</param>
    public string Contact(in SipFlow flow, string escapedUser, bool isSips = false)
    {
        var at = escapedUser.Length == 0 ? "" : escapedUser + "@";
        if (isSips)
            return $"<sips:{at}{HostAndPort(flow)}{(flow.Transport == SipTransportKind.Wss ? ";transport=ws" : "")}>";

        var parameter = flow.Transport switch
        {
            SipTransportKind.Udp or SipTransportKind.Internal => "",
            SipTransportKind.Tcp => ";transport=tcp",
            SipTransportKind.Tls => ";transport=tls",
            _ => ";transport=ws",
        };
        return $"<sip:{at}{HostAndPort(flow)}{parameter}>";
    }

    /// <summary>True when <paramref name="via"/> names one of the addresses that were set or chosen.</summary>
    public bool IsOurs(in ViaValue via)
    {
        foreach (var entry in _entries)
        {
            if (entry is not null && entry.Matches(via))
                return true;
        }

        if (Choose is not null)
        {
            foreach (var chosen in _byLocal.Values)
            {
                if (chosen.Matches(via))
                    return true;
            }
        }

        return false;
    }

    internal SentBy SentBy(in SipFlow flow)
    {
        if ((_entries[Index(flow.Transport, flow.Remote.IsV6)] ?? _entries[Index(flow.Transport, !flow.Remote.IsV6)]) is { } entry)
            return entry;

        var address = Choose?.Invoke(flow) ?? flow.Local;
        if (!_byLocal.TryGetValue((flow.Transport, address), out var local))
        {
            local = new SentBy(address.SipHostText(), address.Port == 0 ? DefaultPort(flow.Transport) : address.Port, DefaultPort(flow.Transport));
            if (_byLocal.Count < 64)
                _byLocal.Add((flow.Transport, address), local);
        }

        return local;
    }

    private static int Index(SipTransportKind kind, bool isV6) => ((int)kind * 2) + (isV6 ? 1 : 0);
}
