using Tandem.Core.Privacy;

namespace Tandem.Cluster;

/// <summary>What the nodes of an installation share through Redis, and the limits of it.</summary>
public sealed record ClusterOptions
{
    /// <summary>REDIS_URL: <c>redis://user:password@host:port/database</c>, <c>rediss://</c> for TLS. Null: the node is alone.</summary>
    public Secret? RedisUrl { get; init; }

    /// <summary>How long a connection and a sign-in may take. 3 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long an answer may take before the connection counts as broken. 5 s: Redis answers in less than a millisecond.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>First pause after a broken connection; it doubles up to <see cref="RetryMaximum"/>. 100 ms.</summary>
    public TimeSpan RetryMinimum { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause between attempts while Redis is away. 5 s.</summary>
    public TimeSpan RetryMaximum { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Commands, and events, that may wait; more are left out and counted. 20,000 (about 20 MB).</summary>
    public int QueueLimit { get; init; } = 20_000;

    /// <summary>The longest text that is read from Redis, in bytes. 1 MiB: what is kept there is far shorter.</summary>
    public int MaxValueBytes { get; init; } = 1 << 20;

    /// <summary>How long the keys of calls and sessions live. 3,600 s, as document 3 has it.</summary>
    public TimeSpan CallLifetime { get; init; } = TimeSpan.FromSeconds(3_600);

    /// <summary>Bindings of other nodes that are kept in memory; more are left out and counted. 500,000 (about 500 MB).</summary>
    public int MaxRemoteBindings { get; init; } = 500_000;

    /// <summary>How often a node tells the others that it lives, and where. 20 s.</summary>
    public TimeSpan NodeHeartbeat { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a node that is silent is still known. 2 min: some signs of life may be missed.</summary>
    public TimeSpan NodeLifetime { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Other nodes that are known; more are left out. 256.</summary>
    public int MaxNodes { get; init; } = 256;

    /// <summary>How often a node tells the others what it uses of limits that hold for all together. 1 s: so long each may let through what another has used up.</summary>
    public TimeSpan UseInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long such a figure holds when it is not told anew, at least twice <see cref="UseInterval"/>. 5 s: then the calls of a node that died leave room.</summary>
    public TimeSpan UseLifetime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Such figures of other nodes that are kept in memory, one for each tenant and profile with calls at each; more are left out and counted. 200,000 (about 50 MB).</summary>
    public int MaxRemoteUse { get; init; } = 200_000;
}
