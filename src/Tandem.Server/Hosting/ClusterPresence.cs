using Tandem.Cluster;

namespace Tandem.Server.Hosting;

/// <summary>The node among others; null where REDIS_URL is not set.</summary>
public sealed record ClusterPresence(ClusterNode? Node);
