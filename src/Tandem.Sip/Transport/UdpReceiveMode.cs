namespace Tandem.Sip.Transport;

/// <summary>Who reads the UDP sockets; docs/adr/0001 has the comparison.</summary>
public enum UdpReceiveMode : byte
{
    /// <summary>
    /// Each shard has its own socket (SO_REUSEPORT), reads it on its own thread and forwards what belongs to another.
    /// Linux only: elsewhere <see cref="ReceiverThread"/> is used.
    /// </summary>
    SocketPerShard,

    /// <summary>One thread per socket receives and parses for all shards.</summary>
    ReceiverThread,
}
