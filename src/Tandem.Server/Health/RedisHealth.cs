using Tandem.Cluster;
using Tandem.Server.Hosting;

namespace Tandem.Server.Health;

/// <summary>What <c>/health/detailed</c> says of Redis.</summary>
internal static class RedisHealth
{
    private const string Shared = "shared";
    private const string AloneState = "alone";

    public static HealthCheck Of(ClusterPresence cluster) => cluster.Node is { } node
        ? Of(node.IsConnected, node.Statistics())
        : new HealthCheck("ok", "not used: REDIS_URL is not set, this node keeps its state in memory and knows of no other", AloneState);

    public static HealthCheck Of(bool isConnected, ClusterStatistics numbers)
    {
        var redis = numbers.Redis;
        if (isConnected)
        {
            return new HealthCheck(
                "ok",
                FormattableString.Invariant($"shared with other nodes; {numbers.Nodes} of them live, {numbers.RemoteBindings} registrations at others, last answer after {redis.LastAnswerTime.TotalMilliseconds:0.0} ms"),
                Shared);
        }

        var why = redis.LastFailure.Length > 0 ? $" ({redis.LastFailure})" : "";
        var known = numbers.RemoteBindings == 0 ? "" : FormattableString.Invariant($", calls reach the {numbers.RemoteBindings} registrations at others that it knew");
        return new HealthCheck("error", $"Redis is {(redis.Connections == 0 ? "not there yet" : "away")}{why}: this node goes on alone, limits count here only{known}", AloneState);
    }
}
