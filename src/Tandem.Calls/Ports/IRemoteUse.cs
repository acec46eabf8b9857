using Tandem.Calls.Limits;

namespace Tandem.Calls.Ports;

/// <summary>What other nodes of the installation use of limits that hold for all together. Asked on shards: from memory, without waiting.</summary>
public interface IRemoteUse
{
    /// <summary>What the other nodes told within the lifetime of such figures, added up; nothing while this node is alone.</summary>
    NodeUse Of(in UseKey key);
}
