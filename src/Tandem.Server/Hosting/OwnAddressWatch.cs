using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;
using Tandem.Core.Net;

namespace Tandem.Server.Hosting;

/// <summary>
/// Keeps <see cref="GlobalNetworks.Machine"/>: SERVER_ADDRESS, what the listeners are bound to, the addresses of the interfaces, and those at which a NAT shows us to the providers of the
/// operator's tenant. What another tenant's provider claims to see is not believed: it could close any address to all.
/// </summary>
public sealed class OwnAddressWatch : PeriodicWork
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly IReadOnlyList<NetAddress> _fixed;
    private readonly Func<TenantId, IReadOnlyList<ProfileState>> _profiles;
    private readonly OwnAddresses _own;

    /// <param name="known">SERVER_ADDRESS and what is bound.</param>
    /// <param name="profiles">How the profiles of a tenant are.</param>
    /// <param name="time">Measures the interval.</param>
    /// <param name="told">Hears why it could not be done; it must not throw.</param>
    /// <param name="own">Where they are kept; null: for the whole process.</param>
    public OwnAddressWatch(IReadOnlyList<NetAddress> known, Func<TenantId, IReadOnlyList<ProfileState>> profiles, TimeProvider time, Action<string, Exception?> told, OwnAddresses? own = null)
        : base(Interval, time, "the addresses of this machine could not be read", told)
    {
        _fixed = known;
        _profiles = profiles;
        _own = own ?? GlobalNetworks.Machine;
        Look();
        Begin();
    }

    protected override Task<string> DoAsync(CancellationToken stop)
    {
        Look();
        return Task.FromResult("");
    }

    private void Look()
    {
        var learned = _profiles(TenantId.Default).Select(profile => profile.PublicHost);
        _own.Set([.. _fixed, .. SystemRoutes.Addresses().Select(address => NetAddress.From(address, 0)), .. learned]);
    }
}
