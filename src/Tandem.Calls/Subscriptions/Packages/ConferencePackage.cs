using Tandem.Calls.Ports;
using Tandem.Calls.Rooms;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Subscriptions.Packages;

/// <summary>
/// Who is in a room (RFC 4575): subscribed to by the number that is dialled to come in. Whoever is in the room sees its members; other extensions of
/// the tenant see how many they are, and nobody what a PIN is.
/// </summary>
internal sealed class ConferencePackage(Notifier notifier, RoomTable rooms, IRoomDirectory kept, IExtensionDirectory extensions, string prefix, SubscriptionOptions options)
    : EventPackage("conference", "application/conference-info+xml", WatchedStates.Rooms, options.NotifyInterval)
{
    public override bool? HasResource(TenantId tenant, string number) =>
        prefix.Length > 0 && number.StartsWith(prefix, StringComparison.Ordinal) && RoomDefinition.IsName(number.AsSpan(prefix.Length));

    public override bool MayWatch(string watcher, string number) => true;

    public override bool HasNews(Subscription subscription) => subscription.Memory is not long told || told != VersionOf(subscription);

    public override byte[] Compose(Subscription subscription)
    {
        var (tenant, number) = (subscription.Resource.Tenant, subscription.Resource.Number);
        var name = number[prefix.Length..];
        var room = rooms.Find(new RoomKey(tenant, name));
        subscription.Memory = room?.Version ?? 0L;
        var definition = room?.Definition ?? kept.Find(tenant, name) ?? RoomDefinition.Made(name);
        var isInside = room?.Members.Any(m => m.Number == subscription.Watcher) == true;
        return ConferenceDocument.Write(
            definition, room, subscription.TakeVersion(), notifier.AddressOf(tenant, number, subscription.Flow),
            isInside ? member => (notifier.AddressOf(tenant, member, subscription.Flow), extensions.Find(tenant, member)?.DisplayName ?? "") : null);
    }

    private long VersionOf(Subscription subscription) =>
        rooms.Find(new RoomKey(subscription.Resource.Tenant, subscription.Resource.Number[prefix.Length..]))?.Version ?? 0;
}
