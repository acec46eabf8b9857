using Tandem.Cluster.Redis;

namespace Tandem.Cluster;

/// <summary>How a node stands with the others.</summary>
/// <param name="Redis">The connection.</param>
/// <param name="RemoteBindings">Bindings of other nodes in memory.</param>
/// <param name="Nodes">Other nodes that live.</param>
/// <param name="Heard">Changes that other nodes told.</param>
/// <param name="DroppedEvents">Events that were left out because too many waited.</param>
/// <param name="RemoteUses">Figures in memory of what other nodes use of limits.</param>
/// <param name="RefusedUses">Such figures that found no room.</param>
/// <param name="UseFailures">How often what this node uses could not be told.</param>
/// <param name="SkippedUses">Figures of others, and what they told of PINs, that could not be read.</param>
public sealed record ClusterStatistics(RedisStatistics Redis, int RemoteBindings, int Nodes, long Heard, long DroppedEvents, int RemoteUses = 0, long RefusedUses = 0, long UseFailures = 0, long SkippedUses = 0);
