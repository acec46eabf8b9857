using Tandem.Cluster.Redis;
using Tandem.Server.Options.Kinds;

namespace Tandem.Server.Options;

public static partial class OptionsCatalog
{
    private const string Cluster = "Several nodes";

    private static void AddCluster(List<Setting> list)
    {
        list.Add(Cluster, "REDIS_URL", o => o.Cluster.RedisUrl, new TextKind("redis://user:password@host:port/database, or rediss:// for TLS", text => RedisAddress.TryParse(text, out _)),
            "Redis 7 through which nodes share registrations, calls in progress and rate limits. While it is away each goes on alone.", main: true, defaultText: "this node is alone");
        list.Add(Cluster, "REDIS_CONNECT_TIMEOUT", o => o.Cluster.ConnectTimeout, Milliseconds(10, 60_000), "How long a connection and a sign-in may take.");
        list.Add(Cluster, "REDIS_ANSWER_TIMEOUT", o => o.Cluster.AnswerTimeout, Milliseconds(10, 600_000), "How long an answer may take before the connection counts as broken.");
        list.Add(Cluster, "REDIS_RETRY_MIN", o => o.Cluster.RetryMinimum, Milliseconds(1, 60_000), "The first pause after a broken connection; it doubles.");
        list.Add(Cluster, "REDIS_RETRY_MAX", o => o.Cluster.RetryMaximum, Milliseconds(1, 600_000), "The longest pause between attempts while Redis is away.");
        list.Add(Cluster, "REDIS_QUEUE", o => o.Cluster.QueueLimit, Count(100, 10_000_000, "commands"), "Commands that may wait for Redis; more are left out and counted, no call waits.");
        list.Add(Cluster, "REDIS_MAX_VALUE", o => o.Cluster.MaxValueBytes, new SizeKind(1 << 10, 64 << 20), "The longest text that is read from Redis.");
        list.Add(Cluster, "REDIS_CALL_LIFETIME", o => o.Cluster.CallLifetime, Seconds(1, 31_536_000), "How long the keys call:<id> and session:<id> live.");
        list.Add(Cluster, "REDIS_MAX_BINDINGS", o => o.Cluster.MaxRemoteBindings, Count(0, 100_000_000, "bindings"), "Registrations at other nodes that are kept in memory (1 kB each).");
    }
}
