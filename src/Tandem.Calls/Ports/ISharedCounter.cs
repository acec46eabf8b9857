namespace Tandem.Calls.Ports;

/// <summary>Counters that all nodes add to.</summary>
public interface ISharedCounter
{
    /// <summary>False while this node is alone: then nobody need ask.</summary>
    bool IsConnected { get; }

    /// <summary>Adds to a counter that ends <paramref name="lifetime"/> after its first addition.</summary>
    /// <returns>The sum of all nodes; null when they cannot be asked.</returns>
    Task<long?> CountAsync(string key, int add, TimeSpan lifetime);
}
