using Tandem.Calls.Shards;
using Tandem.Sip.Transport;

namespace Tandem.Server.Rest;

/// <summary>
/// Flows and the ways to phones since the start. FlowsEnded are registrations of outbound that ended with their connection (RFC 5626 §7),
/// FlowsLost those that wait for their phone to come back; StunRequests came on the SIP port and StunAnswers went out (RFC 5626 §4.4.2);
/// IcmpErrors came about datagrams of ours, and Undelivered requests ended by them at once (RFC 3261 §18.4); RefusedHalfOpen are
/// connections refused because too many of their source had not said anything.
/// </summary>
public sealed record TransportNumbers(
    long FlowsEnded, long FlowsLost, long StunRequests, long StunAnswers, long IcmpErrors, long Undelivered, long RefusedHalfOpen)
{
    internal static TransportNumbers Of(ExchangeStatistics exchange, SipTransportCounters transport) => new(
        exchange.FlowsEnded, exchange.FlowsLost, transport.StunRequests, transport.StunAnswers, transport.IcmpErrors, exchange.Undelivered, transport.RefusedHalfOpen);
}
