using System.Text;
using Tandem.Calls.Registrar;
using Tandem.Core.Net;
using Tandem.Core.Privacy;
using Tandem.Sip.Engine;

namespace Tandem.Calls.Edge;

/// <summary>What the shards of a node share to reach phones of other nodes, and to let those reach its own. Thread-safe.</summary>
public sealed class EdgeService
{
    /// <param name="options">How nodes trust each other.</param>
    /// <param name="secret">What all nodes know.</param>
    /// <param name="node">The name of this node.</param>
    /// <param name="nodes">The others.</param>
    public EdgeService(EdgeOptions options, Secret secret, string node, INodeDirectory nodes)
    {
        var key = Encoding.UTF8.GetBytes(secret.Reveal());
        Tokens = new FlowTokens(key, node);
        Signature = new NodeSignature(key, options.SignatureWindow);
        Nodes = nodes;
    }

    /// <summary>Where the other nodes reach this one. Set before a binding is told.</summary>
    public NetAddress Address { get; set; }

    /// <summary>What passed at this node.</summary>
    public EdgeCounters Counters { get; } = new();

    /// <summary>The other nodes.</summary>
    public INodeDirectory Nodes { get; }

    internal FlowTokens Tokens { get; }

    internal NodeSignature Signature { get; }

    /// <summary>
    /// The Route by which another node reaches a phone over the flow that it has with this one; null for a phone that anybody reaches: UDP without NAT. A phone
    /// on UDP is reached over UDP, for who sends a request repeats it until it arrives; any other over TCP.
    /// </summary>
    public string? RouteTo(Binding binding)
    {
        var flow = binding.Flow;
        if (binding.IsLost || binding.Edge is not null || (flow.IsReliable ? flow.Connection == 0 : !binding.BehindNat))
            return null;

        return $"<sip:{Tokens.Make(flow)}@{Address.SipHostText()}:{Address.Port}{(flow.IsReliable ? ";transport=tcp" : "")};lr>";
    }

    /// <summary>Reads what another node told of the way to one of its phones; null for anything else.</summary>
    public static NodeEdge? Read(string? route)
    {
        if (route is null or { Length: > 512 } || route.AsSpan().ContainsAny('\r', '\n', ','))
            return null;

        var bytes = Encoding.UTF8.GetBytes(route);
        return Sip.Messages.NameAddrValue.TryParse(bytes, out var entry) && entry.TryGetUri(out var uri) && FlowTokens.IsToken(uri.User) && SipTargets.TryResolve(entry.Uri, out var target)
            && target.Transport is SipTransportKind.Udp or SipTransportKind.Tcp
            ? new NodeEdge(route, target)
            : null;
    }
}
