using Tandem.Core.Net;
using Tandem.Core.Time;

namespace Tandem.Media.Transport;

/// <summary>One thing that a handshake is told.</summary>
/// <param name="Kind">What.</param>
/// <param name="Buffer">A datagram in a buffer of the shared pool; null for the other kinds.</param>
/// <param name="Length">Bytes of the datagram.</param>
/// <param name="Address">Where it came from, or where to begin.</param>
/// <param name="Now">When.</param>
internal readonly record struct HandshakeStep(HandshakeStepKind Kind, byte[]? Buffer, int Length, NetAddress Address, Moment Now);
