using Tandem.Calls.Limits;

namespace Tandem.Calls.Ports;

/// <summary>What other nodes of the installation use of limits that hold for all together. Asked on shards: from memory, without waiting.</summary>
public interface IRemoteUse
{
    /// <summary>What the other nodes told within the lifetime of such figures, added up; nothing while this node is alone.</summary>
    NodeUse Of(in UseKey key);

    /// <summary>Of the same how many new calls in a second each node was asked for, ascending, without those that were asked for none.</summary>
    double[] AskedOf(in UseKey key);

    /// <summary>How long a figure holds that is not told anew.</summary>
    TimeSpan Lifetime { get; }
}
