using Tandem.Sip.Engine;

namespace Tandem.Sip.Transport;

/// <summary>Sends a packet and releases its data. Called on the thread of the shard; it never blocks and never throws.</summary>
public delegate void PacketSender(in SipPacket packet);
