using Tandem.Calls.Edge;
using Tandem.Cluster;

namespace Tandem.Server.Hosting;

/// <summary>The node among others; null where REDIS_URL is not set. Its edge is null where CLUSTER_SECRET is not.</summary>
public sealed record ClusterPresence(ClusterNode? Node, EdgeService? Edge);
