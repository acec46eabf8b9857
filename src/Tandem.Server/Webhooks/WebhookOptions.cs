using Tandem.Core.Net;

namespace Tandem.Server.Webhooks;

/// <summary>How events are sent to the webhooks of tenants, and the limits of it.</summary>
public sealed record WebhookOptions
{
    /// <summary>Webhooks that a tenant may have. Default 50.</summary>
    public int MaximumPerTenant { get; init; } = 50;

    /// <summary>Deliveries to one webhook at the same time. Default 4: a slow receiver must not take all.</summary>
    public int Concurrency { get; init; } = 4;

    /// <summary>Deliveries of the node at the same time. Default 64.</summary>
    public int TotalConcurrency { get; init; } = 64;

    /// <summary>How long one attempt may take, the connection included. Default 15 s, as Standard Webhooks advises.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The pause after the first failed attempt; it grows fourfold each time, give or take a fifth. Default 5 s.</summary>
    public TimeSpan RetryMinimum { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest pause. Default 24 h.</summary>
    public TimeSpan RetryMaximum { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Attempts before an event becomes a dead letter. Default 12: about four days.</summary>
    public int Attempts { get; init; } = 12;

    /// <summary>Deliveries that may wait for one webhook; more events are left out for it and counted. Default 100,000.</summary>
    public int QueueLimit { get; init; } = 100_000;

    /// <summary>Events in the outbox beyond which only <c>call.ended</c> is still taken. Default 1,000,000 (about 1 GB).</summary>
    public int OutboxLimit { get; init; } = 1_000_000;

    /// <summary>How long delivered events are kept to be looked at. Default 3 days.</summary>
    public TimeSpan KeepDelivered { get; init; } = TimeSpan.FromDays(3);

    /// <summary>How long dead letters are kept. Default 30 days.</summary>
    public TimeSpan KeepDead { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long the secret before a rotation is signed with as well. Default 24 h.</summary>
    public TimeSpan SecretOverlap { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How often changes by other nodes, and events that they wrote, are looked for. Default 1 s.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Private networks that webhooks may lie in. Default none: a tenant must not reach what stands beside the server.</summary>
    public IReadOnlyList<NetPrefix> AllowPrivate { get; init; } = [];
}
