using Tandem.Calls.Shards;

namespace Tandem.Server.Rest;

/// <summary>
/// Subscriptions, NOTIFYs that wait for an answer and publications now; the rest since the start. Coalesced changes were told together
/// with an earlier one; dropped subscriptions ended because their phone did not take a NOTIFY.
/// </summary>
public sealed record SubscriptionNumbers
{
    public int Active { get; init; }

    public int NotifiesUnderWay { get; init; }

    public int Publications { get; init; }

    public long Created { get; init; }

    public long Refreshed { get; init; }

    public long Refused { get; init; }

    public long Notified { get; init; }

    public long NotifyFailures { get; init; }

    public long Coalesced { get; init; }

    public long Dropped { get; init; }

    public long Published { get; init; }

    public long PublicationsRefused { get; init; }

    internal static SubscriptionNumbers Of(Exchange exchange, ExchangeStatistics numbers) => new()
    {
        Active = numbers.Subscriptions,
        NotifiesUnderWay = numbers.NotifiesUnderWay,
        Publications = numbers.Publications,
        Created = exchange.Shards.Sum(s => s.SubscriptionCounters.Created),
        Refreshed = exchange.Shards.Sum(s => s.SubscriptionCounters.Refreshed),
        Refused = exchange.Shards.Sum(s => s.SubscriptionCounters.Refused),
        Notified = exchange.Shards.Sum(s => s.SubscriptionCounters.Notified),
        NotifyFailures = exchange.Shards.Sum(s => s.SubscriptionCounters.NotifyFailures),
        Coalesced = exchange.Shards.Sum(s => s.SubscriptionCounters.Coalesced),
        Dropped = exchange.Shards.Sum(s => s.SubscriptionCounters.Dropped),
        Published = exchange.Shards.Sum(s => s.SubscriptionCounters.Published),
        PublicationsRefused = exchange.Shards.Sum(s => s.SubscriptionCounters.PublicationsRefused),
    };
}
