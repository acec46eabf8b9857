using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;

namespace Tandem.Sip.Engine;

/// <summary>What the transport hands to a shard: a message, or the news that a packet could not be sent.</summary>
/// <param name="Message">The parsed message (possibly only its head, when it was rejected); null for transport news.</param>
/// <param name="Flow">Where it came from, or the target that failed.</param>
/// <param name="Rejection">Why the message is not acceptable; <see cref="SipRejection.None"/> for a good one.</param>
/// <param name="FailedTag">The tag of the packet that could not be sent; 0 otherwise.</param>
/// <param name="Undelivered">The beginning of a datagram that did not arrive at <paramref name="Flow"/>, as ICMP brought it back; null otherwise.</param>
public readonly record struct SipInput(SipMessage? Message, SipFlow Flow, SipRejection Rejection = SipRejection.None, long FailedTag = 0, byte[]? Undelivered = null);
