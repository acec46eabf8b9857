using Tandem.Core.Buffers;
using Tandem.Sip.Engine;

namespace Tandem.Sip.Transport;

/// <summary>Bytes in the send queue of a connection, and whom to tell when they cannot be sent.</summary>
/// <param name="Data">One reference is owned by the queue.</param>
/// <param name="Shard">The shard that sent them; -1 for our own keep-alive answers.</param>
/// <param name="Target">The target as the shard named it.</param>
/// <param name="Tag">The tag of the packet.</param>
internal readonly record struct OutgoingBytes(PooledBuffer Data, int Shard, SipFlow Target, long Tag);
