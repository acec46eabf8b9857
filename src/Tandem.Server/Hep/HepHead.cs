using Tandem.Core.Net;

namespace Tandem.Server.Hep;

/// <summary>What a HEP packet says about its payload.</summary>
/// <param name="Payload">What it is.</param>
/// <param name="IpProtocol">17 for UDP, 6 for TCP.</param>
/// <param name="From">Who sent it.</param>
/// <param name="To">Who got it; of the same family.</param>
/// <param name="At">When.</param>
/// <param name="CaptureId">Who captured it.</param>
/// <param name="Password">The proof for the server; empty for none.</param>
/// <param name="Correlation">What belongs together has the same; empty for none.</param>
public readonly record struct HepHead(HepPayload Payload, byte IpProtocol, NetAddress From, NetAddress To, DateTimeOffset At, uint CaptureId, string Password, string Correlation);
