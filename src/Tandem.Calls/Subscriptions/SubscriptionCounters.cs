namespace Tandem.Calls.Subscriptions;

/// <summary>What one notifier has done since its start. Written by its shard only; any thread reads.</summary>
public sealed class SubscriptionCounters
{
    private long _created;
    private long _refreshed;
    private long _refused;
    private long _notified;
    private long _notifyFailures;
    private long _coalesced;
    private long _dropped;
    private long _published;
    private long _publicationsRefused;

    /// <summary>Subscriptions that were granted, single fetches too.</summary>
    public long Created => Volatile.Read(ref _created);

    /// <summary>Refreshes that were granted.</summary>
    public long Refreshed => Volatile.Read(ref _refreshed);

    /// <summary>SUBSCRIBEs answered 400 or above, challenges not counted.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>NOTIFYs sent.</summary>
    public long Notified => Volatile.Read(ref _notified);

    /// <summary>NOTIFYs that were refused, timed out or could not be sent.</summary>
    public long NotifyFailures => Volatile.Read(ref _notifyFailures);

    /// <summary>Changes that were told together with an earlier one.</summary>
    public long Coalesced => Volatile.Read(ref _coalesced);

    /// <summary>Subscriptions that ended because their watcher did not take a NOTIFY.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Publications that were made, refreshed, changed or removed.</summary>
    public long Published => Volatile.Read(ref _published);

    /// <summary>PUBLISHes answered 400 or above, challenges not counted.</summary>
    public long PublicationsRefused => Volatile.Read(ref _publicationsRefused);

    internal void CountCreated() => _created++;

    internal void CountRefreshed() => _refreshed++;

    internal void CountRefused() => _refused++;

    internal void CountNotified() => _notified++;

    internal void CountNotifyFailure() => _notifyFailures++;

    internal void CountCoalesced() => _coalesced++;

    internal void CountDropped() => _dropped++;

    internal void CountPublished() => _published++;

    internal void CountPublicationRefused() => _publicationsRefused++;
}
