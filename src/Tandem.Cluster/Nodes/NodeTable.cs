using Tandem.Calls.Edge;
using Tandem.Core.Net;

namespace Tandem.Cluster.Nodes;

/// <summary>The other nodes that this one has heard of: changed by one task at a time, read by any thread.</summary>
internal sealed class NodeTable(int most, TimeSpan lifetime, TimeProvider time) : INodeDirectory
{
    private volatile Entry[] _entries = [];

    /// <summary>Nodes that are known.</summary>
    public int Count => _entries.Length;

    /// <inheritdoc/>
    public bool IsNode(in NetAddress address)
    {
        foreach (var entry in _entries)
        {
            if (entry.Address.IsSameHost(address))
                return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public bool IsNodeAt(in NetAddress address)
    {
        foreach (var entry in _entries)
        {
            if (entry.Address.IsSameHost(address) && entry.Address.Port == address.Port)
                return true;
        }

        return false;
    }

    /// <summary>A node gave a sign of life.</summary>
    public void Heard(SharedNode node)
    {
        if (!EdgeAddress.TryParse(node.Address, out var address))
            return;

        var others = Array.FindAll(_entries, entry => entry.Node != node.NodeId);
        if (others.Length < most)
            _entries = [.. others, new Entry(node.NodeId, address, time.GetTimestamp())];
    }

    /// <summary>Drops those that have been silent for too long. Not called while nobody can be heard.</summary>
    public void Sweep() => _entries = Array.FindAll(_entries, entry => time.GetElapsedTime(entry.HeardAt) <= lifetime);

    private sealed record Entry(string Node, NetAddress Address, long HeardAt);
}
