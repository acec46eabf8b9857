using Tandem.Core.Time;

namespace Tandem.Testing.Network;

/// <summary>A node that takes connections as well.</summary>
public interface IStreamNode : INetworkNode
{
    /// <summary>Somebody connects; false refuses.</summary>
    bool Accept(VirtualConnection connection);

    /// <summary>One whole message of a connection.</summary>
    void Receive(VirtualConnection connection, byte[] message, Moment now);

    /// <summary>The far side closed a connection, or this one did.</summary>
    void Closed(VirtualConnection connection, Moment now);
}
