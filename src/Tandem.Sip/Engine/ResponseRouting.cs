using Tandem.Core.Net;
using Tandem.Sip.Messages;

namespace Tandem.Sip.Engine;

/// <summary>Where responses go: RFC 3261 §18.2.2 and RFC 3581 §4.</summary>
internal static class ResponseRouting
{
    /// <summary>The target of responses to a request that came over <paramref name="flow"/> with <paramref name="via"/> on top.</summary>
    public static SipFlow Target(in SipFlow flow, in ViaValue via, SipEngineOptions options)
    {
        // Streams answer on the connection of the request; symmetric routing answers to where the request came from.
        if (flow.IsReliable || via.HasRport || options.ForceRport)
            return flow;

        var port = SentByPort(flow, via);
        if (options.HonorMaddr && via.Maddr is { Length: > 0 } maddr && NetAddress.TryParse(maddr, port, out var group))
            return flow with { Remote = group };

        // The received parameter is the source address by definition, and sent-by equals it when there is none.
        return flow with { Remote = flow.Remote.WithPort(port) };
    }

    /// <summary>The port of sent-by, or the default of the transport.</summary>
    public static int SentByPort(in SipFlow flow, in ViaValue via) => via.Port > 0 ? via.Port : SipAddressing.DefaultPort(flow.Transport);
}
