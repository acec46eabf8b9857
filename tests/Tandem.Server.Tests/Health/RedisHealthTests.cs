using Tandem.Cluster;
using Tandem.Cluster.Redis;
using Tandem.Server.Hosting;

namespace Tandem.Server.Health;

public class RedisHealthTests
{
    [Theory]
    [InlineData(true, 1, 3, 2, "ok", "shared", "shared with other nodes; 2 of them live, 3 registrations at others, last answer after 0.4 ms")]
    [InlineData(false, 1, 3, 2, "error", "alone", "Redis is away (refused): this node goes on alone, limits count here only, calls reach the 3 registrations at others that it knew")]
    [InlineData(false, 0, 0, 0, "error", "alone", "Redis is not there yet (refused): this node goes on alone, limits count here only")]
    public void It_says_in_plain_words_whether_the_node_is_alone(bool isConnected, int connections, int registrations, int nodes, string status, string state, string message)
    {
        var redis = new RedisStatistics(isConnected, 0, 0, 0, connections, 1, TimeSpan.FromMilliseconds(0.4), TimeSpan.FromMilliseconds(0.4), isConnected ? "" : "refused");
        Assert.Equal(new HealthCheck(status, message, state), RedisHealth.Of(isConnected, new ClusterStatistics(redis, registrations, nodes, 0, 0)));
    }

    [Fact]
    public void Without_redis_a_node_is_alone_and_well()
    {
        var check = RedisHealth.Of(new ClusterPresence(null, null));
        Assert.Equal(("ok", "alone"), (check.Status, check.State));
    }
}
