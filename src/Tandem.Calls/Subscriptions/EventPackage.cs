using System.Text;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Subscriptions;

/// <summary>One event package on one shard (RFC 6665 §5): what may be watched, by whom, and how its state is written.</summary>
internal abstract class EventPackage(string name, string contentType, WatchedStates watches, TimeSpan interval)
{
    /// <summary>The event-type token, for example <c>dialog</c>.</summary>
    public string Name => name;

    /// <summary>The name as it is compared and written.</summary>
    public byte[] NameBytes { get; } = Encoding.ASCII.GetBytes(name);

    /// <summary>The media type of its documents.</summary>
    public byte[] ContentType { get; } = Encoding.ASCII.GetBytes(contentType);

    /// <summary>Which changes it tells.</summary>
    public WatchedStates Watches => watches;

    /// <summary>The shortest time between two NOTIFYs (RFC 6665 §5.4.10).</summary>
    public TimeSpan Interval => interval;

    /// <summary>True when <paramref name="watcher"/> may see this of <paramref name="number"/>; both are extensions of one tenant.</summary>
    public abstract bool MayWatch(string watcher, string number);

    /// <summary>Whether there is something of that number to watch; null when any extension of the tenant can be watched, and nothing else.</summary>
    public virtual bool? HasResource(TenantId tenant, string number) => null;

    /// <summary>True when the parameters of Event ask for something that this package does not give.</summary>
    public virtual bool RefusesParameters(ReadOnlySpan<byte> parameters) => false;

    /// <summary>True when there is something to tell that the last document did not say.</summary>
    public virtual bool HasNews(Subscription subscription) => true;

    /// <summary>A document of the whole state as it is now.</summary>
    public abstract byte[] Compose(Subscription subscription);
}
