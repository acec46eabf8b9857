namespace Tandem.Media.Relay;

/// <summary>Tells the kind of a datagram.</summary>
internal static class PacketKinds
{
    /// <summary>RFC 7983 §7; an empty datagram is unknown.</summary>
    public static PacketKind Of(ReadOnlySpan<byte> packet) => packet.IsEmpty ? PacketKind.Unknown : packet[0] switch
    {
        >= 128 and <= 191 => PacketKind.Rtp,
        <= 3 => PacketKind.Stun,
        >= 20 and <= 63 => PacketKind.Dtls,
        _ => PacketKind.Unknown,
    };
}
