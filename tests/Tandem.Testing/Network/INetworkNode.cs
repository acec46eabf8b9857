using Tandem.Core.Net;
using Tandem.Core.Time;

namespace Tandem.Testing.Network;

/// <summary>Something with an address on a <see cref="VirtualNetwork"/>.</summary>
public interface INetworkNode
{
    /// <summary>Nothing needs <see cref="Advance"/> before this moment.</summary>
    Moment NextDeadline { get; }

    void Receive(byte[] datagram, NetAddress from, NetAddress to, Moment now);

    void Advance(Moment now);
}
