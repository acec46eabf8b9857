using Tandem.Core.Buffers;

namespace Tandem.Sip.Engine;

/// <summary>
/// Bytes for the transport to send. The receiver of the packet owns one reference of <paramref name="Data"/> and releases it.
/// </summary>
/// <param name="Target">Where to send.</param>
/// <param name="Data">One whole message, or a keep-alive.</param>
/// <param name="Tag">Comes back with a transport failure, so that the sender finds its transaction; 0 for none.</param>
public readonly record struct SipPacket(SipFlow Target, PooledBuffer Data, long Tag);
