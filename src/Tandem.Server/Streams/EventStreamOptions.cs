namespace Tandem.Server.Streams;

/// <summary>The event streams of tenants (<c>/api/v1/events</c>) and their limits.</summary>
public sealed record EventStreamOptions
{
    /// <summary>How long events are kept for who comes back, and for how long a stream goes on that nobody follows. Default 24 h.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Events of one tenant that are kept, whatever their age. Default 1,000,000 (about 1 GB).</summary>
    public int KeepMost { get; init; } = 1_000_000;

    /// <summary>Newest events of a tenant that are held in memory for those who follow; what is older comes from the database. Default 1,000.</summary>
    public int Tail { get; init; } = 1_000;

    /// <summary>Events that a client may be behind once it had all of them; beyond it is dropped as too slow. Default 5,000.</summary>
    public int MaxLag { get; init; } = 5_000;

    /// <summary>Clients of one tenant at once. Default 200.</summary>
    public int MaxPerTenant { get; init; } = 200;

    /// <summary>Clients of the node at once. Default 2,000.</summary>
    public int MaxClients { get; init; } = 2_000;

    /// <summary>How long one message may take to leave; a client that reads nothing for so long is cut off. Default 20 s.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How often a client is asked for a sign of life, and its session or token looked at again. Default 20 s.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How often events and streams of other nodes are looked for. Default 1 s.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);
}
