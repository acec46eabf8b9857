using System.Net;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Server.Options;
using Tandem.Sip.Engine;
using Tandem.Sip.Transport;

namespace Tandem.Server.Hosting;

/// <summary>Our addresses as others see them: in SIP by peer and transport, in SDP, and on the start page.</summary>
public sealed class AddressBook
{
    private static readonly NetAddress AnyV6Peer = NetAddress.From(IPAddress.Parse("2001:db8::1"), 0);

    private readonly LocalAddressSelector _selector;
    private readonly bool _mediaOnAll;
    private SipTransport? _transport;

    public AddressBook(ServerOptions options, Clock clock, Func<NetAddress, NetAddress?>? route = null, Func<NetAddress?>? first = null)
    {
        Configured = options.ServerAddress is { } text ? NetAddress.From(IPAddress.Parse(text), 0) : null;
        _selector = new LocalAddressSelector(
            Configured, NetAddress.From(IPAddress.Parse(options.SipHost), 0), route ?? SystemRoutes.Toward, first ?? SystemRoutes.FirstAddress, clock);

        var rtp = NetAddress.From(IPAddress.Parse(options.RtpHost), 0);
        _mediaOnAll = rtp.IsUnspecified;
        var main = Configured ?? (rtp.IsUnspecified ? _selector.ForPeople() : rtp);
        MediaCandidates = Configured is not null && rtp.IsUnspecified && (first ?? SystemRoutes.FirstAddress)() is { } own && own != Configured ? [own] : [];
        MediaV4 = main.IsV6 ? default : main;
        MediaV6 = main.IsV6 ? main : Configured is null && rtp.IsUnspecified ? (route ?? SystemRoutes.Toward)(AnyV6Peer) ?? default : default;
    }

    /// <summary>SERVER_ADDRESS; null when it is not set.</summary>
    public NetAddress? Configured { get; }

    /// <summary>The IPv4 address in SDP; unspecified when there is none.</summary>
    public NetAddress MediaV4 { get; }

    /// <summary>The IPv6 address in SDP; unspecified when there is none.</summary>
    public NetAddress MediaV6 { get; }

    /// <summary>Where media can be reached besides what SDP names: the machine's own address behind a SERVER_ADDRESS.</summary>
    public IReadOnlyList<NetAddress> MediaCandidates { get; }

    /// <summary>
    /// The address in SDP for a peer when media listens on every address: the one that reaches us. Unspecified when RTP_HOST names one;
    /// then <see cref="MediaV4"/> or <see cref="MediaV6"/> serves everybody.
    /// </summary>
    public NetAddress MediaToward(NetAddress peer) => _mediaOnAll ? _selector.For(peer) : default;

    /// <summary>The address for people.</summary>
    public NetAddress ForPeople => _selector.ForPeople();

    /// <summary>Gives the book the ports that are bound. Called before the first message.</summary>
    public void Open(SipTransport transport) => _transport = transport;

    /// <summary>What the peer of a flow is told (<see cref="SipAddressing.Choose"/>): the address that reaches us, and the port that we listen on.</summary>
    public NetAddress Toward(SipFlow flow)
    {
        var host = _selector.For(flow.Remote);
        return _transport is not null
            && (_transport.TryGetLocal(flow.Transport, host.IsV6, out var bound) || _transport.TryGetLocal(flow.Transport, !host.IsV6, out bound))
            ? host.WithPort(bound.Port)
            : host.WithPort(flow.Local.Port);
    }
}
