using Tandem.Core.Net;

namespace Tandem.Media.Plan;

/// <summary>What a negotiation needs from the outside: our address and our ports. The session implements it over the port pool.</summary>
public interface ILocalPorts
{
    /// <summary>Our address of one family as <paramref name="peer"/> sees it (unspecified when unknown); false when we have none.</summary>
    bool TryGetAddress(NetAddress peer, bool isV6, out NetAddress address);

    /// <summary>
    /// The RTP port for a media line toward a side, reserved now if it is not yet. It stays the same until <see cref="Keep"/>
    /// leaves the line out, or until the side changes its address family. False when no port is free.
    /// </summary>
    bool TryReserve(int line, MediaSide side, bool isV6, bool withRtcp, out int port);

    /// <summary>Adds further addresses of ours of one family under which <paramref name="peer"/> may reach our ports: candidates of ICE (RFC 8445 §5.1.1).</summary>
    void AddAddresses(NetAddress peer, bool isV6, List<NetAddress> addresses)
    {
    }

    /// <summary>Gives back the ports toward each side of all lines for which the list is false or that it does not name.</summary>
    void Keep(ReadOnlySpan<bool> towardA, ReadOnlySpan<bool> towardB);
}
