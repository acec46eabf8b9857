using Tandem.Core.Net;

namespace Tandem.Calls.Edge;

/// <summary>The other nodes of the installation. Asked on shards: from memory, without waiting.</summary>
public interface INodeDirectory
{
    /// <summary>True when the host of an address is that of another node; the port does not count.</summary>
    bool IsNode(in NetAddress address);

    /// <summary>True when another node takes SIP at exactly this address and port: what phones lead us to goes nowhere else.</summary>
    bool IsNodeAt(in NetAddress address) => IsNode(address);
}
