using Tandem.Core.Buffers;

namespace Tandem.Sip.Engine;

/// <summary>
/// Bytes for the transport to send. The receiver of the packet owns one reference of <paramref name="Data"/> and releases it.
/// </summary>
/// <param name="Target">Where to send.</param>
/// <param name="Data">One whole message, or a keep-alive.</param>
/// <param name="Tag">Comes back with a transport failure, so that the sender finds its transaction; 0 for none.</param>
/// <param name="ServerName">
/// The domain whose resolution led to the target: over TLS the certificate of the far side must be for it (RFC 5922 §7.3). Null
/// when the URI named the address itself.
/// </param>
public readonly record struct SipPacket(SipFlow Target, PooledBuffer Data, long Tag, string? ServerName = null);
