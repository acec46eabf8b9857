using Tandem.Sip.Engine;

namespace Tandem.Calls.Edge;

/// <summary>The way to a phone over the node that owns its flow (RFC 5626 §5).</summary>
/// <param name="Route">What stands in Route: the node, with the flow token as its user, in brackets.</param>
/// <param name="Target">Where that node takes SIP.</param>
public sealed record NodeEdge(string Route, SipFlow Target);
