using Tandem.Calls.Edge;
using Tandem.Cluster.Redis;
using Tandem.Server.Options.Kinds;

namespace Tandem.Server.Options;

public static partial class OptionsCatalog
{
    private const string Cluster = "Several nodes";

    private static void AddCluster(List<Setting> list)
    {
        list.Add(Cluster, "REDIS_URL", o => o.Cluster.RedisUrl, new TextKind("redis://user:password@host:port/database, or rediss:// for TLS", text => RedisAddress.TryParse(text, out _)),
            "Redis 7 through which nodes share registrations, calls in progress and limits. While it is away each goes on alone.", main: true, defaultText: "this node is alone");
        list.Add(Cluster, "REDIS_CONNECT_TIMEOUT", o => o.Cluster.ConnectTimeout, Milliseconds(10, 60_000), "How long a connection and a sign-in may take.");
        list.Add(Cluster, "REDIS_ANSWER_TIMEOUT", o => o.Cluster.AnswerTimeout, Milliseconds(10, 600_000), "How long an answer may take before the connection counts as broken.");
        list.Add(Cluster, "REDIS_RETRY_MIN", o => o.Cluster.RetryMinimum, Milliseconds(1, 60_000), "The first pause after a broken connection; it doubles.");
        list.Add(Cluster, "REDIS_RETRY_MAX", o => o.Cluster.RetryMaximum, Milliseconds(1, 600_000), "The longest pause between attempts while Redis is away.");
        list.Add(Cluster, "REDIS_QUEUE", o => o.Cluster.QueueLimit, Count(100, 10_000_000, "commands"), "Commands that may wait for Redis; more are left out and counted, no call waits.");
        list.Add(Cluster, "REDIS_MAX_VALUE", o => o.Cluster.MaxValueBytes, new SizeKind(1 << 10, 64 << 20), "The longest text that is read from Redis.");
        list.Add(Cluster, "REDIS_CALL_LIFETIME", o => o.Cluster.CallLifetime, Seconds(1, 31_536_000), "How long the keys call:<id> and session:<id> live.");
        list.Add(Cluster, "REDIS_MAX_BINDINGS", o => o.Cluster.MaxRemoteBindings, Count(0, 100_000_000, "bindings"), "Registrations at other nodes that are kept in memory (1 kB each).");
        list.Add(Cluster, "CLUSTER_SECRET", o => o.Edge.Secret, new TextKind("16 or more characters that all nodes know", text => text.Length >= 16),
            "What nodes prove themselves with to each other: with it a phone that only its node reaches (NAT, TCP, TLS, WebSocket) is called through that node.", main: true, defaultText: "such phones are called at their node alone");
        list.Add(Cluster, "CLUSTER_ADDRESS", o => o.Edge.Address, new TextKind("an address and a port: 10.0.0.1:5060", EdgeAddress.IsValid),
            "Where the other nodes reach this one by SIP over UDP and TCP, and where its own messages to them come from.", defaultText: "the address of the start page and SIP_PORT");
        list.Add(Cluster, "CLUSTER_SIGNATURE_WINDOW", o => o.Edge.SignatureWindow, Seconds(1, 3_600), "By how much the clocks of nodes may differ: an older request of another node is refused.");
        list.Add(Cluster, "CLUSTER_HEARTBEAT", o => o.Cluster.NodeHeartbeat, Seconds(1, 3_600), "How often a node tells the others that it lives, and where.");
        list.Add(Cluster, "CLUSTER_NODE_LIFETIME", o => o.Cluster.NodeLifetime, Seconds(1, 86_400), "How long a node that is silent is still known.");
        list.Add(Cluster, "CLUSTER_MAX_NODES", o => o.Cluster.MaxNodes, Count(1, 10_000, "nodes"), "Other nodes that are known; more are left out.");
        list.Add(Cluster, "CLUSTER_USE_INTERVAL", o => o.Cluster.UseInterval, Milliseconds(50, 60_000), "How often a node tells the others what it uses of limits that hold for all together; so long each may let through what another has used up.");
        list.Add(Cluster, "CLUSTER_USE_LIFETIME", o => o.Cluster.UseLifetime, Milliseconds(100, 600_000), "How long such a figure holds when it is not told anew, as of a node that died; at least twice CLUSTER_USE_INTERVAL.");
        list.Add(Cluster, "CLUSTER_USE_MAX", o => o.Cluster.MaxRemoteUse, Count(0, 100_000_000, "figures"), "Such figures of other nodes that are kept in memory: one for each tenant and profile with calls at each node.");
    }
}
