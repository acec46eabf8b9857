using Tandem.Calls.Edge;
using Tandem.Calls.Security.Toll;
using Tandem.Calls.Shards;
using Tandem.Calls.Voicemail;
using Tandem.Cluster;
using Tandem.Cluster.Redis;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Server.Logging;
using Tandem.Sip.Transport;
using Tandem.Storage;

namespace Tandem.Server.Hosting;

/// <summary>The other nodes.</summary>
public sealed partial class ExchangeHost
{
    private ClusterNode? OpenCluster(TandemStorage storage)
    {
        if (_options.Cluster.RedisUrl is not { } url || !RedisAddress.TryParse(url.Reveal(), out var address))
            return null;

        var log = _log.ForContext("component", LogComponents.Storage);
        var node = new ClusterNode(address, _options.Cluster, storage.Writer.Run.NodeId, _time)
        {
            Lost = why => log.Error("Redis is away, this node goes on alone: {Why:l}", why),
            Untold = why => log.Error("What this node has cannot be told to the others through Redis, it is tried again: {Why:l}", why),
            UseUntold = why => log.Error("What this node uses of limits cannot be told to the others, which count it as nothing after a while; it is tried again: {Why:l}", why),
            Found = () => log.Information("Redis at {Address:l} answers: this node shares with the others", address.ToString()),
        };
        _undo.Push(node.DisposeAsync);
        return node;
    }

    // The way to phones of other nodes, and theirs to ours.
    private EdgeService? OpenEdge(ClusterNode? cluster, TandemStorage storage, SourceGuard guard)
    {
        if (cluster is null || _options.Edge.Secret is not { } secret)
            return null;

        guard.IsTrusted = address => cluster.Nodes.IsNode(address);
        return new EdgeService(_options.Edge, secret, storage.Writer.Run.NodeId, cluster.Nodes);
    }

    // When the sockets are open: the others come at once.
    private void JoinCluster(ClusterNode? cluster, EdgeService? edge, Exchange exchange, TollGuard toll, PinGuard mailboxPins, Clock clock, NetAddress address)
    {
        if (cluster is null)
            return;

        cluster.Local = exchange.Registrar.All;
        cluster.LocalOf = exchange.Registrar.AllOf;
        cluster.Calls = exchange.ActiveCalls;
        cluster.CallOf = exchange.Find;
        exchange.Registrar.Remote = cluster.Remote;
        exchange.RemoteUse = cluster.RemoteUse;
        toll.Remote = cluster.RemoteUse;
        cluster.TollTold = (node, tenant, told) => toll.Hear(node, tenant, told, _time.GetUtcNow());
        cluster.Use = seconds => [.. exchange.CollectUse(seconds), .. toll.CollectUse(_time.GetUtcNow())];
        cluster.SharePins(mailboxPins, exchange.Rooms.Pins, exchange.Monitors.Pins, clock);
        if (edge is not null)
        {
            edge.Address = EdgeAddress.TryParse(_options.Edge.Address, out var configured) ? configured : address;
            cluster.Address = edge.Address;
            cluster.RouteTo = edge.RouteTo;
        }

        cluster.Start();
    }
}
